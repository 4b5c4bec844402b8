"""What is kept by the hour of an experiment's arms says what all of its requests say,
however they came in and whatever was summed up meanwhile."""

import datetime
import random
import uuid
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection

from analytics.arm_sql import GROUPS, SUMS
from analytics.histogram import Histogram
from analytics.models import ArmHour, Feedback, UsageRecord
from analytics.queries.arm_cover import arm_cover
from analytics.queries.arm_readings import arm_sums
from analytics.queries.arm_requests import arm_requests
from analytics.queries.arm_units import arm_units, switched_units
from analytics.recording.dirty_hours import mark_dirty
from analytics.services.rollups import roll_up
from analytics.usage_row import Outcome
from registry.cost import CostState
from tests.analytics.calls import call
from tests.analytics.records import unsaved
from tests.factories import OrganizationFactory

BEGIN = datetime.datetime(2026, 3, 9, 10, 0, tzinfo=datetime.UTC)
ARMS = {501: 71, 502: 72, 503: None}
OUTCOMES = [Outcome.OK] * 6 + [
    Outcome.ERROR,
    Outcome.TRUNCATED,
    Outcome.CANCELLED,
    Outcome.LOST_RACE,
]


def some_request(chance: random.Random, organization_id: int) -> list[UsageRecord]:
    """One to three attempts within some hours, a few seconds or minutes apart, now and
    then over the end of an hour."""
    at = BEGIN + datetime.timedelta(seconds=chance.uniform(0, 5 * 3600))
    if chance.random() < 0.1:
        at = at.replace(minute=59, second=59)
    request_id, arm = uuid.UUID(int=chance.getrandbits(128)), chance.choice([*ARMS])
    unit = chance.choice([None, chance.randrange(-40, 40)])
    rows = []
    for attempt in range(1, chance.choice([2, 2, 3, 4])):
        outcome = chance.choice(OUTCOMES)
        row = unsaved(
            call(
                id=uuid.UUID(int=chance.getrandbits(128)),
                organization_id=organization_id,
                request_id=request_id,
                arm_id=arm,
                unit_hash=unit,
                attempt=attempt,
                started_at=at,
                ai_model_id=chance.choice([71, 72, None]),
                outcome=outcome,
                answered=outcome is Outcome.OK and chance.random() < 0.9,
                latency_ms=chance.choice([None, chance.randrange(9_000)]),
            )
        )
        is_known = chance.random() < 0.9
        row.cost_state = (CostState.COMPUTED if is_known else CostState.UNPRICED).value
        row.cost_usd = Decimal(chance.randrange(900)) / 1000 if is_known else None
        rows.append(row)
        at += datetime.timedelta(seconds=chance.choice([2, 2, 300]))
    return rows


def written(rows: list[UsageRecord]) -> None:
    UsageRecord.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(row.organization_id, row.started_at) for row in rows])


def group_of(row: UsageRecord) -> int:
    unit = row.request_id.bytes[15] if row.unit_hash is None else row.unit_hash
    return unit % GROUPS


def by_hand(rows: list[UsageRecord], scores: dict[uuid.UUID, float], since, until):
    """Sums by arm and group, latencies by arm, units by arm: from every record."""
    sums = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    latencies, units = defaultdict(list), defaultdict(set)
    requests = defaultdict(list)
    for row in rows:
        requests[row.request_id].append(row)
    for attempts in requests.values():
        attempts.sort(key=lambda row: row.attempt)
        first = attempts[0]
        if not since <= first.started_at < until:
            continue
        arm, own = first.arm_id, ARMS[first.arm_id]
        one = sums[arm, group_of(first)]
        one["requests"] += 1
        one["lone_requests"] += first.unit_hash is None
        units[arm].add(first.request_id if first.unit_hash is None else first.unit_hash)
        costs = [row.cost_usd for row in attempts]
        if None not in costs:
            one["priced"] += 1
            one["usd"] += float(sum(costs))
            one["squared_usd"] += float(sum(costs)) ** 2
        score = scores.get(first.request_id)
        if score and any(row.answered for row in attempts):
            one["rated"] += 1
            one["disliked"] += score < 0
        mine = [row for row in attempts if own and row.ai_model_id == own]
        one["told"] += any(row.outcome in ("ok", "error", "truncated") for row in mine)
        if any(row.answered and row.outcome == "ok" for row in mine):
            one["good"] += 1
            took = [
                row.latency_ms
                for row in attempts
                if row.outcome != "lost_race" and row.latency_ms is not None
            ]
            latencies[arm] += [sum(took)] if took else []
    return sums, latencies, units


def assert_same(owner, rows, scores, since, until):
    sums, latencies, units = by_hand(rows, scores, since, until)
    cover = arm_cover(owner, since, until)
    found = arm_sums(owner, ARMS, cover, with_hours=True)
    for arm, one in found.items():
        for group in range(GROUPS):
            wanted = sums[arm, group]
            seen = {name: float(one.by_group[name][group]) for name in SUMS}
            assert seen == pytest.approx(wanted), (arm, group)
        assert one.latency == Histogram.of(latencies[arm])
        assert sum(hour.told for hour in one.hours) == one.number("told")
        assert sum(hour.good for hour in one.hours) == one.number("good")
    assert arm_units(owner, found, cover) == {arm: len(units[arm]) for arm in ARMS}
    switched = switched_units(owner, found, cover)
    everybody = [unit for members in units.values() for unit in members]
    assert switched.units == len(set(everybody))
    often = {unit for unit in everybody if everybody.count(unit) > 1}
    assert switched.switched == len(often)
    drawn = {arm: one.number("requests") for arm, one in found.items()}
    counted = arm_requests(owner, [*ARMS], since, until)
    assert counted == {arm: number for arm, number in drawn.items() if number}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_hours_that_are_kept_say_what_all_requests_say(seed):
    chance = random.Random(seed)
    owner = OrganizationFactory().pk
    rows: list[UsageRecord] = []
    for late in range(4):
        batch = [row for _ in range(30) for row in some_request(chance, owner)]
        # A part of the attempts comes only after the hour was summed up.
        chance.shuffle(batch)
        written(batch[: len(batch) // 2])
        if late % 2 == seed % 2:
            roll_up(organization_id=owner)
        written(batch[len(batch) // 2 :])
        rows += batch
    scores = {
        request_id: chance.choice([-1.0, 0.0, 0.5])
        for request_id in sorted({row.request_id for row in rows})[::3]
    }
    Feedback.objects.bulk_create(
        Feedback(organization_id=owner, request_id=request_id, score=score)
        for request_id, score in scores.items()
    )
    with connection.cursor() as cursor:
        mark_dirty(cursor, [(owner, row.started_at) for row in rows])
    end = BEGIN + datetime.timedelta(hours=8)

    assert_same(owner, rows, scores, BEGIN, end)
    roll_up(organization_id=owner)
    assert ArmHour.objects.exists()
    assert_same(owner, rows, scores, BEGIN, end)
    cut = BEGIN + datetime.timedelta(minutes=chance.randrange(10, 150))
    assert_same(owner, rows, scores, cut, end)


@pytest.mark.django_db
def test_what_comes_late_is_there_before_and_after_its_hour_is_summed_up_again():
    owner, chance = OrganizationFactory().pk, random.Random(1)
    rows = some_request(chance, owner)
    written(rows)
    roll_up(organization_id=owner)
    late = some_request(chance, owner)
    written(late)
    end = BEGIN + datetime.timedelta(hours=8)

    assert_same(owner, rows + late, {}, BEGIN, end)
    roll_up(organization_id=owner)
    assert_same(owner, rows + late, {}, BEGIN, end)


@pytest.mark.django_db
def test_an_organisation_without_experiments_has_no_such_hours():
    owner = OrganizationFactory().pk
    written([unsaved(call(organization_id=owner, started_at=BEGIN))])
    roll_up(organization_id=owner)

    assert not ArmHour.objects.exists()
    assert arm_requests(owner, [501], BEGIN, BEGIN) == {}
