"""The rows of a run as its worker takes and writes them: many at once, each only where
the claim is its own."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from django.db import connection
from django.utils import timezone

from analytics.models import (
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    ResultState,
)

TAKE: Final = """
UPDATE analytics_benchmarkresult SET state = 'asking', claim = %s
WHERE state = 'waiting' AND id IN (
  SELECT id FROM analytics_benchmarkresult
  WHERE run_id = %s AND state = 'waiting' AND contender_id = %s
    AND (not_before IS NULL OR not_before <= %s)
  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) AND EXISTS (SELECT 1 FROM analytics_benchmarkrun WHERE id = %s AND claim = %s)
RETURNING id, case_id, tries, cost_usd
"""
WRITE: Final = """
UPDATE analytics_benchmarkresult r SET
  state = v.state, claim = NULL, tries = v.tries, not_before = v.not_before,
  answer = v.answer, scores = v.scores, score = v.score, is_passed = v.is_passed,
  latency_ms = v.latency_ms, ttft_ms = v.ttft_ms, input_tokens = v.input_tokens,
  output_tokens = v.output_tokens, cache_read_tokens = v.cache_read_tokens,
  reasoning_tokens = v.reasoning_tokens, cost_usd = v.cost_usd,
  judge_cost_usd = v.judge_cost_usd, finish_reason = v.finish_reason,
  error_kind = v.error_kind, error = v.error, request_id = v.request_id,
  finished_at = v.finished_at
FROM jsonb_to_recordset(%s::jsonb) AS v(
  id bigint, state text, tries smallint, not_before timestamptz, answer text,
  scores jsonb, score float8, is_passed boolean, latency_ms float8, ttft_ms float8,
  input_tokens integer, output_tokens integer, cache_read_tokens integer,
  reasoning_tokens integer, cost_usd numeric, judge_cost_usd numeric,
  finish_reason text, error_kind text, error text, request_id uuid,
  finished_at timestamptz)
WHERE r.id = v.id AND r.claim = %s AND r.state = 'asking'
RETURNING r.id
"""


class Taken(msgspec.Struct, frozen=True):
    """A row that this worker is to ask. `cost_usd` is what earlier tries cost."""

    id: int
    contender_id: int
    case_id: int
    tries: int
    cost_usd: Decimal | None


class Written(msgspec.Struct, kw_only=True):
    """How a row ended, or that it waits again. Texts have gone through `clean`."""

    id: int
    state: str
    tries: int
    not_before: datetime.datetime | None = None
    answer: str = ""
    scores: list[dict[str, Any]] = []  # Any: details of scorers
    score: float | None = None
    is_passed: bool | None = None
    latency_ms: float | None = None
    ttft_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: Decimal | None = None
    judge_cost_usd: Decimal | None = None
    finish_reason: str = ""
    error_kind: str = ""
    error: str = ""
    request_id: str | None = None
    finished_at: datetime.datetime | None = None


def take(run: BenchmarkRun, contender_id: int, most: int) -> list[Taken]:
    """Up to `most` rows of a contender that wait and may be asked now."""
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            [
                run.claim,
                run.pk,
                contender_id,
                timezone.now(),
                most,
                run.pk,
                run.claim,
            ],
        )
        rows = cursor.fetchall()
    found = [Taken(pk, contender_id, case, tries, usd) for pk, case, tries, usd in rows]
    return sorted(found, key=lambda one: one.id)


def write(run: BenchmarkRun, rows: Sequence[Written]) -> set[int]:
    """Write what came; the ids that were still this worker's to write."""
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [_document(rows), run.claim])
        return {pk for (pk,) in cursor.fetchall()}


def _document(rows: Sequence[Written]) -> str:
    return msgspec.json.encode(rows, enc_hook=str).decode()


def clean(value: Any) -> Any:
    """`value` as PostgreSQL keeps it: no NUL, and no half of a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {clean(str(key)): clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean(one) for one in value]
    return value


def put_back(run: BenchmarkRun, ids: Collection[int]) -> None:
    """Rows that were taken and not asked wait again."""
    BenchmarkResult.objects.filter(
        pk__in=ids, claim=run.claim, state=ResultState.ASKING
    ).update(state=ResultState.WAITING, claim=None)


def put_back_all(run: BenchmarkRun) -> int:
    """Whatever this worker has taken waits again; how many. Only while it asks
    nothing."""
    return BenchmarkResult.objects.filter(
        run=run, claim=run.claim, state=ResultState.ASKING
    ).update(state=ResultState.WAITING, claim=None)


def stop_contender(run: BenchmarkRun, contender_id: int, problem: str) -> None:
    """Nothing more is asked of one model; the others go on."""
    BenchmarkContender.objects.filter(pk=contender_id, problem="").update(
        problem=problem
    )
    BenchmarkResult.objects.filter(
        run=run, contender=contender_id, state=ResultState.WAITING
    ).update(
        state=ResultState.SKIPPED,
        error_kind="contender_stopped",
        error=problem,
        finished_at=timezone.now(),
    )


def has_waiting(run: BenchmarkRun) -> bool:
    """Whether any row is still to be asked, now or later."""
    return BenchmarkResult.objects.filter(run=run, state=ResultState.WAITING).exists()
