"""Export, apply to an empty organisation, export: the same, in JSON and in YAML."""

from decimal import Decimal

import pytest

from analytics.queries.configuration import exported_document
from analytics.services.budget_definitions import create_budget
from analytics.services.configuration import apply_configuration
from registry.configuration.files import written
from registry.models import Connection, Feature, Organization, Pack
from registry.packs.document import PackDocument, PackFeature
from registry.rates import RatesDocument
from registry.services.assignments import assign_model, unassign
from registry.services.automatic_choices import set_automatic_choice
from registry.services.custom_models import CustomFacts, add_custom_model
from registry.services.features import create_feature
from registry.services.model_settings import Configuration, configure_model
from registry.services.pack_switches import switch_pack
from registry.services.packs import add_version, create_pack
from registry.services.prices import set_negotiated_price
from registry.services.profile_activation import set_default_model
from registry.services.profiles import create_profile
from registry.services.prompts import create_prompt
from tests.analytics.configuration.conftest import wanted
from tests.factories import ConnectionFactory, OrganizationFactory, enabled_model

RATES: RatesDocument = {
    "standard": {
        "input_mtok": "0.5",
        "output_mtok": {"base": "2", "tiers": [{"start": 200000, "price": "3"}]},
    }
}

CHOICE = {"policy": "best", "pool": "listed", "models": ["openai/two", "openai/gone"]}


@pytest.fixture
def rich(organization) -> Organization:
    """An organisation that has decided something of every kind."""
    one = enabled_model(organization, model_name="one")
    two = enabled_model(organization, model_name="two")
    ConnectionFactory(
        organization=organization, provider=one.provider, label="Main / EU"
    )
    _models(organization, one, two)
    _packs(organization)
    create_profile(organization=organization, name="Base", actor=None)
    create_profile(
        organization=organization,
        name="Above",
        actor=None,
        document={
            "extends": "base",
            "roles": {"*": {"requirements": {"reasoning_strength": 0.7}}},
            "tasks": {"coding": {"models": ["openai/two"], "allow_cloud": True}},
        },
    )
    set_default_model(organization=organization, ai_model=two, actor=None)
    create_budget(
        organization=organization,
        actor=None,
        name="All: it",
        scope_kind="organization",
        amount_usd=Decimal("50.50"),
        thresholds=[Decimal("0.5"), Decimal("0.9")],
        on_limit="fallback",
        fallback_model=one,
    )
    planner = Feature.objects.get(organization=organization, key="planner")
    set_automatic_choice(feature=planner, document=CHOICE, actor=None)
    create_budget(
        organization=organization,
        actor=None,
        scope_kind="feature",
        scope_id=planner.pk,
        amount_usd=Decimal(5),
        period="day",
        on_limit="switch",
        pack=Pack.objects.get(organization=organization),
    )
    return organization


def _models(organization, one, two):
    configure_model(
        organization=organization,
        ai_model=one,
        configuration=Configuration(
            {"temperature": 0.25, "stop": ["END"]},
            [two],
            use_batch_price=True,
            monthly_limit_usd=Decimal("12.50"),
            notes="Two lines\nof notes: with a colon",
        ),
        expected_version=1,
        actor=None,
    )
    set_negotiated_price(
        organization=organization,
        ai_model=one,
        actor=None,
        discount_percent=Decimal("12.5"),
        note="yes",
    )
    set_negotiated_price(
        organization=organization, ai_model=two, actor=None, rates=RATES
    )
    add_custom_model(
        organization=organization,
        actor=None,
        provider_slug="custom",
        model_name="our/tuned-7b",
        given=CustomFacts(
            facts={
                "capabilities": ["text_generation", "tools"],
                "context_window": 32_000,
                "min_memory_gb": Decimal("7.50"),
                "is_open_weights": True,
            },
            rates=RATES,
        ),
    )


def _packs(organization):
    create_prompt(
        organization=organization, name="PLAN", text="Plan it.\nIn steps.", actor=None
    )
    create_feature(
        organization=organization,
        actor=None,
        key="planner",
        name="The planner",
        urgency="background",
        hedge_after_ms=800,
    )
    for key in ("critic", "chat.own", "chat.none"):
        create_feature(organization=organization, actor=None, key=key, name=key)
    entries = [
        PackFeature("planner", "openai/one", ("openai/two",), {"top_p": 0.9}),
        PackFeature("critic", "openai/two", prompt="PLAN@production", note="For now"),
        PackFeature("chat.own", "openai/two"),
        PackFeature("chat.none", "openai/two"),
    ]
    document = PackDocument("Mixed", "mixed", "For all", "First", tuple(entries))
    version = create_pack(organization=organization, document=document, actor=None)
    switch_pack(version=version, actor=None)
    later = PackDocument("Mixed", "mixed", features=tuple(entries[:1]))
    add_version(pack=version.pack, document=later, expected_number=1, actor=None)
    own = Feature.objects.get(organization=organization, key="chat.own")
    prompt = organization.prompts.get().versions.get()
    assign_model(
        feature=own,
        ai_model=version.entries.get(feature_key="planner").ai_model,
        prompt_version=prompt,
        actor=None,
        expected_revision=1,
    )
    none = Feature.objects.get(organization=organization, key="chat.none")
    unassign(feature=none, actor=None, expected_revision=1)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_an_empty_organisation_becomes_the_same(rich, kind):
    text = written(exported_document(rich), kind)
    empty = OrganizationFactory()

    apply_configuration(organization=empty, wanted=wanted(text), actor=None)

    assert written(exported_document(empty), kind) == text


def test_a_second_apply_finds_nothing_to_change(rich):
    text = written(exported_document(rich), "yaml")
    for organization in (rich, OrganizationFactory()):
        apply_configuration(organization=organization, wanted=wanted(text), actor=None)

        again = apply_configuration(
            organization=organization, wanted=wanted(text), actor=None, prune=True
        )

        assert [one.as_json() for one in again.plan.to_do] == []


def test_no_secret_is_in_the_file(rich):
    Connection.objects.update(key_last_four="6789")

    text = written(exported_document(rich), "yaml")

    assert "sk-test" not in text
    assert "6789" not in text
