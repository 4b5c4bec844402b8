"""How far a run is, from its results or from what was kept of them at its end."""

from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import BenchmarkResult, BenchmarkRun, ResultState, RunState
from analytics.queries.benchmark_progress import progress_of
from analytics.services.benchmark_summaries import refresh
from tests.analytics.benchmarks.finished import a_run, a_suite, answered


@pytest.fixture
def run(organization) -> BenchmarkRun:
    made = a_run(a_suite(organization, 4))
    answered(made, {"acme/a": [1, 1, 0, None], "acme/b": [1, 0, 0, 1]})
    made.results.update(cost_usd=Decimal("0.0000000001"))
    made.results.filter(state=ResultState.FAILED).update(
        judge_cost_usd=Decimal("0.0000000002")
    )
    return made


def told(run: BenchmarkRun) -> tuple:
    found = progress_of(run, timezone.now())
    return found.done, found.failed, found.left, found.cost_usd, found.unpriced


def test_what_was_kept_at_the_end_says_the_same_as_the_results(
    run, django_assert_num_queries
):
    counted = told(run)
    refresh(run)

    assert counted == (7, 1, 0, Decimal("0.0000000010"), 0)
    with django_assert_num_queries(1):
        assert told(run) == counted


def test_a_run_that_goes_on_is_counted_anew(run):
    refresh(run)
    BenchmarkResult.objects.filter(contender__reference="acme/b").update(
        state=ResultState.WAITING
    )
    run.state = RunState.RUNNING

    assert told(run)[2] == 4
