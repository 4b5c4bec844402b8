"""The best mix is what trying every mix finds."""

import pytest
from hypothesis import given, settings

from recommender.mix.clashes import Clash
from recommender.mix.frontier import frontier
from recommender.mix.problem import Goal, Limits, Problem
from recommender.mix.solving import Mix, best_mix
from tests.recommender.mix.problems import (
    best_by_trying,
    is_within,
    need,
    option,
    problems,
    value,
)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_it_equals_brute_force(problem):
    best, found = best_by_trying(problem), best_mix(problem)
    if best is None:
        assert isinstance(found, Clash)
        assert found.lines
        return
    chosen = tuple(choice.option for choice in found.choices)
    assert found.is_proven
    assert is_within(problem.limits, chosen)
    assert value(problem, chosen) == pytest.approx(best, rel=1e-4, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_clash_says_what_would_be_enough(problem):
    found = best_mix(problem)
    if not isinstance(found, Clash) or found.features:
        return
    assert found.limits
    for limit in found.limits:
        if limit.enough is not None:
            assert limit.enough > limit.value


def test_a_cheaper_model_that_is_good_enough_is_taken():
    chat = need(
        "chat",
        option("a/strong", 100, 90, is_current=True),
        option("b/good", 20, 82),
        option("c/weak", 5, 60),
        quality_floor=80,
    )
    mix = best_mix(Problem(needs=(chat,)))
    assert mix.choices[0].option.reference == "b/good"
    assert mix.choices[0].saving_usd == 80


def test_equal_costs_go_to_the_better_model():
    chat = need("chat", option("a/one", 5, 50), option("b/two", 5, 70))
    mix = best_mix(Problem(needs=(chat,)))
    assert mix.choices[0].option.reference == "b/two"


def test_a_change_must_be_worth_the_trouble():
    chat = need("chat", option("a/now", 10, is_current=True), option("b/new", 9.5))
    limits = Limits(least_saving_usd=1)
    mix = best_mix(Problem(needs=(chat,), limits=limits))
    assert mix.change_count == 0


def test_the_most_quality_under_a_budget_goes_where_it_counts():
    options = [option("a/small", 1, 50), option("a/large", 10, 90)]
    often = need("often", *options, importance=9)
    seldom = need("seldom", *options, importance=1)
    limits = Limits(budget_usd=11)
    mix = best_mix(Problem(needs=(often, seldom), limits=limits, goal=Goal.BEST))
    assert [one.option.reference for one in mix.choices] == ["a/large", "a/small"]


def test_a_feature_without_a_candidate_is_named_with_the_nearest_one():
    chat = need("chat", option("a/x", 1, 74), option("b/y", 1, 60), quality_floor=80)
    clash = best_mix(Problem(needs=(chat,)))
    assert clash.lines == [
        "chat: no candidate is left. The nearest: a/x has a quality of 74, and at "
        "least 80 are asked for."
    ]


def test_limits_that_clash_are_named_with_what_would_be_enough():
    first = need("first", option("a/x", 10), option("b/x", 12))
    second = need("second", option("b/y", 10))
    limits = Limits(budget_usd=21, max_providers=1, max_changes=5)
    clash = best_mix(Problem(needs=(first, second), limits=limits))
    assert clash.lines == [
        "A budget of $21.00 a month: a budget of $22.00 a month would be enough.",
        "At most 1 provider: at most 2 providers would be enough.",
    ]


def test_where_no_limit_alone_gives_way_far_enough_some_do_together():
    needs = (
        need("one", option("a/now", 50, is_current=True), option("d/new", 10)),
        need("two", option("b/now", 50, is_current=True), option("d/new", 10)),
        need("three", option("c/now", 50, is_current=True), option("e/new", 10)),
    )
    limits = Limits(budget_usd=40, max_changes=1, max_providers=1)
    clash = best_mix(Problem(needs=needs, limits=limits))

    assert clash.lines == [
        "At most 1 provider: giving way here alone is not enough.",
        "Together would be enough: at most 3 changes and at most 2 providers.",
    ]
    wider = Limits(budget_usd=40, max_changes=3, max_providers=2)
    assert isinstance(best_mix(Problem(needs=needs, limits=wider)), Mix)


def test_the_budget_that_is_said_to_be_enough_is_enough_to_the_cent():
    chat = need("chat", option("a/x", 12.3412))
    clash = best_mix(Problem(needs=(chat,), limits=Limits(budget_usd=1)))
    assert clash.lines == [
        "A budget of $1.00 a month: a budget of $12.35 a month would be enough."
    ]
    enough = Limits(budget_usd=12.35)
    assert isinstance(best_mix(Problem(needs=(chat,), limits=enough)), Mix)


def test_a_budget_of_nothing_takes_free_models():
    chat = need("chat", option("a/x", 1), option("local/free", 0))
    mix = best_mix(Problem(needs=(chat,), limits=Limits(budget_usd=0)))
    assert mix.choices[0].option.reference == "local/free"


@pytest.mark.parametrize("quality", [None, float("nan")], ids=["none", "nan"])
def test_a_quality_that_is_not_known_is_below_every_floor(quality):
    chat = need("chat", option("a/x", 1, quality), quality_floor=1)
    assert isinstance(best_mix(Problem(needs=(chat,))), Clash)


def test_limits_that_make_no_sense_are_named_at_once():
    limits = Limits(max_changes=-1, max_providers=0, budget_usd=float("nan"))
    with pytest.raises(ValueError, match=r"changes.*providers.*budget") as said:
        Problem(needs=(need("a"), need("a")), limits=limits)
    assert "a is there twice." in str(said.value)


def test_nothing_to_decide_is_an_empty_mix():
    assert best_mix(Problem(needs=())) == Mix((), True, 0.0)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_frontier_rises_from_the_cheapest_to_the_best(problem):
    points = frontier(problem, points=5)
    if isinstance(points, Clash):
        return
    costs = [point.cost_usd for point in points]
    qualities = [point.quality for point in points]
    assert costs == sorted(costs)
    assert all(a < b for a, b in zip(qualities, qualities[1:], strict=False))
