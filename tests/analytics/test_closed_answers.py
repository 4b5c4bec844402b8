"""Answers about closed days are read once, and never again where they still hold."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import HourRollup
from analytics.queries.closed_answers import (
    CLOSED_ANSWERS,
    ROWS_OF_HISTOGRAMS,
    ClosedAnswers,
    Stretch,
)
from analytics.questions import Dimension, Question, Step
from analytics.recording.dirty_hours import mark_dirty
from analytics.services.day_rollups import close_days
from analytics.services.rollups import roll_up
from analytics.sums import Sums
from analytics.tiers import Day
from registry.models import AIModel
from tests.analytics.records import record
from tests.analytics.rolling import UTC, ask, rolled_up
from tests.factories import AIModelFactory, ProviderFactory

START = datetime.datetime(2026, 10, 30, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 11, 4, tzinfo=datetime.UTC)
LATER = END + datetime.timedelta(days=3)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def used(organization):
    """An organisation with five closed days, and with nothing known of them."""
    for number in range(5):
        record(
            organization,
            started_at=START + number * DAY + datetime.timedelta(hours=9),
            feature_id=1 + number % 2,
            latency_ms=100 + number,
        )
    rolled_up(organization)
    close_days(organization, now=LATER)
    CLOSED_ANSWERS.clear()
    return organization


def calls(organization, **asked):
    answer = ask(organization, START, END, **asked)
    return [(part.start, part.keys, part.sums.calls) for part in answer.parts]


def days_read(work):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        work()
    return sum("analytics_dayrollup" in one["sql"] for one in queries)


@pytest.mark.django_db
def test_the_second_answer_reads_no_days_and_is_the_same(used):
    asked = {"step": Step.DAY, "split": (Dimension.FEATURE,), "with_histograms": True}
    first = ask(used, START, END, **asked).parts

    assert days_read(lambda: ask(used, START, END, **asked)) == 0
    assert ask(used, START, END, **asked).parts == first
    assert len(first) == 5


@pytest.mark.django_db
def test_a_late_call_is_in_the_next_answer_and_in_that_after_closing(used):
    assert sum(number for *_, number in calls(used)) == 5
    late = START + datetime.timedelta(hours=20)
    record(used, started_at=late)
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(used.pk, late)])
    roll_up()

    assert sum(number for *_, number in calls(used)) == 6
    close_days(used, now=LATER)
    assert sum(number for *_, number in calls(used)) == 6


@pytest.mark.django_db
def test_a_day_that_opens_takes_only_its_own_month_with_it(used):
    calls(used)
    late = START + datetime.timedelta(hours=20)
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(used.pk, late)])
    roll_up()
    HourRollup.objects.filter(hour__gte=START + 2 * DAY).delete()
    close_days(used, now=LATER)

    read = days_read(lambda: calls(used))

    assert read == 1
    assert sum(number for *_, number in calls(used)) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {},
        {"step": Step.WEEK},
        {"split": (Dimension.FEATURE,)},
        {"split": (Dimension.ERROR,)},
        {"only": {Dimension.FEATURE: frozenset({1})}},
        {"only": {Dimension.FEATURE: frozenset({2, None})}},
    ],
    ids=["whole", "weeks", "features", "errors", "one feature", "other features"],
)
def test_what_is_known_of_one_question_answers_no_other(used, other):
    calls(used, step=Step.DAY)
    calls(used, only={Dimension.FEATURE: frozenset({2})})
    with_memory = calls(used, **other)
    CLOSED_ANSWERS.clear()

    assert calls(used, **other) == with_memory


@pytest.mark.django_db
def test_a_model_that_goes_to_another_provider_goes_there_in_the_next_answer(used):
    ai_model = AIModelFactory()
    record(used, started_at=START, ai_model_id=ai_model.pk)
    rolled_up(used)
    close_days(used, now=LATER)
    split = (Dimension.PROVIDER,)
    before = {keys for _, keys, _ in calls(used, split=split)}
    other = ProviderFactory(slug="elsewhere")
    AIModel.objects.filter(pk=ai_model.pk).update(provider=other)

    after = {keys for _, keys, _ in calls(used, split=split)}

    assert (ai_model.provider_id,) in before
    assert (other.pk,) in after - before


def stretch(number):
    return Stretch(1, (Day(number, START, END),))


def question(**more):
    return Question(organization_id=1, start=START, end=END, zone=UTC, **more)


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    memory = ClosedAnswers(most_rows=4)
    row = ((), Sums(calls=1))
    for number in (1, 2):
        memory.keep(question(), {stretch(number): [row]})
    memory.find(question(), [stretch(1)])
    memory.keep(question(), {stretch(3): [row]})

    found = memory.find(question(), map(stretch, range(5)))

    assert set(found) == {stretch(1), stretch(3)}


def test_an_answer_that_is_too_large_is_not_kept_and_takes_no_other_away():
    memory = ClosedAnswers(most_rows=ROWS_OF_HISTOGRAMS)
    row = ((), Sums(calls=1))
    large = question(with_histograms=True)
    memory.keep(question(), {stretch(1): [row]})

    memory.keep(large, {stretch(1): [row]})

    assert memory.find(large, [stretch(1)]) == {}
    assert memory.find(question(), [stretch(1)]) == {stretch(1): [row]}


def test_a_database_set_back_to_an_earlier_state_is_not_taken_for_the_later():
    memory = ClosedAnswers()
    memory.keep(question(), {Stretch(1, (Day(1, START, END, "700"),)): []})

    assert memory.find(question(), [Stretch(1, (Day(1, START, END, "650"),))]) == {}
