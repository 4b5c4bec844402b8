"""Which model answers, in which order the others follow, and why, in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.routing.analysis import analyse
from recommender.routing.choosing import RoutedModel, choose
from recommender.routing.goals import Goals, Policy, goals_for
from recommender.routing.request import FeatureDemand, RoutedRequest

STRONG = RoutedModel(
    reference="a/strong", chance=0.95, cases=200, cost_usd=0.02, latency_ms=3_000
)
GOOD = RoutedModel(
    reference="b/good", chance=0.8, cases=200, cost_usd=0.002, latency_ms=1_500
)
WEAK = RoutedModel(
    reference="c/weak", chance=0.4, cases=200, cost_usd=0.0002, latency_ms=400
)
ALL = (STRONG, GOOD, WEAK)


def changed(model, **values):
    return RoutedModel(**{**model.__dict__, **values})


def names(models, request_id="r1", **goals):
    found = choose(models, Goals(**goals), request_id)
    return [one.reference for one in found.models]


def first(models, request_id="r1", **goals):
    return names(models, request_id, **goals)[0]


@pytest.mark.parametrize(
    ("goals", "order"),
    [
        ({"policy": Policy.CHEAPEST}, ["b/good", "a/strong", "c/weak"]),
        ({"policy": Policy.BEST}, ["a/strong", "b/good", "c/weak"]),
        ({"policy": Policy.FASTEST}, ["b/good", "a/strong", "c/weak"]),
        ({"policy": Policy.BALANCED}, ["c/weak", "a/strong", "b/good"]),
        (
            {"policy": Policy.BEST, "price_ceiling_usd": 0.01},
            ["b/good", "c/weak"],
        ),
        (
            {"policy": Policy.FASTEST, "chance_floor": 0.3},
            ["c/weak", "b/good", "a/strong"],
        ),
    ],
    ids=["cheapest", "best", "fastest", "balanced", "under-a-price", "low-floor"],
)
def test_each_policy_has_its_order(goals, order):
    assert names(ALL, **goals) == order


def test_where_none_is_good_enough_the_likeliest_goes_first():
    found = choose(ALL, Goals(chance_floor=0.99), "r1")
    assert found.first.reference == "a/strong"
    assert "as none reaches 99%" in found.trace[0]


def test_the_choice_is_explained():
    found = choose(ALL, Goals(price_ceiling_usd=0.01), "r1")
    assert found.trace == (
        "Chosen: b/good before 1 more, the cheapest that is good enough (from 70% on): "
        "succeeds in 80% (200 cases); about $0.002; about 1,500 ms.",
        "a/strong costs $0.02, more than the price limit, $0.01.",
    )


def test_what_is_failing_or_busy_is_asked_last():
    assert names((changed(GOOD, is_healthy=False), STRONG))[-1] == "b/good"
    assert names((changed(GOOD, load=0.95), STRONG))[-1] == "b/good"
    assert names((changed(GOOD, is_healthy=False),)) == ["b/good"]


def test_what_cannot_answer_is_left_out_with_the_reason():
    found = choose([changed(GOOD, excluded="reads no images"), STRONG], Goals(), "r1")
    assert [one.reference for one in found.models] == ["a/strong"]
    assert found.left == (("b/good", "reads no images"),)
    assert "b/good reads no images." in found.trace


def test_nobody_left_is_an_empty_choice_with_reasons():
    found = choose([changed(GOOD, excluded="reads no images")], Goals(), "r1")
    assert found.first is None
    assert found.trace == ("b/good reads no images.",)
    assert choose([], Goals(), "r1").models == ()


def test_an_empty_budget_leaves_free_models_alone():
    free = RoutedModel(reference="local/free", cost_usd=0.0)
    assert names([*ALL, free], budget_left_usd=0) == ["local/free"]
    assert names([*ALL, free], budget_left_usd=-5) == ["local/free"]


def test_a_price_that_is_not_known_does_not_pass_a_limit():
    unknown = changed(GOOD, cost_usd=None)
    assert names([unknown, STRONG], price_ceiling_usd=1) == ["a/strong"]
    assert names([unknown, STRONG]) == ["a/strong", "b/good"]


def test_a_conversation_stays_where_its_beginning_is_cached():
    cached = changed(STRONG, cache_saving_usd=0.019, is_current=True)
    found = choose([cached, GOOD], Goals(), "r1")
    assert found.first.reference == "a/strong"
    near = changed(GOOD, reference="z/good", cost_usd=0.0021, is_current=True)
    assert first([near, GOOD]) == "z/good"
    dear = changed(near, cost_usd=0.003)
    assert first([dear, GOOD]) == "b/good"
    ill = changed(near, is_healthy=False)
    assert first([ill, GOOD]) == "b/good"


@pytest.mark.parametrize("value", [None, float("nan"), -1.0], ids=["none", "nan", "-1"])
def test_a_chance_that_is_not_known_counts_as_even_and_is_never_enough(value):
    unknown = changed(GOOD, reference="d/new", chance=value)
    assert names([*ALL, unknown]) == ["b/good", "a/strong", "d/new", "c/weak"]


def test_exploration_takes_about_its_share_and_never_more_than_it_may_cost():
    new = changed(GOOD, reference="d/new", cases=3, chance=0.5)
    goals = {"exploration_share": 0.1, "exploration_usd": 0.001}
    chosen = [first([*ALL, new], f"request-{n}", **goals) for n in range(2_000)]
    assert 150 < chosen.count("d/new") < 250
    assert set(chosen) == {"b/good", "d/new"}
    dear = changed(new, cost_usd=0.1)
    kept = {first([*ALL, dear], f"request-{n}", **goals) for n in range(300)}
    assert kept == {"b/good"}


def test_the_same_request_is_chosen_for_alike():
    new = changed(GOOD, reference="d/new", cases=3, chance=0.75)
    goals = {"exploration_share": 0.5, "exploration_usd": 1.0}
    once = [first([*ALL, new], f"r{n}", **goals) for n in range(50)]
    again = [first([new, *reversed(ALL)], f"r{n}", **goals) for n in range(50)]
    assert once == again


def test_a_trial_says_that_it_is_one():
    new = changed(GOOD, reference="d/new", cases=3)
    goals = Goals(exploration_share=1.0, exploration_usd=1.0)
    found = choose([*ALL, new], goals, "r1")
    assert found.is_exploration
    assert "to learn more of it (100.0% of the requests may)" in found.trace[0]


def test_goals_are_bent_by_the_work_and_the_budget():
    work = analyse(RoutedRequest(), FeatureDemand(accuracy="critical"))
    bent = goals_for(Goals(policy=Policy.BEST, exploration_share=0.1), work)
    assert bent.chance_floor == 0.9
    assert bent.exploration_share == 0
    scarce = goals_for(Goals(policy=Policy.BEST), work, budget_left_share=0.05)
    assert scarce.policy is Policy.CHEAPEST
    assert scarce.reasons[-1].startswith("5% of the budget is left")
    soon = analyse(RoutedRequest(), FeatureDemand(urgency="realtime"))
    assert goals_for(Goals(policy=Policy.BALANCED), soon).policy is Policy.FASTEST


def test_goals_that_make_no_sense_are_named_at_once():
    with pytest.raises(ValueError, match=r"good enough.*exploration.*price") as said:
        Goals(chance_floor=float("nan"), exploration_share=2, price_ceiling_usd=-1)
    assert "from 0 to 1" in str(said.value)


MODELS = st.builds(
    RoutedModel,
    reference=st.text("abc/", min_size=1, max_size=4),
    chance=st.none() | st.floats(allow_nan=True),
    cases=st.floats(0, 1e6),
    cost_usd=st.none() | st.floats(allow_nan=True),
    latency_ms=st.none() | st.floats(allow_nan=True),
    load=st.floats(0, 2),
    is_healthy=st.booleans(),
    is_current=st.booleans(),
)


@given(
    st.lists(MODELS, max_size=6, unique_by=lambda one: one.reference),
    st.sampled_from(Policy),
    st.none() | st.floats(0, 10),
)
def test_every_model_is_either_asked_or_left_with_a_reason(models, policy, limit):
    goals = Goals(policy=policy, price_ceiling_usd=limit, exploration_share=0.5)
    found = choose(models, goals, "r1")
    asked = [one.reference for one in found.models]
    left = [name for name, _ in found.left]
    assert sorted([*asked, *left]) == sorted(one.reference for one in models)
    if limit is not None:
        assert all(one.price_usd <= limit for one in found.models)
