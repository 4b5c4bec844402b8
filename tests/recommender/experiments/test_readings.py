"""What is counted of an arm: its own model's answers, each request once, and who was in
it."""

import datetime

import pytest

from analytics.models import UsageRecord
from recommender.queries.experiment_readings import (
    SETTLE,
    readings_between,
    switched_between,
)
from tests.recommender.experiments.traffic import of_arm


@pytest.fixture
def made(lab):
    return lab.started()


@pytest.fixture
def span(made):
    begun = made.step_started_at
    return (
        made,
        list(made.arms.all()),
        begun,
        begun + datetime.timedelta(hours=2),
    )


@pytest.fixture
def read(span):
    return lambda: readings_between(*span)


def arm(made, key="b"):
    return made.arms.get(key=key)


def test_a_request_counts_once_and_its_attempts_cost_together(made, read):
    of_arm(arm(made), 10, failures=4, fallback=arm(made, "control"))

    found = read()

    assert (found.arms["b"].requests, found.arms["b"].successes) == (10, 6)
    assert found.arms["b"].cost_usd == pytest.approx(0.14)
    assert found.spent_usd == pytest.approx(0.14)
    assert found.requests == 10


def test_a_request_that_never_reached_the_arms_model_says_nothing_of_it(made, read):
    candidate, control = arm(made), arm(made, "control")
    of_arm(candidate, 3)
    of_arm(candidate, 5)
    UsageRecord.objects.filter(
        pk__in=[row.pk for row in UsageRecord.objects.all()[:5]]
    ).update(ai_model_id=control.ai_model_id)

    found = read()

    assert (found.arms["b"].requests, found.arms["b"].successes) == (3, 3)
    assert found.requests == 8


def test_what_began_before_the_change_had_settled_is_left_out(made, read):
    early = made.step_started_at - datetime.timedelta(seconds=30)
    of_arm(arm(made), 1, since=early)

    assert read().requests == 0
    assert datetime.timedelta(seconds=1) < SETTLE


def test_units_are_counted_once_and_a_switch_is_seen(made, read, span):
    of_arm(arm(made), 5, unit_hash=1)
    of_arm(arm(made, "control"), 5, unit_hash=2)
    of_arm(arm(made, "control"), 5, unit_hash=None)
    assert switched_between(*span).switched == 0
    of_arm(arm(made, "control"), 1, unit_hash=1)

    found = switched_between(*span)

    assert read().units == {"b": 1, "control": 7}
    assert (found.switched, found.units) == (1, 7)


def test_a_cost_that_nobody_knows_is_not_zero(made, read):
    assert read().spent_usd is None
    assert read().arms["b"].cost_usd is None
