"""How far the figures of an organisation can be trusted, and what stands in the way."""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Max, Sum

from analytics.models import (
    IntakeRefusal,
    IntakeTally,
    ReconcileFinding,
    TelemetryMetric,
    TelemetryTally,
)
from analytics.otlp.mapping import Verdict
from analytics.otlp.metric_names import SECONDS, TOKENS, counts_of
from analytics.queries.invoice_differences import UTC
from analytics.queries.measure_choices import SOURCES
from analytics.queries.measure_names import measure_names
from analytics.queries.measures import measure
from analytics.queries.told_names import models_meant
from analytics.questions import Answer, Dimension, Question
from analytics.recording.sink import REJECTED
from analytics.usage_row import Source
from registry.models import Organization

SHOWN: Final = 50
MOST_BYTES: Final = 4_000_000
"""Of the file of rejected records; what is older is not looked at."""
TWICE: Final = """
SELECT told.source, count(*) FROM analytics_usagerecord AS told
WHERE told.organization_id = %(organization)s AND told.started_at >= %(start)s
    AND told.started_at < %(end)s AND told.source <> 'gateway'
    AND told.provider_request_id <> ''
    AND EXISTS (
        SELECT FROM analytics_usagerecord AS ours
        WHERE ours.organization_id = %(organization)s AND ours.source = 'gateway'
            AND ours.provider_request_id <> ''
            AND ours.provider_request_id = told.provider_request_id
    )
GROUP BY told.source ORDER BY told.source
"""


class Arrivals(NamedTuple):
    """What one source told; `late` had started more than an hour before."""

    source: str
    accepted: int
    duplicates: int
    late: int
    most_late: datetime.timedelta

    @property
    def late_words(self) -> str:
        """The latest one: "3 hours", "12 days"."""
        hours = round(self.most_late.total_seconds() / 3600) or 1
        number, unit = (hours, "hour") if hours < 48 else (hours // 24, "day")  # noqa: PLR2004  # two days
        return f"{number:,} {unit}{'' if number == 1 else 's'}"


class Refusals(NamedTuple):
    source: str
    field: str
    reason: str
    last: datetime.date | None
    lines: int


class Twice(NamedTuple):
    what: str
    calls: int
    is_counted_twice: bool


@dataclass(frozen=True)
class Told:
    """One model as metrics and as spans tell of it; None: not told."""

    model: str
    metric_calls: int | None
    span_calls: int
    metric_tokens: int | None
    span_tokens: int


def arrivals(organization: Organization, start: datetime.datetime) -> list[Arrivals]:
    rows = (
        IntakeTally.objects.filter(organization=organization, hour__gte=start)
        .values("source")
        .annotate(
            taken=Sum("accepted"),
            again=Sum("duplicates"),
            behind=Sum("late"),
            most=Max("most_late_s"),
        )
        .order_by("source")
    )
    return [
        Arrivals(
            _source(row["source"]),
            row["taken"],
            row["again"],
            row["behind"],
            datetime.timedelta(seconds=row["most"]),
        )
        for row in rows
    ]


def refusals(
    organization: Organization, start: datetime.datetime, spool: Path
) -> list[Refusals]:
    """Lines of files and of the API, spans of the last two days, and records in the
    spool of this machine; the most frequent first."""
    told = (
        IntakeRefusal.objects.filter(organization=organization, day__gte=start.date())
        .values_list("source", "field", "reason")
        .annotate(last=Max("day"), total=Sum("count"))
        .order_by("-total")[:SHOWN]
    )
    spans = (
        TelemetryTally.objects.filter(
            organization=organization,
            verdict=Verdict.REFUSED.value,
            minute__gte=start,
        )
        .values_list("reason")
        .annotate(last=Max("minute"), total=Sum("count"))
        .order_by("-total")[:SHOWN]
    )
    found = [Refusals(_source(source), *rest) for source, *rest in told]
    found += [
        Refusals(SOURCES[Source.OTLP], "span", reason, last.date(), total)
        for reason, last, total in spans
    ]
    found += [
        Refusals("Spool of this machine", "record", reason, None, count)
        for reason, count in rejected_reasons(organization.pk, spool).items()
    ]
    return sorted(found, key=lambda one: -one.lines)


def rejected_reasons(organization_id: int, spool: Path) -> Counter[str]:
    """Of this organisation alone: the file is of all of the machine."""
    reasons: Counter[str] = Counter()
    try:
        with (spool / REJECTED).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - MOST_BYTES))
            lines = file.read(MOST_BYTES).splitlines()
    except OSError:
        return reasons
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        row = entry.get("row") if isinstance(entry, dict) else None
        if isinstance(row, dict) and row.get("organization_id") == organization_id:
            reasons[str(entry.get("reason", ""))[:200]] += 1
    return reasons


def told_twice(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> list[Twice]:
    """Spans that were left out because somebody else had told of their call (of two
    days), and records of other sources that the gateway has as well."""
    spans = (
        TelemetryTally.objects.filter(
            organization=organization, verdict=Verdict.DOUBLE.value, minute__gte=start
        )
        .values_list("reason")
        .annotate(total=Sum("count"))
        .order_by("-total")[:SHOWN]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            TWICE, {"organization": organization.pk, "start": start, "end": end}
        )
        records = cursor.fetchall()
    return [
        *(
            Twice(f"{_source(source)}: the gateway recorded the same answer", n, True)
            for source, n in records
        ),
        *(Twice(f"OpenTelemetry: {reason}", total, False) for reason, total in spans),
    ]


def findings(
    organization: Organization, start: datetime.datetime
) -> list[ReconcileFinding]:
    """The newest first."""
    found = ReconcileFinding.objects.filter(
        organization_id=organization.pk, found_at__gte=start
    )
    return list(found.order_by("-found_at")[:SHOWN])


def metrics_and_spans(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> list[Told]:
    """Each model that metrics told of, beside what spans told of it."""
    rows = (
        TelemetryMetric.objects.filter(
            organization=organization, minute__gte=start, minute__lt=end
        )
        .values_list("provider", "model", "metric")
        .annotate(calls=Sum("count"), sum=Sum("total"))
        .order_by()
    )
    said = list(rows)
    if not said:
        return []
    meant = models_meant(organization, {(row[0], row[1]) for row in said})
    sums: defaultdict[int | str, dict[str, float]] = defaultdict(dict)
    for provider, model, metric, calls, whole in said:
        known = meant.get((provider, model))
        kind = counts_of(metric)
        key = known.ai_model_id if known else f"{provider}/{model}"
        number = calls if kind == SECONDS else whole
        sums[key][kind] = sums[key].get(kind, 0) + number
    return _beside_spans(organization, sums, _spans(organization, start, end))


def _spans(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> Answer:
    return measure(
        Question(
            organization_id=organization.pk,
            start=start,
            end=end,
            zone=UTC,
            split=(Dimension.MODEL,),
            only={Dimension.SOURCE: frozenset({Source.OTLP.value})},
        )
    )


def _beside_spans(
    organization: Organization,
    sums: dict[int | str, dict[str, float]],
    spans: Answer,
) -> list[Told]:
    by_model = {part.keys[0]: part.sums for part in spans.parts}
    ids = [key for key in sums if isinstance(key, int)]
    names = measure_names(organization, Dimension.MODEL, ids)
    found = []
    for key, kinds in sums.items():
        told = by_model.get(key) if isinstance(key, int) else None
        calls, tokens = kinds.get(SECONDS), kinds.get(TOKENS)
        found.append(
            Told(
                model=names[key] if isinstance(key, int) else key,
                metric_calls=None if calls is None else round(calls),
                span_calls=told.calls if told else 0,
                metric_tokens=None if tokens is None else round(tokens),
                span_tokens=told.tokens if told else 0,
            )
        )
    return sorted(found, key=lambda one: (-(one.metric_tokens or 0), one.model))


def _source(word: str) -> str:
    known = {one.value: label for one, label in SOURCES.items()}
    return known.get(word, word)
