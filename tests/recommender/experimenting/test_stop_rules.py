"""Caps end an experiment; caps that leave no room are told before it starts."""

import pytest

from recommender.experimenting.stop_rules import (
    Caps,
    Spent,
    cap_problems,
    reason_to_stop,
)


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        (Caps(cost_usd=40), "The cost cap is reached: $40.20 of $40.00."),
        (Caps(days=7), "The time is over: 7.5 of 7 days."),
        (Caps(requests=5_000), "All requests are used: 5,100 of 5,000."),
    ],
)
def test_a_cap_that_is_reached_ends_it(caps, said):
    assert reason_to_stop(caps, Spent(40.2, 7.5, 5_100)) == said


@pytest.mark.parametrize("caps", [Caps(), Caps(41, 8, 6_000)])
def test_it_goes_on_below_its_caps(caps):
    assert reason_to_stop(caps, Spent(40.2, 7.5, 5_100)) is None


def test_an_unknown_cost_reaches_no_cap():
    assert reason_to_stop(Caps(cost_usd=1), Spent(None, 1, 1)) is None


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        (Caps(cost_usd=0), "The cost cap must be more than 0: nothing could run."),
        (
            Caps(days=float("nan")),
            "The number of days must be more than 0: nothing could run.",
        ),
        (Caps(requests=3_000), "4 steps of 1,000 requests do not fit into 3,000"),
        (Caps(days=1), "4 steps of 12 hours do not fit into 1 days."),
    ],
)
def test_caps_that_leave_no_room_are_told(caps, said):
    (found,) = cap_problems(caps, min_requests=1_000, min_hours=12, steps=4)

    assert said in found
