"""The best model for a use case, and within a budget."""

from decimal import Decimal

import pytest

from recommender.queries.recommending import (
    recommend_for_budget,
    recommend_for_use_case,
)
from recommender.recommending.asked import AskedError, Constraints, ExpectedUse
from tests.factories import ProviderFactory
from tests.recommender.recommending.working import priced

USE = ExpectedUse(requests=1_000, input_tokens=1_000, output_tokens=1_000)


@pytest.fixture
def models(organization):
    """A month of USE costs $12, $1.50 and nothing."""
    return [
        priced(organization, "dear", "2", "10", rating=1450),
        priced(organization, "cheap", "0.5", "1", rating=1390),
        priced(organization, "free", "0", "0", rating=1250),
    ]


def names(found):
    return {one.model.model_name for one in found.ranked}


def test_costs_are_of_the_stated_month(organization, models):
    found = recommend_for_use_case(organization, "chat", use=USE)
    costs = {one.model.model_name: one.monthly_usd for one in found.ranked}
    assert costs == {"dear": 12, "cheap": Decimal("1.5"), "free": 0}


def test_a_budget_excludes_what_costs_more_with_the_sum(organization, models):
    found = recommend_for_budget(organization, Decimal(5), USE)
    assert names(found) == {"cheap", "free"}
    (why,) = found.excluded
    assert why.text == "openai/dear costs $12.00 a month, above $5.00."


def test_a_budget_of_nothing_leaves_what_is_free(organization, models):
    assert names(recommend_for_budget(organization, Decimal(0), USE)) == {"free"}


def test_a_budget_that_fits_nothing_is_answered_in_words(organization, models):
    models[2].settings.update(is_enabled=False)
    found = recommend_for_budget(organization, Decimal(0), USE)
    assert found.ranked == ()
    assert "fits chat: each costs more than the budget" in found.problem


def test_quality_latency_and_providers_are_hard(organization, models):
    asked = Constraints(least_quality=60)
    assert names(recommend_for_use_case(organization, "chat", asked)) == {"dear"}
    ProviderFactory(slug="anthropic")
    asked = Constraints(providers=("anthropic",))
    assert names(recommend_for_use_case(organization, "chat", asked)) == set()


def test_contradictory_constraints_are_answered_with_their_reasons(
    organization, models
):
    asked = Constraints(least_quality=60, most_usd=Decimal(5))
    found = recommend_for_use_case(organization, "chat", asked, use=USE)
    assert found.ranked == ()
    assert len(found.excluded) == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"most_usd": Decimal("NaN")},
        {"least_quality": -1.0},
        {"most_latency_ms": float("inf")},
    ],
    ids=["budget", "quality", "latency"],
)
def test_constraints_that_are_no_numbers_are_refused(facts):
    with pytest.raises(AskedError):
        Constraints(**facts)


def test_a_capability_that_nobody_knows_is_refused():
    with pytest.raises(AskedError, match="There is no capability “telepathy”"):
        Constraints(capabilities=("telepathy",))


def test_a_provider_that_nobody_knows_is_refused(organization):
    with pytest.raises(AskedError, match="There is no provider “nobody”"):
        recommend_for_use_case(organization, "chat", Constraints(providers=("nobody",)))


def test_an_unknown_use_case_is_refused(organization):
    with pytest.raises(AskedError):
        recommend_for_use_case(organization, "nonsense")
