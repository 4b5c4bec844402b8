"""How requests of each kind of work went, model by model, as evidence for the automatic
choice."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django.db import connection

from analytics.models import BenchmarkCase
from recommender.queries.model_evidence import Asked as AskedCases
from recommender.routing.asked import Asked, work_of
from recommender.routing.task_codes import BY_CODE, code_of
from recommender.scoring.evidence import Kind, Measured
from registry.models import Organization

MOST_ROWS: Final = 20_000
"""So many of the latest calls are looked at: it is asked every few minutes."""
HALF_LIFE_DAYS: Final = 10.0
"""A call that long ago counts half: providers change what stands behind a name."""
MOST_CASES_READ: Final = 2_000
OUTCOMES: Final = """
    WITH latest AS (
        SELECT ai_model_id, task_code, request_id, outcome, error_code, answered,
               exp(-0.693147 * greatest(0, extract(epoch FROM %(now)s - started_at))
                   / 86400.0 / %(half)s) AS weight
        FROM analytics_usagerecord
        WHERE organization_id = %(owner)s AND task_code IS NOT NULL
          AND started_at >= %(since)s AND ai_model_id IS NOT NULL
          AND (outcome = 'ok' OR error_code = 'schema_mismatch')
        ORDER BY started_at DESC LIMIT %(most)s
    ), said AS (
        SELECT request_id, avg(score) AS score FROM analytics_feedback
        WHERE organization_id = %(owner)s AND score IS NOT NULL
          AND request_id IN (SELECT request_id FROM latest WHERE answered)
        GROUP BY request_id
    )
    SELECT ai_model_id, task_code,
           sum(weight), coalesce(sum(weight) FILTER (WHERE outcome = 'ok'), 0),
           coalesce(sum(weight) FILTER (WHERE score IS NOT NULL), 0),
           coalesce(sum(weight * (score + 1) / 2), 0)
    FROM latest LEFT JOIN said ON answered AND said.request_id = latest.request_id
    GROUP BY ai_model_id, task_code
"""
ByTask = dict[int, dict[int, tuple[Measured, ...]]]
"""By model id, then by code of the kind of work."""


def task_outcomes(
    organization: Organization,
    cases: AskedCases,
    now: datetime.datetime,
    look_back: datetime.timedelta,
) -> ByTask:
    """Benchmark cases, feedback, and answers that came and followed their schema.
    Failures of a provider say nothing of the work, and are left out."""
    found: defaultdict[int, defaultdict[int, list[Measured]]]
    found = defaultdict(lambda: defaultdict(list))
    for model_id, code, measured in _of_calls(organization, now, look_back):
        found[model_id][code].append(measured)
    for model_id, code, measured in _of_cases(organization, cases):
        found[model_id][code].append(measured)
    return {
        model_id: {code: tuple(several) for code, several in by_code.items()}
        for model_id, by_code in found.items()
    }


def _of_calls(
    organization: Organization, now: datetime.datetime, look_back: datetime.timedelta
) -> list[tuple[int, int, Measured]]:
    with connection.cursor() as cursor:
        cursor.execute(
            OUTCOMES,
            {
                "owner": organization.pk,
                "now": now,
                "since": now - look_back,
                "half": HALF_LIFE_DAYS,
                "most": MOST_ROWS,
            },
        )
        rows = cursor.fetchall()
    found = []
    for model_id, code, calls, good, rated, liked in rows:
        if code not in BY_CODE:
            continue
        for kind, count, hits in (
            (Kind.PRODUCTION, float(calls), float(good)),
            (Kind.FEEDBACK, float(rated), float(liked)),
        ):
            if round(count):
                found.append((model_id, code, _measured(kind, count, hits)))
    return found


def _measured(kind: Kind, count: float, hits: float) -> Measured:
    return Measured(kind, min(1.0, max(0.0, hits / count)), round(count))


def _of_cases(
    organization: Organization, cases: AskedCases
) -> list[tuple[int, int, Measured]]:
    scores: defaultdict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    codes = _codes(organization, {row[1] for row in cases.rows})
    for model_id, digest, _, mean, *_ in cases.rows:
        if digest in codes and math.isfinite(mean):
            scores[model_id, codes[digest]][digest] = mean
    return [
        (model_id, code, _mean(list(by_case.values())))
        for (model_id, code), by_case in scores.items()
    ]


def _mean(scores: list[float]) -> Measured:
    mean = math.fsum(scores) / len(scores)
    return Measured(Kind.BENCHMARK, mean, len(scores))


def _codes(organization: Organization, digests: set[str]) -> Mapping[str, int]:
    """The kind of work of each case, by its digest."""
    rows = (
        BenchmarkCase.objects.filter(
            suite__organization=organization, digest__in=digests
        )
        .order_by("digest")
        .distinct("digest")
        .values_list("digest", "messages", "image_digests")[:MOST_CASES_READ]
    )
    return {
        digest: _code(digest, _said(messages), len(images))
        for digest, messages, images in rows
    }


def _said(messages: object) -> str:
    last = messages[-1] if isinstance(messages, list) and messages else {}
    said = last.get("content") if isinstance(last, dict) else ""
    return said if isinstance(said, str) else ""


@lru_cache(maxsize=MOST_CASES_READ)
def _code(digest: str, prompt: str, images: int) -> int:
    """A case keeps its contents under its digest: it is read once."""
    size = len(prompt.encode()) // 4
    asked = Asked(
        request_id=digest, prompt=prompt, input_tokens=size, image_count=images
    )
    work = work_of(asked)
    return code_of(work.task, work.complexity)
