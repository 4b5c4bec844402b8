"""A canary holds, steps forward, steps back, or is ready; and says why."""

import dataclasses
import math

import pytest

from analytics.histogram import Histogram
from recommender.experimenting.bounds import Bounds
from recommender.experimenting.canary import (
    PATIENCE,
    CanaryPlan,
    CanaryState,
    Verdict,
    decide,
    plan_problems,
)
from recommender.experimenting.readings import ArmReading

BOUNDS = Bounds(0.5, 20.0, 1.0)
PLAN = CanaryPlan((5, 25, 50, 100), BOUNDS, 1_000, 6)
LATER = CanaryState(step_index=1, step_requests=2_000, step_hours=7)


def arm(requests: int, success: float = 0.99, ms: int = 900, down: float = 0.1):
    return ArmReading(
        requests=requests,
        successes=round(requests * success),
        latency=Histogram.of(
            [ms // 2] * (requests * 9 // 10) + [ms] * (requests - requests * 9 // 10)
        ),
        rated=requests,
        thumbs_down=round(requests * down),
        cost_usd=requests * 0.001,
    )


def test_it_waits_for_the_requests_and_hours_of_the_step():
    state = CanaryState(1, 438, 2.5)

    found = decide(PLAN, state, arm(330), arm(108))

    assert found.verdict == Verdict.HOLD
    assert found.text == (
        "Holds at 25%: 438 of 1,000 requests and 2.5 of 6 hours of this step."
    )


def test_it_steps_forward_when_the_step_is_over_and_all_bounds_hold():
    found = decide(PLAN, LATER, arm(1_500), arm(500))

    assert found.verdict == Verdict.STEP_FORWARD
    assert found.text.startswith("Steps from 25% to 50%. Success drop:")


def test_it_is_ready_after_the_last_step():
    state = dataclasses.replace(LATER, step_index=3)

    assert decide(PLAN, state, arm(1_500), arm(2_000)).verdict == Verdict.READY


def test_failures_step_it_back_before_the_step_is_over():
    state = CanaryState(1, 200, 0.2)

    found = decide(PLAN, state, arm(160), arm(40, success=0.3))

    assert found.verdict == Verdict.STEP_BACK
    assert "Success drop: +68.75 points" in found.text
    assert "surely beyond the bound of +0.50 points" in found.text


def test_a_slow_candidate_steps_back():
    found = decide(PLAN, LATER, arm(6_000), arm(2_000, ms=2_500))

    assert found.verdict == Verdict.STEP_BACK
    assert "p95 rise" in found.text


def test_answers_that_people_dislike_step_it_back():
    found = decide(PLAN, LATER, arm(6_000), arm(2_000, down=0.3))

    assert found.verdict == Verdict.STEP_BACK
    assert "Thumbs down rise" in found.text


def test_a_few_failures_too_many_only_hold_it():
    found = decide(PLAN, LATER, arm(1_500), arm(500, success=0.98))

    assert found.verdict == Verdict.HOLD
    assert "beyond the bound of +0.50 points, but not surely" in found.text
    assert found.standings[0].further_requests > 0


def test_nobody_waits_for_certainty_for_ever():
    state = dataclasses.replace(LATER, step_requests=PATIENCE * 1_000)

    found = decide(PLAN, state, arm(1_500), arm(500, success=0.98))

    assert found.verdict == Verdict.STEP_BACK
    assert "after 3,000 requests" in found.text


def test_without_a_control_nothing_is_promised():
    found = decide(PLAN, LATER, ArmReading(), arm(500))

    assert found.verdict == Verdict.HOLD
    assert "nothing to compare yet" in found.text


def test_a_product_that_sends_no_ratings_is_not_held_up():
    none = {"rated": 0, "thumbs_down": 0}
    arms = (dataclasses.replace(arm(size), **none) for size in (1_500, 500))

    assert decide(PLAN, LATER, *arms).verdict == Verdict.STEP_FORWARD


def test_without_bounds_the_minimums_decide():
    plan = dataclasses.replace(PLAN, bounds=Bounds())

    assert decide(plan, LATER, arm(1_500), arm(500)).verdict == Verdict.STEP_FORWARD


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": ()}, "There is no step."),
        ({"steps": (50, 25)}, "larger than the one before"),
        ({"steps": (0, 50)}, "more than 0 and at most 100"),
        ({"steps": (5, math.nan)}, "more than 0 and at most 100"),
        ({"min_requests_per_step": -1}, "below 0"),
        ({"min_hours_per_step": math.nan}, "not a number"),
        ({"bounds": Bounds(math.nan)}, "The bound on success is not a number."),
        ({"bounds": Bounds(-0.5)}, "cannot be below 0"),
        ({"bounds": Bounds(101)}, "more than 100 is no bound"),
        ({"bounds": Bounds(None, math.inf)}, "The bound on p95 is not a number."),
    ],
)
def test_a_plan_that_cannot_be_followed_holds_and_says_why(changes, said):
    plan = dataclasses.replace(PLAN, **changes)

    found = decide(plan, LATER, arm(1_500), arm(500))

    assert found.verdict == Verdict.HOLD
    assert said in found.text
    assert plan_problems(plan)


@pytest.mark.parametrize("step", [-1, 4])
def test_a_step_that_is_not_there_holds(step):
    state = dataclasses.replace(LATER, step_index=step)

    assert decide(PLAN, state, arm(1), arm(1)).verdict == Verdict.HOLD


def test_a_good_plan_has_no_problems():
    assert plan_problems(PLAN) == []
