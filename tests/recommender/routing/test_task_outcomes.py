"""How each kind of work went is read from calls, feedback and benchmarks."""

import datetime
import uuid

import pytest
from django.utils import timezone

from analytics.models import Feedback
from analytics.usage_row import Outcome
from recommender.queries.learned_chances import learned_chances
from recommender.queries.task_outcomes import HALF_LIFE_DAYS
from recommender.routing.analysis import Complexity
from recommender.routing.measuring import found_of
from recommender.routing.task_codes import code_of
from recommender.scoring.evidence import Kind
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.analytics.records import record
from tests.factories import FeatureFactory, OrganizationFactory
from tests.recommender.recommending.working import priced

pytestmark = pytest.mark.django_db
PLANNING = code_of("planning", Complexity.HIGH)


@pytest.fixture
def acme():
    return OrganizationFactory()


@pytest.fixture
def fair(acme):
    return priced(acme, "fair", "1", "2", rating=1400)


def call(acme, model, *, score=None, days=0.0, code=PLANNING, **facts):
    request_id = uuid.uuid4()
    row = record(
        acme,
        request_id=request_id,
        ai_model_id=model.pk,
        started_at=timezone.now() - datetime.timedelta(days=days, minutes=1),
        task_code=code,
        **{"answered": True, **facts},
    )
    if score is not None:
        Feedback.objects.create(organization=acme, request_id=request_id, score=score)
    return row


def mismatch(acme, model):
    return call(
        acme,
        model,
        outcome=Outcome.ERROR,
        answered=False,
        error_kind="invalid_request",
        error_code="schema_mismatch",
    )


def learned(acme, model, code=PLANNING):
    found = found_of(acme.pk, timezone.now())
    by_task = found[model.pk].by_task if model.pk in found else {}
    return {one.kind: one for one in by_task.get(code, ())}


def test_answers_and_those_that_broke_their_schema_are_counted(acme, fair):
    for _ in range(6):
        call(acme, fair)
    for _ in range(2):
        mismatch(acme, fair)
    (measured,) = learned(acme, fair).values()
    assert (measured.kind, measured.count) == (Kind.PRODUCTION, 8)
    assert measured.mean == pytest.approx(0.75, abs=0.01)


def test_feedback_counts_for_the_model_that_answered(acme, fair):
    other = priced(acme, "other", "1", "2")
    for score in (1.0, 1.0, -1.0, 0.0):
        call(acme, fair, score=score)
    call(acme, other)
    found = learned(acme, fair)[Kind.FEEDBACK]
    assert found.count == 4
    assert found.mean == pytest.approx(0.625, abs=0.01)
    assert Kind.FEEDBACK not in learned(acme, other)


def test_a_providers_failure_says_nothing_of_the_work(acme, fair):
    call(acme, fair)
    call(acme, fair, outcome=Outcome.ERROR, answered=False, error_code="rate_limit")
    assert learned(acme, fair)[Kind.PRODUCTION].count == 1
    assert learned(acme, fair)[Kind.PRODUCTION].mean == 1


def test_what_is_long_ago_counts_less_and_in_the_end_not_at_all(acme, fair):
    for _ in range(8):
        call(acme, fair, days=HALF_LIFE_DAYS)
    assert learned(acme, fair)[Kind.PRODUCTION].count == 4
    for _ in range(4):
        call(acme, fair, days=31, code=PLANNING)
    assert learned(acme, fair)[Kind.PRODUCTION].count == 4


def test_calls_without_a_kind_and_of_others_are_left_out(acme, fair):
    call(acme, fair, code=None)
    call(acme, fair, code=99)
    call(OrganizationFactory(), fair)
    assert learned(acme, fair) == {}


def test_benchmark_cases_count_for_the_kind_of_work_they_are(acme, fair):
    answered(a_run(a_suite(acme, 20)), {fair: [1.0, 0.0] * 10})
    found = found_of(acme.pk, timezone.now())[fair.pk].by_task
    measured = [one for several in found.values() for one in several]
    assert {one.kind for one in measured} == {Kind.BENCHMARK}
    assert sum(one.count for one in measured) == 20


def test_a_page_shows_them_with_their_interval(acme, fair):
    feature = FeatureFactory(organization=acme)
    assert learned_chances(feature, timezone.now()) == []
    for _ in range(40):
        call(acme, fair, score=-1.0)
    (row,) = learned_chances(feature, timezone.now())
    assert row.reference == fair.reference
    assert row.work == "Planning, high complexity"
    assert row.low < row.percent < row.high < 60
    assert row.observed == 80
