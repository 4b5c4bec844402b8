"""How quickly told calls become records, beside what COPY alone does."""

from __future__ import annotations

import datetime
import itertools
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from django.db import connection

from analytics.incoming import IncomingCall
from analytics.intake.identity import told_ids
from analytics.recording.columns import ROW_COLUMNS
from analytics.services.intake import take_in
from analytics.services.partitions import ensure_partitions
from analytics.usage_row import Source
from modelhub.bench.timing import Measurement, Timing, percentile
from registry.models import AIModel, Organization
from registry.usage import Usage

BATCH: Final = 5_000
WARM: Final = 2
SHARE: Final = 0.4
"""Of COPY's speed, at least."""
Row = tuple[object, ...]


def measure_intake(runs: int) -> list[Measurement]:
    """Taking in a batch, which finds models, features, prices and what is known, and
    COPY of the very rows that came of it, under other ids; turn by turn, so that both
    meet the same table and the same machine."""
    ensure_partitions()
    organization, _ = Organization.objects.get_or_create(
        slug="intake", defaults={"name": "Intake"}
    )
    batches = _batches(_models())
    ours, theirs = [], []
    for number in range(min(runs, 10) + WARM):
        if number == WARM:
            _analyze()
        batch = next(batches)
        ours.append(_taken_ms(partial(take_in, organization, batch)))
        theirs.append(_taken_ms(partial(_copy, _rows(organization, batch))))
    timing, beside = _timing(ours[WARM:]), _timing(theirs[WARM:])
    share = beside.median_ms / timing.median_ms
    rates = [BATCH / one.median_ms * 1000 for one in (timing, beside)]
    return [
        Measurement(
            f"Taking in {BATCH:,} told calls",
            timing,
            beside.median_ms / SHARE,
            beside="COPY of the same rows",
            beside_timing=beside,
            note=f"{rates[0]:,.0f} calls a second, COPY {rates[1]:,.0f}: {share:.0%}",
        )
    ]


def _analyze() -> None:
    """What autovacuum does within a minute: without it the look-up of known calls is
    planned as for an empty table, and reads all of them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE analytics_usagerecord")


def _taken_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _timing(taken: list[float]) -> Timing:
    return Timing(len(taken), statistics.median(taken), percentile(taken, 95))


def _models() -> list[tuple[str, str]]:
    rows = AIModel.objects.filter(organization=None, prices__isnull=False)
    found = rows.values_list("provider__slug", "model_name").distinct()[:20]
    return list(found) or [("openai", "gpt-bench")]


def _batches(models: list[tuple[str, str]]) -> Iterator[list[IncomingCall]]:
    random_numbers = random.Random(5)  # noqa: S311
    numbers = itertools.count()
    while True:
        now = datetime.datetime.now(datetime.UTC)
        yield [_told(next(numbers), now, models, random_numbers) for _ in range(BATCH)]


def _told(
    number: int,
    now: datetime.datetime,
    models: list[tuple[str, str]],
    random_numbers: random.Random,
) -> IncomingCall:
    provider, model = models[number % len(models)]
    cached = random_numbers.randrange(0, 2000)
    return IncomingCall(
        external_id=f"call-{number}",
        source=Source.API,
        started_at=now - datetime.timedelta(seconds=random_numbers.randrange(86_400)),
        provider=provider,
        model=model,
        feature="bench",
        usage=Usage(
            input_tokens=cached + random_numbers.randrange(1, 9000),
            output_tokens=random_numbers.randrange(1, 900),
            cache_read_tokens=cached,
        ),
        latency_ms=random_numbers.uniform(100, 5000),
        finish_reason="stop",
        status_code=200,
    )


def _rows(organization: Organization, batch: list[IncomingCall]) -> list[Row]:
    """The rows that came of a batch, in the order they were written."""
    columns = ", ".join(ROW_COLUMNS[2:])
    ids = [told_ids(organization.pk, call)[0] for call in batch]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM analytics_usagerecord "  # noqa: S608
            "WHERE organization_id = %s AND request_id = ANY(%s) "
            "ORDER BY tableoid, ctid",
            [organization.pk, ids],
        )
        return [_under_another_id(row) for row in cursor.fetchall()]


def _under_another_id(row: Row) -> Row:
    own = uuid.uuid4()
    return (own, own, *row)


def _copy(rows: list[Row]) -> None:
    columns = ", ".join(ROW_COLUMNS)
    statement = f"COPY analytics_usagerecord ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
