"""Versions are known by what they say, and prices by their terms."""

import json

import pytest

from analytics.models import BudgetDefinition
from analytics.queries.configuration import exported_document
from analytics.services.configuration import apply_configuration
from registry.configuration.files import ConfigurationWrong
from registry.models import PackVersion, Price, PromptLabel
from registry.services.prompts import create_prompt
from tests.analytics.configuration.conftest import wanted
from tests.factories import enabled_model

LATER = "2099-01-01T00:00:00+00:00"


def apply(organization, document):
    text = json.dumps({"modelhub": 1, **document})
    return apply_configuration(
        organization=organization, wanted=wanted(text, "file.json"), actor=None
    )


def priced(*prices):
    return {"models": {"openai/one": {"negotiated_prices": list(prices)}}}


@pytest.fixture
def model(organization):
    return enabled_model(organization, model_name="one")


def test_numbers_and_labels_of_a_prompt_follow_its_text(organization):
    create_prompt(organization=organization, name="PLAN", text="Here.", actor=None)
    versions = [{"number": 1, "text": "There."}, {"number": 2, "text": "Here."}]
    said = {"prompts": {"PLAN": {"labels": {"staging": 1}, "versions": versions}}}

    apply(organization, said)

    entry = exported_document(organization)["prompts"]["PLAN"]
    assert [one["text"] for one in entry["versions"]] == ["Here.", "There."]
    assert entry["labels"] == {"staging": 2}
    assert not apply(organization, said).plan.to_do


def test_an_edited_pack_gets_a_version_and_becomes_active(organization, model):
    enabled_model(organization, model_name="two")

    def pack(name):
        versions = [{"features": {"planner": {"model": name}}}]
        return {
            "features": {"planner": {}},
            "packs": {"lean": {"name": "Lean", "versions": versions}},
            "organization": {"active_pack": "lean"},
        }

    apply(organization, pack("openai/one"))
    apply(organization, pack("openai/two"))

    assert PackVersion.objects.count() == 2
    settings = exported_document(organization)["organization"]["organization"]
    assert settings == {"active_pack": "lean@2"}
    assert not apply(organization, pack("openai/two")).plan.to_do


def test_a_price_is_agreed_replaced_and_ended(organization, model):
    apply(organization, priced({"discount_percent": 10}))
    apply(organization, priced({"discount_percent": 20}))

    terms = Price.objects.filter(organization=organization)
    found = [(one.discount_percent, one.effective_to is None) for one in terms]
    assert found == [(10, False), (20, True)]

    apply(organization, priced())

    assert (
        "negotiated_prices"
        not in exported_document(organization)["models"]["openai/one"]
    )
    assert terms.count() == 2


def test_a_price_for_later_ends_the_one_before(organization, model):
    said = priced(
        {"discount_percent": 10},
        {"from": LATER, "rates": {"standard": {"input_mtok": 0.5}}},
    )

    apply(organization, said)

    entry = exported_document(organization)["models"]["openai/one"]
    assert entry["negotiated_prices"] == [
        {"to": LATER, "discount_percent": "10"},
        {"from": LATER, "rates": {"standard": {"input_mtok": "0.5"}}},
    ]
    assert not apply(organization, said).plan.to_do


def test_a_budget_keeps_its_scope_and_changes_its_amount(organization):
    def budget(**facts):
        said = {"scope": "organization", "amount_usd": 5, **facts}
        return {"budgets": {"All": said}}

    apply(organization, budget())
    apply(organization, budget(amount_usd="7.50", thresholds=[0.5]))

    with pytest.raises(ConfigurationWrong, match="keeps its scope"):
        apply(organization, budget(scope="tag:team=core"))
    row = BudgetDefinition.objects.get()
    assert (str(row.amount_usd), row.scope_kind) == ("7.50", "organization")


def test_a_label_that_is_not_stated_any_more_is_taken_away(organization):
    create_prompt(organization=organization, name="PLAN", text="Here.", actor=None)

    apply(organization, {"prompts": {"PLAN": {"labels": {"staging": 1}}}})

    assert [one.name for one in PromptLabel.objects.all()] == ["staging"]
