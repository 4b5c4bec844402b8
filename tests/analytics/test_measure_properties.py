"""Whatever calls there are and however they are cut, the parts are the whole."""

import datetime
import uuid
import zoneinfo
from collections import Counter

import numpy as np
import pytest
from ddsketch import DDSketch
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import UsageRecord
from analytics.questions import Dimension, Step
from analytics.services.day_rollups import close_days
from analytics.time_steps import day_bounds, midnight
from analytics.usage_row import Outcome
from tests.analytics.calls import UNPRICED, call
from tests.analytics.records import record, unsaved
from tests.analytics.rolling import ask, rolled_up, same, sums_of

pytestmark = pytest.mark.django_db
# In all three zones; clocks change in Los Angeles on 1 November.
START = datetime.datetime(2026, 10, 30, 20, 15, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 11, 4, 3, 40, tzinfo=datetime.UTC)
MINUTES = int((END - START).total_seconds() // 60)
ZONES = ("UTC", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Chatham")
SPLITS = [one for one in Dimension if one is not Dimension.PACK_VERSION]

rows = st.lists(
    st.fixed_dictionaries(
        {
            "minute": st.integers(-90, MINUTES + 90),
            "feature_id": st.sampled_from([None, 1, 2]),
            "ai_model_id": st.sampled_from([None, 5]),
            "outcome": st.sampled_from(list(Outcome)),
            "latency_ms": st.none() | st.integers(0, 90_000),
            "attempt": st.integers(1, 3),
            "is_priced": st.booleans(),
            "tags": st.sampled_from([{}, {"team": "a"}, {"team": "b"}]),
        }
    ),
    max_size=12,
)


def filled(organization, given_rows) -> list[UsageRecord]:
    made = []
    for facts in given_rows:
        facts = dict(facts)
        minute, is_priced = facts.pop("minute"), facts.pop("is_priced")
        if not is_priced:
            facts |= {"cost": UNPRICED, "usage": None}
        facts["answered"] = facts["outcome"] is Outcome.OK
        moment = START + datetime.timedelta(minutes=minute)
        made.append(
            unsaved(call(organization_id=organization.pk, started_at=moment, **facts))
        )
    UsageRecord.objects.bulk_create(made)
    rolled_up(organization)
    return [one for one in made if START <= one.started_at < END]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    given_rows=rows,
    zone=st.sampled_from(ZONES),
    step=st.sampled_from([None, *Step]),
    split=st.lists(st.sampled_from(SPLITS), max_size=2, unique=True),
    is_closed=st.booleans(),
)
def test_the_parts_of_any_split_are_the_whole(
    organization, given_rows, zone, step, split, is_closed
):
    with transaction.atomic():
        inside = filled(organization, given_rows)
        organization.time_zone = zone
        if is_closed:
            close_days(organization, now=END + datetime.timedelta(days=3))

        # The second time, closed days are known.
        first, answer = [
            ask(
                organization,
                START,
                END,
                zoneinfo.ZoneInfo(zone),
                step=step,
                split=tuple(split),
                tag_name="team",
                with_histograms=True,
            )
            for _ in range(2)
        ]

        assert answer.parts == first.parts
        assert same(answer.total, sums_of(inside))
        assert all(part.sums.calls for part in answer.parts)
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ZONES)
def test_each_call_is_in_the_day_that_a_calendar_would_put_it(organization, name):
    zone = zoneinfo.ZoneInfo(name)
    moments = [START + datetime.timedelta(minutes=17 * number) for number in range(350)]
    UsageRecord.objects.bulk_create(
        unsaved(call(organization_id=organization.pk, started_at=moment))
        for moment in moments
    )
    rolled_up(organization)

    answer = ask(organization, START, END, zone, step=Step.DAY)

    wanted = Counter(one.astimezone(zone).date() for one in moments if one < END)
    assert {part.start.date(): part.sums.calls for part in answer.parts} == wanted


def test_days_are_short_and_long_where_clocks_change():
    zone = zoneinfo.ZoneInfo("America/Los_Angeles")

    def hours(year, month, day):
        date = datetime.date(year, month, day)
        ((low, high),) = day_bounds(date, date, zone)
        return (high - low) / datetime.timedelta(hours=1)

    assert hours(2026, 11, 1) == 25
    assert hours(2026, 3, 8) == 23
    assert midnight(datetime.date(2026, 3, 9), zone).hour == 7


def test_a_week_begins_on_monday(organization):
    for day in (1, 2, 8, 9):
        moment = datetime.datetime(2026, 11, day, 12, tzinfo=datetime.UTC)
        record(organization, started_at=moment)
    rolled_up(organization)
    end = START + datetime.timedelta(days=20)

    parts = ask(organization, START, end, step=Step.WEEK).parts

    assert [(part.start.day, part.sums.calls) for part in parts] == [
        (26, 1),
        (2, 2),
        (9, 1),
    ]


def test_a_range_of_fifty_years_cut_into_hours_is_refused(organization):
    end = START.replace(year=2076)

    with pytest.raises(ValueError, match="too long a range"):
        ask(organization, START, end, step=Step.HOUR)
    assert ask(organization, START, end, step=Step.DAY).parts == ()


def test_percentiles_are_those_of_the_records(organization):
    drawn = np.random.default_rng(7).lognormal(6.8, 0.9, 3000).round().astype(int)
    sketch = DDSketch(0.01)
    made = []
    for number, value in enumerate(drawn):
        sketch.add(float(value))
        moment = START + datetime.timedelta(minutes=number % MINUTES)
        made.append(
            unsaved(
                call(
                    id=uuid.uuid4(),
                    organization_id=organization.pk,
                    started_at=moment,
                    latency_ms=int(value),
                    ai_model_id=number % 4 + 1,
                )
            )
        )
    UsageRecord.objects.bulk_create(made)
    rolled_up(organization)

    latency = ask(
        organization,
        START,
        END,
        step=Step.DAY,
        split=(Dimension.MODEL,),
        with_histograms=True,
    ).total.latency

    for percent in (1, 50, 90, 95, 99, 99.9):
        found = latency.percentile_ms(percent)
        exact = np.percentile(drawn, percent, method="lower")
        assert found == pytest.approx(exact, rel=0.02)
        assert found == pytest.approx(
            sketch.get_quantile_value(percent / 100), rel=0.0201
        )
