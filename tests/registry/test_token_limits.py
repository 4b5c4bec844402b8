"""A token may be for some features only, and may have a budget of its own."""

import pytest
from django.core.management import call_command

from analytics.models import BudgetDefinition, BudgetScope
from registry.models import ApiToken, AuditEntry, Role
from registry.resolution.entries import TokenEntry
from registry.resolution.loading_organizations import load_configuration, load_token
from registry.resolution.plan import Selection
from registry.resolution.token_check import TokenRefused, check_feature
from registry.services.api_tokens import revoke_token
from tests.factories import FeatureFactory, MembershipFactory

CREATE = "/settings/tokens/create/"
FORM = {"label": "shop", "scopes": ["gateway"], "expires_in_days": ""}


@pytest.fixture
def admin(client, organization):
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="planner")


def test_one_form_makes_the_token_its_features_and_its_budget(admin, feature):
    limits = {"feature_keys": ["planner"], "monthly_limit_usd": "12.50"}
    page = admin.post(CREATE, {**FORM, **limits}).content.decode()

    token = ApiToken.objects.get()
    budget = BudgetDefinition.objects.get()
    assert token.feature_keys == ["planner"]
    assert (budget.scope_kind, budget.scope_id) == (BudgetScope.TOKEN, token.pk)
    assert (budget.name, str(budget.amount_usd)) == ("Token shop", "12.50")
    assert "only for planner" in page
    assert "at most $12.50 a month" in page
    made = AuditEntry.objects.get(action="token.created")
    assert made.after["features"] == ["planner"]
    assert AuditEntry.objects.filter(action="budget.created").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"feature_keys": ["of-nobody"]},
        {"monthly_limit_usd": "-1"},
        {"monthly_limit_usd": "much"},
        {"monthly_limit_usd": "1e20"},
    ],
)
def test_a_wrong_limit_makes_no_token(admin, feature, wrong):
    response = admin.post(CREATE, {**FORM, **wrong})

    assert response.status_code == 422
    assert not ApiToken.objects.exists()
    assert not BudgetDefinition.objects.exists()


def test_a_feature_of_another_organisation_cannot_be_chosen(admin):
    FeatureFactory(key="theirs")

    response = admin.post(CREATE, {**FORM, "feature_keys": ["theirs"]})

    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_console_makes_it_too(organization, feature, capsys):
    call_command(
        *("tokens", "create", "shop", "--feature", "planner"),
        *("--monthly-limit", "5", "--organization", organization.slug),
    )

    assert ApiToken.objects.get().feature_keys == ["planner"]
    assert BudgetDefinition.objects.get().amount_usd == 5


def test_the_snapshot_knows_the_features(admin, feature, organization):
    admin.post(CREATE, {**FORM, "feature_keys": ["planner"]})

    token = ApiToken.objects.get()
    (entry,) = load_configuration(organization.pk).tokens.values()
    assert entry.features == {"planner"}
    assert load_token(token.digest) == entry
    revoke_token(token=token, actor=None)
    assert load_token(token.digest) is None
    assert load_token("f" * 64) is None


def test_the_budget_of_a_revoked_token_ends_with_it(admin, feature):
    admin.post(CREATE, {**FORM, "monthly_limit_usd": "12.50"})
    token, budget = ApiToken.objects.get(), BudgetDefinition.objects.get()

    admin.post(f"/settings/tokens/{token.pk}/revoke/")

    budget.refresh_from_db()
    assert budget.deleted_at is not None
    assert "Ended: its API token is revoked." in admin.get("/budgets/").content.decode()
    restored = admin.post(f"/budgets/{budget.pk}/restore/", follow=True)
    assert "Its API token is revoked" in restored.content.decode()
    log = admin.get("/settings/audit/", {"action": "budget.deleted"})
    assert [line.undo for line in log.context["page"].lines] == [None]


def test_two_tokens_of_one_name_have_budgets_of_two_names(admin):
    for _ in range(2):
        admin.post(CREATE, {**FORM, "monthly_limit_usd": "5"})

    names = set(BudgetDefinition.objects.values_list("name", flat=True))
    assert len(names) == 2
    assert all(name.startswith("Token shop") for name in names)


@pytest.mark.parametrize("word", ["feature:other", "auto", "openai/gpt-5", "local"])
def test_a_token_for_a_feature_calls_nothing_else(word):
    entry = TokenEntry(1, 1, "shop", frozenset(), features=frozenset({"planner"}))

    check_feature(entry, Selection.parse("feature:planner").feature)
    with pytest.raises(TokenRefused, match="feature:planner"):
        check_feature(entry, Selection.parse(word).feature)
