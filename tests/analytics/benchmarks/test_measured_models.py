"""Finished runs and calls in production reach the indicators of models."""

import datetime

import numpy as np
import pytest
from django.utils import timezone

from analytics.benchmarking.statistics.ratios import ratio
from analytics.models import RunState
from analytics.queries.measured_models import measured_in_production
from analytics.services.benchmark_summaries import refresh
from analytics.services.model_measurements import note_benchmarks, note_production
from analytics.usage_row import Outcome, Source
from registry.measured import Indicator, MeasuredBy
from registry.queries.model_measurements import measured_of
from registry.usage import Usage
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, OrganizationFactory


def found_of(organization, model):
    return {
        (one.indicator, one.measured_by): one
        for one in measured_of(organization, [model.pk])[model.pk]
    }


def test_a_ratio_has_the_interval_of_its_parts():
    rng = np.random.default_rng(7)
    hit = 0
    for _ in range(400):
        seconds = rng.uniform(1, 9, size=40)
        tokens = 50 * seconds + rng.normal(0, 60, size=40)
        found = ratio(list(zip(tokens, seconds, strict=True)))
        hit += found.low <= 50 <= found.high

    assert 0.91 <= hit / 400 <= 0.98


def test_few_parts_have_no_interval_and_none_no_ratio():
    assert ratio([(10.0, 2.0)] * 9).low is None
    assert ratio([(10.0, 2.0)] * 9).value == 5
    assert ratio([]) is None
    assert ratio([(3.0, 0.0)]) is None


@pytest.mark.django_db
def test_a_finished_run_tells_the_registry(organization):
    model = AIModelFactory()
    run = a_run(a_suite(organization, 20))
    answered(run, {model: [1.0] * 15 + [0.0] * 4 + [None]})

    refresh(run)

    found = found_of(organization, model)
    accuracy = found[Indicator.ACCURACY, MeasuredBy.BENCHMARK]
    assert (accuracy.count, round(accuracy.value, 1)) == (19, 78.9)
    assert accuracy.low < accuracy.value < accuracy.high
    assert accuracy.evidence == f"/benchmarks/runs/{run.number}/results/"
    speed = found[Indicator.SPEED, MeasuredBy.BENCHMARK]
    assert speed.low < speed.value < speed.high
    assert found[Indicator.RELIABILITY, MeasuredBy.BENCHMARK].value == 0.95


@pytest.mark.django_db
def test_a_run_at_work_tells_nothing_yet(organization):
    model = AIModelFactory()
    run = a_run(a_suite(organization, 20), state=RunState.RUNNING)
    answered(run, {model: [1.0] * 20})

    refresh(run)

    assert not found_of(organization, model)


@pytest.mark.django_db
def test_what_a_deleted_suite_said_goes_at_night(organization):
    model = AIModelFactory()
    run = a_run(a_suite(organization, 20))
    answered(run, {model: [1.0] * 20})
    refresh(run)
    run.suite.delete()

    note_benchmarks()

    assert not found_of(organization, model)


@pytest.mark.django_db
def test_calls_in_production_say_how_fast_and_reliable_a_model_is(organization):
    model, other = AIModelFactory(), OrganizationFactory()
    now = timezone.now()
    for hour in range(12):
        at = now - datetime.timedelta(hours=hour + 1)
        for extra in (0, 100):
            record(
                organization,
                ai_model_id=model.pk,
                started_at=at,
                usage=Usage(input_tokens=9, output_tokens=100 + hour),
                latency_ms=2_000 + extra,
            )
    record(
        organization,
        ai_model_id=model.pk,
        started_at=now - datetime.timedelta(hours=2),
        outcome=Outcome.ERROR,
        error_kind="timeout",
        answered=False,
        usage=Usage(input_tokens=9, output_tokens=9_000),
    )
    for _ in range(30):
        record(
            organization,
            ai_model_id=model.pk,
            started_at=now - datetime.timedelta(hours=3),
            source=Source.BENCHMARK,
            latency_ms=10,
        )
    rolled_up(organization)

    assert note_production(now) == 1

    found = found_of(organization, model)
    speed = found[Indicator.SPEED, MeasuredBy.PRODUCTION]
    assert speed.count == 24
    assert speed.low < speed.value < speed.high
    assert 50 < speed.value < 53
    rate = found[Indicator.RELIABILITY, MeasuredBy.PRODUCTION]
    assert (rate.count, round(rate.value, 2)) == (25, 0.96)
    assert not measured_in_production(other, now)


@pytest.mark.django_db
def test_too_few_calls_say_nothing_of_a_model(organization):
    model = AIModelFactory()
    record(organization, ai_model_id=model.pk, started_at=timezone.now())

    assert note_production(timezone.now() + datetime.timedelta(minutes=1)) == 0
