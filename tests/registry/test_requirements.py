import datetime
from decimal import Decimal

import pytest

from registry.requirements import ModelFacts, Requirements, check

TODAY = datetime.date(2026, 11, 21)
GOOD = {
    "capabilities": frozenset({"text_generation", "tools"}),
    "context_window": 128_000,
    "is_enabled": True,
    "output_usd_per_million": Decimal(3),
}


def codes(reasons):
    return [reason.code for reason in reasons]


def verdict(requirements: Requirements | None = None, **facts):
    return check(requirements or Requirements(), ModelFacts(**{**GOOD, **facts}), TODAY)


def test_an_enabled_model_with_everything_required_is_met_without_warning():
    requirements = Requirements(capabilities=("tools",), min_context_tokens=128_000)

    found = verdict(requirements)

    assert found.is_met
    assert found.warnings == ()


def test_a_capability_that_no_source_states_refuses_the_model():
    found = verdict(Requirements(capabilities=("tools", "image_analysis", "audio")))

    assert [reason.text for reason in found.refusals] == [
        "is not known to offer image input",
        "is not known to offer audio",
    ]


def test_an_unknown_window_is_refused_only_where_a_minimum_is_asked_for():
    assert verdict(context_window=None).is_met
    assert codes(
        verdict(Requirements(min_context_tokens=1), context_window=None).refusals
    ) == ["unknown_window"]


def test_a_window_one_token_too_small_is_refused_with_both_numbers():
    found = verdict(Requirements(min_context_tokens=128_001))

    assert found.text == (
        "has a context window of 128,000 tokens (128,001 are required)"
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"is_enabled": False}, "not_enabled"),
        ({"is_listed": False}, "vanished"),
        ({"retired_on": TODAY}, "retired"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused(facts, code):
    assert codes(verdict(**facts).refusals) == [code]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"retired_on": TODAY + datetime.timedelta(days=1)}, "retiring"),
        ({"deprecated_on": TODAY}, "deprecated"),
        ({"deprecated_on": TODAY + datetime.timedelta(days=9)}, "deprecated"),
        ({"is_priced": False, "output_usd_per_million": None}, "unpriced"),
    ],
)
def test_what_a_person_should_know_warns_and_does_not_refuse(facts, code):
    found = verdict(**facts)

    assert found.is_met
    assert codes(found.warnings) == [code]


@pytest.mark.parametrize(
    ("hint", "facts", "code"),
    [
        (
            {"budget_sensitivity": "high"},
            {"output_usd_per_million": Decimal(10)},
            "costly",
        ),
        (
            {"urgency": "realtime"},
            {"capabilities": frozenset({"reasoning"})},
            "slow",
        ),
        ({"accuracy_level": "critical"}, {"is_rated": False}, "unrated"),
    ],
)
def test_accuracy_urgency_and_budget_are_hints(hint, facts, code):
    found = verdict(Requirements(**hint), **facts)

    assert found.is_met
    assert codes(found.warnings) == [code]
    assert codes(verdict(**facts).warnings) == []


def test_a_model_that_lacks_only_the_switch_says_so():
    assert verdict(is_enabled=False).lacks_only_enabling
    assert not verdict(is_enabled=False, is_listed=False).lacks_only_enabling
    assert not verdict().lacks_only_enabling
