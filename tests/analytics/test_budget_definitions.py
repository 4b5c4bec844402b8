"""Budgets that people make: on the page, with a trace, and of one organisation."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.models import Alert, Budget, BudgetDefinition
from analytics.services.budget_checking import BudgetRefused
from analytics.services.budget_definitions import create_budget
from analytics.services.budget_reconciling import reconcile_all
from analytics.services.budgets import lease
from analytics.usage_row import Source
from registry.cost import Cost, CostState
from registry.models import AuditEntry
from registry.queries.assignments import current_revision
from tests.analytics.records import record
from tests.registry.packs.packing import entry, features, packed, served

FIELDS = {
    "scope": "organization",
    "amount_usd": "25",
    "thresholds": "50, 80",
    "on_limit": "block",
    "period": "month",
    "time_zone": "Europe/Berlin",
}


def made(organization, **facts):
    facts = {"name": "All", "scope_kind": "organization", **facts}
    facts.setdefault("amount_usd", Decimal(10))
    return create_budget(organization=organization, actor=None, **facts)


def spent(organization, usd, **facts):
    record(organization, cost=Cost(CostState.COMPUTED, Decimal(usd)), **facts)


def address(name, *args):
    return reverse(f"analytics:{name}", args=args)


def test_without_budgets_the_page_says_what_to_do_next(editor):
    text = editor.get(address("budget_list")).content.decode()

    assert "Make the first budget" in text


def test_a_budget_is_made_in_the_form_and_stands_on_the_page(editor, organization):
    spent(organization, "5")

    page = editor.post(address("budget_create"), FIELDS, follow=True).content.decode()

    assert "Everything, monthly" in page
    assert "$5.00" in page
    definition = BudgetDefinition.objects.get()
    assert definition.thresholds == [Decimal("0.5"), Decimal("0.8")]
    assert "Everything, monthly" in editor.get(address("budget_list")).content.decode()
    assert AuditEntry.objects.filter(action="budget.created").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount_usd", "-1", "greater than or equal to 0"),
        ("amount_usd", "1e400", "number"),
        ("thresholds", "80, 120", "no percentage"),
        ("thresholds", "NaN", "no percentage"),
        ("time_zone", "Mars/Olympus", "no time zone"),
        ("scope", "feature:99999999", "not one of the available"),
        ("scope", "tag", "needs its name"),
        ("on_limit", "switch", "Choose the pack"),
        ("on_limit", "fallback", "Choose the model"),
    ],
    ids=lambda word: str(word)[:20],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    editor, organization, field, value, said
):
    answer = editor.post(address("budget_create"), {**FIELDS, field: value})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not BudgetDefinition.objects.exists()


def test_a_change_holds_at_once_and_can_be_taken_back(editor, organization):
    definition = made(organization)
    facts = {**FIELDS, "name": "All", "expected_version": 1, "amount_usd": "40"}

    editor.post(address("budget_edit", definition.pk), facts)
    assert Budget.objects.get().limit_usd == 40
    change = AuditEntry.objects.get(action="budget.changed")
    editor.post(address("budget_undo", definition.pk, change.pk))

    definition.refresh_from_db()
    assert definition.amount_usd == 10
    assert definition.thresholds == [Decimal("0.8")]
    assert Budget.objects.get().limit_usd == 10


def test_who_saves_over_another_change_is_told(editor, organization):
    definition = made(organization)
    facts = {**FIELDS, "name": "All", "expected_version": 0, "amount_usd": "40"}

    answer = editor.post(address("budget_edit", definition.pk), facts)

    assert answer.status_code == 409
    assert "Somebody else changed" in answer.content.decode()


def test_a_deleted_budget_keeps_its_windows_and_comes_back(editor, organization):
    definition = made(organization)

    editor.post(address("budget_delete", definition.pk))
    assert "Deleted" in editor.get(address("budget_list")).content.decode()
    editor.post(address("budget_restore", definition.pk))

    definition.refresh_from_db()
    assert definition.deleted_at is None
    assert Budget.objects.count() == 1


def test_names_are_taken_once(organization):
    made(organization)

    with pytest.raises(BudgetRefused, match="of this name already"):
        made(organization)


@pytest.mark.parametrize(
    "name", ["budget_edit", "budget_pause", "budget_delete", "budget_restore"]
)
def test_the_budget_of_another_organisation_is_not_there(stranger, organization, name):
    definition = made(organization)

    assert stranger.post(address(name, definition.pk)).status_code == 404
    assert stranger.get(address("budget_show", definition.pk)).status_code == 404


def test_a_viewer_looks_and_changes_nothing(viewer, organization):
    definition = made(organization)

    assert viewer.get(address("budget_show", definition.pk)).status_code == 200
    assert viewer.post(address("budget_delete", definition.pk)).status_code == 403


def test_calls_from_elsewhere_count_and_thresholds_are_told_once(organization):
    made(organization, thresholds=[Decimal("0.5"), Decimal("0.8")])
    spent(organization, "9", source=Source.OTLP)

    for _ in range(3):
        reconcile_all(timezone.now())

    window = Budget.objects.get()
    assert (window.spent_usd, window.outside_usd, window.left_usd) == (0, 9, 1)
    shares = [one.occasion.rsplit(":", 1)[1] for one in Alert.objects.order_by("pk")]
    assert shares == ["0.5", "0.8"]


def test_a_ledger_that_missed_calls_is_raised_with_a_trace(organization):
    definition = made(organization)
    spent(organization, "2")

    assert reconcile_all(timezone.now()) == 1

    assert Budget.objects.get().spent_usd == 2
    note = AuditEntry.objects.get(action="budget.reconciled")
    assert note.object_id == str(definition.pk)


def test_a_ledger_that_says_too_much_is_repaired_by_hand(editor, organization):
    made(organization)
    Budget.objects.update(spent_usd=7)
    spent(organization, "2")
    reconcile_all(timezone.now())

    page = editor.get(address("budget_list")).content.decode()
    assert "Repair" in page
    editor.post(address("budget_repair", Budget.objects.get().pk))

    assert Budget.objects.get().spent_usd == 2
    assert AuditEntry.objects.filter(action="budget.repaired").exists()


def test_a_used_up_budget_switches_to_its_pack_once(organization):
    served(organization, "one", "two")
    (planner,) = features(organization, "planner")
    version = packed(organization, entry("planner", "openai/two"))
    made(organization, on_limit="switch", pack=version.pack)
    spent(organization, "10")

    for _ in range(2):
        reconcile_all(timezone.now())

    assert current_revision(planner).ai_model.model_name == "two"
    assert AuditEntry.objects.filter(action="pack.switched").count() == 1
    assert "is active" in Budget.objects.get().switch_outcome


@pytest.mark.parametrize("kind", ["feature", "provider", "connection", "token", "tag"])
def test_a_budget_counts_the_calls_of_its_scope_alone(organization, kind):
    (model, other) = served(organization, "one", "two")
    facts = {
        "feature": {"feature_id": 5},
        "provider": {"ai_model_id": model.pk},
        "connection": {"connection_id": 6},
        "token": {"token_id": 7},
        "tag": {"tags": {"team": "blue"}},
    }
    ids = {"feature": 5, "connection": 6, "token": 7}
    spent(organization, "2", **facts[kind])
    spent(organization, "3")
    definition = BudgetDefinition.objects.create(
        organization=organization,
        name="Some",
        scope_kind=kind,
        scope_id=model.provider_id if kind == "provider" else ids.get(kind, 0),
        amount_usd=10,
        **({"tag_name": "team", "tag_value": "blue"} if kind == "tag" else {}),
    )

    reconcile_all(timezone.now())

    assert definition.windows.get().spent_usd == 2


def test_a_budget_for_a_tag_stands_on_the_page(editor, organization):
    facts = {**FIELDS, "scope": "tag", "tag_name": "team", "tag_value": "blue"}

    page = editor.post(address("budget_create"), facts, follow=True).content.decode()

    assert "team = blue, monthly" in page
    assert "team = blue" in editor.get(address("budget_list")).content.decode()


def test_nothing_is_repaired_while_a_process_holds(editor, organization):
    made(organization)
    spent(organization, "2")
    reconcile_all(timezone.now())
    budget = Budget.objects.get()
    Budget.objects.update(spent_usd=7)
    held = {"process": "web:1", "need_usd": Decimal(1), "want_usd": Decimal(1)}
    lease(budget_id=budget.pk, hold_id=uuid.uuid4(), at=timezone.now(), **held)

    page = editor.post(address("budget_repair", budget.pk), follow=True)

    assert "would count twice" in page.content.decode()
    assert Budget.objects.get().spent_usd == 7
