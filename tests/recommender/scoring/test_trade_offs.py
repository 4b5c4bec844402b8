"""What changes against the current model is said with numbers, or as not known."""

from decimal import Decimal

from analytics.wilson import wilson
from recommender.scoring.scores import score
from recommender.scoring.trade_offs import trade_offs
from recommender.scoring.weights import Weights
from tests.recommender.scoring.facts import AGAINST, known_facts


def scored(**changed):
    return score(known_facts(**changed), Weights(), AGAINST)


def said(**changed):
    current = scored(reference="openai/current", is_current=True)
    return " ".join(trade_offs(scored(**changed), current))


def test_a_saving_is_said_in_dollars_and_per_cent():
    assert "Costs $10.00 (20%) less a month." in said(monthly_usd=Decimal(40))


def test_a_dearer_model_says_so():
    assert "Costs $50.00 (100%) more a month." in said(monthly_usd=Decimal(100))


def test_a_slower_model_says_by_how_much():
    assert "95 of 100 answers 500 ms slower." in said(latency_p95_ms=1_500.0)


def test_quality_is_said_with_what_it_may_be():
    assert "Quality −" in said(measured=(), rating=1200.0)


def test_what_cannot_be_compared_is_said():
    text = said(measured=(), rating=None, monthly_usd=None, latency_p95_ms=None)

    assert "Quality cannot be compared" in text
    assert "The change of cost is not known." in text
    assert "The change of latency is not known." in text


def test_a_small_difference_of_few_calls_may_be_chance():
    assert "may be chance" in said(success=wilson(48, 50))
    assert "may be chance" not in said(success=wilson(500, 1_000))


def test_the_current_model_gives_up_nothing():
    current = scored()

    assert trade_offs(current, current) == ()
    assert trade_offs(current, None) == ()
