"""Runs are listed with a link, how far they are, what they cost and who began them."""

from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import ResultState, RunState
from analytics.queries.benchmark_run_lists import run_lines, runs_of
from analytics.services.benchmark_summaries import refresh
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_run_links_to_itself_and_tells_of_itself(viewer, organization):
    person = UserFactory(email="ada@example.com")
    run = a_run(a_suite(organization, 4), created_by=person)
    answered(run, {"a/one": [1.0, 0.0, 1.0, None], "b/two": [1.0] * 4})
    refresh(run)

    for page in ("/benchmarks/", f"/benchmarks/suites/{run.suite.key}/"):
        said = viewer.get(page).text
        assert f'href="/benchmarks/runs/{run.number}/"' in said
        assert "a/one" in said
        assert "$0.011" in said
        assert "ada@example.com" in said


def test_a_run_at_work_says_how_far_it_is(viewer, organization):
    run = a_run(a_suite(organization, 4), state=RunState.RUNNING, finished_at=None)
    answered(run, {"a/one": [1.0] * 4})
    run.results.filter(pk__in=run.results.all()[:3]).update(state=ResultState.WAITING)

    (line,) = run_lines(runs_of(organization))

    assert (line.over, line.answers, line.percent) == (1, 4, 25)
    assert "25% done" in viewer.get("/benchmarks/").text


def test_what_is_not_priced_is_said_and_never_free(organization):
    run = a_run(a_suite(organization, 2))
    answered(run, {"a/one": [1.0, 1.0]}, cost_usd=None)

    (line,) = run_lines(runs_of(organization))

    assert (line.cost_usd, line.unpriced) == (None, 2)


def test_judges_are_in_the_cost(organization):
    run = a_run(a_suite(organization, 2))
    answered(run, {"a/one": [1.0, 1.0]}, judge_cost_usd=Decimal("0.5"))
    refresh(run)

    (line,) = run_lines(runs_of(organization))

    assert line.cost_usd == Decimal("1.002")


def test_why_a_run_stopped_is_said(viewer, organization):
    problem = "The limit of $1.00 is reached."
    a_run(a_suite(organization, 1), state=RunState.PAUSED, problem=problem)

    assert problem in viewer.get("/benchmarks/").text


def test_more_runs_take_no_more_queries(organization, django_assert_num_queries):
    for state in (RunState.DONE, RunState.RUNNING, RunState.RUNNING):
        run = a_run(a_suite(organization, 2), state=state, started_at=timezone.now())
        answered(run, {"a/one": [1.0, 1.0], "a/two": [0.0, 1.0]})
    answered(a_run(a_suite(OrganizationFactory(), 1)), {"a/one": [1.0]})

    with django_assert_num_queries(3):
        assert len(run_lines(runs_of(organization))) == 3
