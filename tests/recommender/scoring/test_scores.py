"""A score lies between 0 and 100, follows its parts and says what is not known."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.wilson import wilson
from recommender.kinds_of_work import USE_CASES
from recommender.scoring.evidence import Kind, Measured
from recommender.scoring.facts import CandidateFacts
from recommender.scoring.scores import ranked, score
from recommender.scoring.weights import WeightError, Weights, weights_for
from recommender.use_cases import Fit
from tests.recommender.scoring.facts import (
    AGAINST,
    amounts,
    candidates,
    known_facts,
    weights,
)

EVEN = Weights()
FORGOTTEN = {
    "suitability": {"suitability": None},
    "quality": {"rating": None, "measured": ()},
    "latency": {"latency_p95_ms": None},
    "reliability": {"success": None},
    "cost": {"monthly_usd": None},
}


@given(candidates, weights)
def test_a_score_and_its_ends_lie_between_0_and_100_in_order(facts, chosen):
    found = score(facts, chosen, AGAINST)

    assert 0 <= found.low <= found.high <= 100
    for one in found.components:
        assert one.score is None or one.low <= one.score + 1e-9 <= one.high + 2e-9
    if found.score is not None:
        assert found.low <= found.score + 1e-9
        assert found.score <= found.high + 1e-9


@given(candidates, weights)
def test_what_is_not_known_never_becomes_a_number(facts, chosen):
    found = score(facts, chosen, AGAINST)

    numbers = [one.score for one in found.components if one.score is not None]
    assert all(map(math.isfinite, [*numbers, found.low, found.high]))
    assert not any("nan" in text.lower() for text in found.reasons)


@given(amounts, amounts)
def test_a_dearer_or_slower_model_never_scores_more(one, other):
    cheap, dear = sorted([one, other])
    for name in ("monthly_usd", "latency_p95_ms"):
        kind = Decimal if name == "monthly_usd" else float
        better = score(known_facts(**{name: kind(cheap)}), EVEN, AGAINST)
        worse = score(known_facts(**{name: kind(dear)}), EVEN, AGAINST)
        assert (worse.score or 0) <= (better.score or 0)


@given(st.integers(0, 1_000), st.integers(0, 1_000))
def test_a_more_reliable_or_better_fitting_model_never_scores_less(one, other):
    few, many = sorted([one, other])

    def scored(count: int) -> float:
        fit = Fit(Decimal(count) / 10, Decimal(0), Decimal(100), ())
        facts = known_facts(success=wilson(count, 1_000), suitability=fit)
        return score(facts, EVEN, AGAINST).score or 0

    assert scored(few) <= scored(many)


@given(st.sampled_from(Kind), st.floats(0, 1), st.floats(0, 1))
def test_better_evidence_of_any_kind_never_lowers_the_score(kind, one, other):
    worse, better = (
        score(known_facts(measured=(Measured(kind, mean, 40),)), EVEN, AGAINST)
        for mean in sorted([one, other])
    )

    assert (worse.score or 0) <= (better.score or 0) + 1e-9


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_missing_fact_widens_the_interval_and_is_said(name):
    whole = score(known_facts(), EVEN, AGAINST)
    lacking = score(known_facts(**FORGOTTEN[name]), EVEN, AGAINST)

    assert lacking.high - lacking.low > whole.high - whole.low
    assert lacking.low <= whole.low
    assert lacking.high >= whole.high
    assert lacking.component(name).score is None
    assert lacking.component(name).reasons


def test_of_a_model_of_which_nothing_is_known_there_is_no_score():
    found = score(CandidateFacts(reference="openai/new"), EVEN, AGAINST)

    assert (found.score, found.low, found.high) == (None, 0, 100)
    assert found.certainty == "low"


def test_a_part_without_weight_counts_for_nothing():
    chosen = Weights(suitability=1, quality=0, latency=0, reliability=0, cost=0)

    found = score(known_facts(monthly_usd=None), chosen, AGAINST)

    assert (found.score, found.low, found.high) == (80, 70, 90)


def test_weights_that_are_all_zero_are_refused_in_words():
    with pytest.raises(WeightError, match="All weights are 0"):
        Weights(suitability=0, quality=0, latency=0, reliability=0, cost=0)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_a_weight_that_is_no_weight_is_named(wrong):
    with pytest.raises(WeightError, match="look at cost"):
        Weights(cost=wrong)


def test_the_parts_of_a_whole_add_up_to_its_score():
    found = score(known_facts(), Weights(quality=3, cost=2), AGAINST)

    assert sum(one.points for one in found.components) == pytest.approx(found.score)


def test_of_two_equal_models_the_one_better_known_comes_first():
    known, vague = known_facts(), known_facts(reference="openai/vague", success=None)
    equal = replace(known, success=wilson(980, 1_000))

    order = ranked([score(one, EVEN, AGAINST) for one in (vague, equal)])

    assert [one.reference for one in order] == ["openai/model", "openai/vague"]


def test_the_excluded_come_last_however_good_they_are():
    best = known_facts(reference="openai/best", monthly_usd=Decimal(0))
    shut_out = replace(best, excluded=("was retired on 2026-01-01",))
    poor = known_facts(reference="openai/poor", monthly_usd=Decimal(9_000))

    order = ranked([score(one, EVEN, AGAINST) for one in (shut_out, poor)])

    assert [one.reference for one in order] == ["openai/poor", "openai/best"]


@pytest.mark.parametrize("use_case", [one.key for one in USE_CASES])
def test_each_use_case_has_weights_that_a_feature_can_bend(use_case):
    usual = weights_for(use_case).shares
    frugal = weights_for(use_case, budget="high").shares
    exacting = weights_for(use_case, accuracy="critical").shares

    assert frugal["cost"] > usual["cost"]
    assert exacting["quality"] > usual["quality"]
