"""What recording a call costs the caller, and how quickly calls reach the table."""

from __future__ import annotations

import datetime
import itertools
import tempfile
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from analytics.recorder import Recorder
from analytics.recording.calls import Call
from analytics.recording.columns import ROW_COLUMNS, row_values
from analytics.recording.database_link import usage_connection
from analytics.recording.writer import Connection, UsageWriter
from analytics.usage_row import Outcome, UsageRow
from modelhub.bench.timing import Measurement, measure
from registry.cost import Cost, CostLine, CostState
from registry.usage import Usage

EACH: Final = 1000
RECORD_TARGET_MS: Final = 0.03
BATCH: Final = 10_000
MILLION: Final = 1_000_000
COST: Final = Cost(
    CostState.COMPUTED,
    Decimal("0.00125"),
    (
        CostLine(
            "input_mtok", Decimal(1000), Decimal("0.00025"), Decimal("0.25"), MILLION
        ),
        CostLine("output_mtok", Decimal(500), Decimal("0.001"), Decimal(2), MILLION),
    ),
)


def measure_recording(runs: int) -> list[Measurement]:
    with usage_connection() as connection:
        return [_measure_record(runs), _measure_writing(min(runs, 5), connection)]


def _measure_record(runs: int) -> Measurement:
    """With the writing thread at work beside it, as in a server."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder) / "spool", usage_connection)
        rows = itertools.cycle([example_row() for _ in range(EACH)])
        timing = measure(lambda: recorder.record(next(rows)), runs=runs, each=EACH)
        recorder.stop(60)
    return Measurement("Recording a call", timing, RECORD_TARGET_MS)


def _measure_writing(runs: int, connection: Connection) -> Measurement:
    writer = UsageWriter(usage_connection)
    batches = (
        [Call(example_row()) for _ in range(BATCH)] for _ in range(2 * (runs + 1))
    )
    timing = measure(lambda: writer.write(next(batches)), runs=runs, warm=1)
    writer.close()
    beside = measure(_plain_copy(connection, batches), runs=runs, warm=1)
    rate = BATCH / timing.median_ms * 1000
    return Measurement(
        f"Writing {BATCH:,} calls",
        timing,
        beside="plain COPY of the same columns",
        beside_timing=beside,
        note=f"{rate:,.0f} rows a second",
    )


def _plain_copy(
    connection: Connection, batches: Iterator[list[Call]]
) -> Callable[[], None]:
    columns = ", ".join(ROW_COLUMNS)

    def copy_all() -> None:
        statement = f"COPY analytics_usagerecord ({columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for call in next(batches):
                copy.write_row(row_values(call))

    return copy_all


def example_row() -> UsageRow:
    return UsageRow(
        id=uuid.uuid4(),
        request_id=uuid.uuid4(),
        attempt=1,
        started_at=datetime.datetime.now(datetime.UTC),
        organization_id=1,
        ai_model_id=1,
        connection_id=1,
        feature_id=1,
        token_id=1,
        price_id=1,
        cost=COST,
        outcome=Outcome.OK,
        usage=Usage(input_tokens=1000, output_tokens=500),
        ttft_ms=200.0,
        latency_ms=900.0,
        finish_reason="stop",
        provider_request_id="chatcmpl-CfT1eaXNnGyTqUcQdZ5b3S0fzzAAA",
        answered=True,
    )
