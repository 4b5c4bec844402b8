"""Questions about usage are answered from rollups as the records would answer them."""

import datetime
import uuid
import zoneinfo
from decimal import Decimal

import pytest
from django.db import connection

from analytics.models import DirtyHour, Feedback, HourRollup, UsageRecord
from analytics.questions import Dimension, Step
from analytics.recording.calls import Call
from analytics.recording.writer import UsageWriter
from analytics.services.feedback import record_feedback
from analytics.services.rollups import roll_up
from analytics.sums import Sums
from analytics.usage_row import Outcome, Source
from registry.cost import Cost, CostState
from tests.analytics.calls import call, failed
from tests.analytics.records import record, stored
from tests.analytics.rolling import ask, rolled_up, same, sums_of
from tests.factories import AIModelFactory

pytestmark = pytest.mark.django_db
KOLKATA = zoneinfo.ZoneInfo("Asia/Kolkata")
START = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)


def at(hour: int, minute: int = 0, day: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=datetime.UTC)


def keyed(answer) -> dict[tuple, int]:
    return {part.keys: part.sums.calls for part in answer.parts}


def test_the_sums_are_those_of_the_records(organization):
    request = uuid.uuid4()
    rows = [
        stored(
            failed(
                organization_id=organization.pk, started_at=at(10), request_id=request
            )
        ),
        record(organization, started_at=at(10, 59), request_id=request, attempt=2),
        record(
            organization,
            started_at=at(11),
            outcome=Outcome.CANCELLED,
            answered=False,
            cost=Cost(CostState.ESTIMATED, Decimal("0.5")),
            usage=None,
        ),
        record(organization, started_at=at(12), latency_ms=0, ttft_ms=None),
    ]
    record_feedback(organization=organization, request_id=request, score=0.5)
    record_feedback(
        organization=organization, request_id=request, score=0.25, name="confidence"
    )
    rolled_up(organization)

    answer = ask(organization, START, END, with_histograms=True)

    (part,) = answer.parts
    assert (part.start, part.keys) == (None, ())
    assert same(part.sums, sums_of(rows))
    assert part.sums.feedback_count == part.sums.confidence_count == 1
    assert part.sums.requests == 3
    assert part.sums.answered == 2


def test_histograms_are_left_empty_where_nobody_asks(organization):
    record(organization, started_at=at(10))
    rolled_up(organization)

    sums = ask(organization, START, END).total

    assert sums.latency_calls == 1
    assert sums.latency.is_empty
    assert sums.latency.percentile_ms(50) is None


def test_nothing_is_an_answer_without_parts(organization):
    answer = ask(organization, START, END, step=Step.DAY, split=(Dimension.MODEL,))

    assert answer.parts == ()
    assert answer.total == Sums()


def test_a_split_has_a_part_for_each_key_and_one_for_none(organization):
    model, other = (AIModelFactory(provider__slug=slug) for slug in ("openai", "acme"))
    for ai_model_id, feature_id in ((model.pk, 7), (model.pk, None), (other.pk, 7)):
        record(
            organization,
            started_at=at(10),
            ai_model_id=ai_model_id,
            feature_id=feature_id,
            connection_id=None,
        )
    record(organization, started_at=at(10), ai_model_id=None, feature_id=8)
    rolled_up(organization)

    def split(*dimensions):
        return keyed(ask(organization, START, END, split=dimensions))

    assert split(Dimension.FEATURE) == {(7,): 2, (None,): 1, (8,): 1}
    assert split(Dimension.PROVIDER, Dimension.FEATURE) == {
        (model.provider_id, 7): 1,
        (model.provider_id, None): 1,
        (other.provider_id, 7): 1,
        (None, 8): 1,
    }
    assert split(Dimension.CONNECTION) == {(None,): 3, (77_003,): 1}
    assert split(Dimension.SOURCE, Dimension.ERROR) == {("gateway", None): 4}
    assert split(Dimension.PACK) == {(None,): 4}


def test_filters_keep_what_is_among_their_keys(organization):
    for feature_id in (7, 8, None):
        record(organization, started_at=at(10), feature_id=feature_id)
    stored(failed(organization_id=organization.pk, started_at=at(10), feature_id=8))
    rolled_up(organization)

    def calls(**only):
        keys = {Dimension(name): frozenset(given) for name, given in only.items()}
        return ask(organization, START, END, only=keys).total.calls

    assert calls(feature={7, 8}) == 3
    assert calls(feature={None}) == 1
    assert calls(feature={None, 7}) == 2
    assert calls(feature=set()) == 0
    assert calls(feature={"seven", 2**70}) == 0
    assert calls(error={None}) == 3
    assert calls(error={"rate_limit"}, feature={8}) == 1
    assert calls(source={Source.GATEWAY.value}) == 4
    assert calls(source={"otlp", 3}) == 0


def test_tags_part_calls_by_value_and_leave_a_rest(organization):
    for number, tags in enumerate(
        ({"team": "a", "env": "x"}, {"team": "a"}, {"team": "b"}, {"env": "x"}, {})
    ):
        record(organization, started_at=at(10), tags=tags, feature_id=number % 2 + 1)
    rolled_up(organization)

    def asked(split=(), **more):
        return keyed(
            ask(organization, START, END, split=split, tag_name="team", **more)
        )

    only_tag = Dimension.TAG
    assert asked((only_tag,)) == {("a",): 2, ("b",): 1, (None,): 2}
    assert asked((Dimension.FEATURE, only_tag)) == {
        (1, "a"): 1,
        (2, "a"): 1,
        (1, "b"): 1,
        (1, None): 1,
        (2, None): 1,
    }
    assert asked(only={only_tag: frozenset({"b"})}) == {(): 1}
    assert asked(only={only_tag: frozenset({"b", None})}) == {(): 3}
    assert asked((only_tag,), only={only_tag: frozenset({None})}) == {(None,): 2}


def test_days_of_kolkata_begin_within_an_hour(organization):
    for minute in (29, 30, 31):
        record(organization, started_at=at(18, minute))
    rolled_up(organization)

    answer = ask(organization, START, END, KOLKATA, step=Step.DAY)

    assert [(part.start, part.sums.calls) for part in answer.parts] == [
        (datetime.datetime(2026, 11, 9, tzinfo=KOLKATA), 1),
        (datetime.datetime(2026, 11, 10, tzinfo=KOLKATA), 2),
    ]


def test_parts_come_by_time_and_the_dearest_first(organization):
    for day, model, dollars in ((9, 1, 1), (9, 2, 3), (8, 1, 2)):
        cost = Cost(CostState.COMPUTED, Decimal(dollars))
        record(organization, started_at=at(10, day=day), ai_model_id=model, cost=cost)
    rolled_up(organization)

    answer = ask(organization, START, END, step=Step.DAY, split=(Dimension.MODEL,))

    assert [(part.start.day, part.keys) for part in answer.parts] == [
        (8, (1,)),
        (9, (2,)),
        (9, (1,)),
    ]


def test_another_organization_is_not_in_the_answer(organization):
    stored(call(started_at=at(10), organization_id=organization.pk + 1))
    rolled_up(organization)
    roll_up()

    assert ask(organization, START, END).parts == ()


def test_a_call_that_is_written_marks_its_hour(organization):
    writer = UsageWriter(lambda: connection.connection)
    with connection.cursor():
        writer.write(
            [Call(call(organization_id=organization.pk, started_at=at(10, 40)))]
        )

    assert DirtyHour.objects.get().hour == at(10)


def test_an_answer_says_until_when_it_is_complete(organization):
    before = datetime.datetime.now(datetime.UTC)
    record(organization, started_at=at(10))
    rolled_up(organization)

    assert ask(organization, START, END).as_of >= before
    assert HourRollup.objects.count() == 1
    assert UsageRecord.objects.count() == 1
    assert not DirtyHour.objects.exists()
    assert not Feedback.objects.exists()
