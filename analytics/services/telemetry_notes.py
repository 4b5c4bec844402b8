"""What is noted of telemetry for its page: the last spans, counts, unknown names."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.intake.identity import told_ids
from analytics.models import (
    TelemetryMetric,
    TelemetrySeries,
    TelemetrySpan,
    TelemetryTally,
)
from analytics.otlp.mapping import Mapped, Verdict
from analytics.otlp.spans import clean
from analytics.otlp.unknown import NUMBER, UNDERSTOOD, not_understood, shown
from registry.models import Organization

SPANS_KEPT: Final = 200
SPANS_OF_ONE_FATE: Final = 10
"""Of each batch, so that those refused are not swept away by those that went well."""
MOST_FIELDS: Final = 40
MOST_NAMES: Final = 200
"""Unknown names of an organisation: a name with an id in it would fill the table."""
TALLIES_KEPT: Final = datetime.timedelta(days=2)
SERIES_KEPT: Final = datetime.timedelta(days=7)
METRICS_KEPT: Final = datetime.timedelta(days=90)
TALLY: Final = """
INSERT INTO analytics_telemetrytally AS t
    (organization_id, minute, verdict, reason, count)
SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[])
ON CONFLICT (organization_id, minute, verdict, reason)
DO UPDATE SET count = t.count + excluded.count
"""
NAMES: Final = """
INSERT INTO analytics_telemetryattribute AS t
    (organization_id, name, count, example, seen_at)
SELECT %(organization)s, given.name, given.count, given.example, %(now)s
FROM unnest(%(names)s::text[], %(counts)s::bigint[], %(examples)s::text[])
    AS given (name, count, example)
WHERE (SELECT count(*) FROM analytics_telemetryattribute
       WHERE organization_id = %(organization)s) < %(most)s
   OR EXISTS (SELECT FROM analytics_telemetryattribute known
              WHERE known.organization_id = %(organization)s
                AND known.name = given.name)
ON CONFLICT (organization_id, name) DO UPDATE
SET count = t.count + excluded.count, example = excluded.example,
    seen_at = excluded.seen_at
"""


def note_batch(
    organization: Organization,
    batch: Sequence[Mapped],
    duplicates: int,
    now: datetime.datetime,
) -> None:
    """Within the transaction that stores the batch. `duplicates` of those accepted
    were known already."""
    tally = Counter((one.verdict.value, one.reason[:200]) for one in batch)
    if duplicates:
        tally[Verdict.ACCEPTED.value, ""] -= duplicates
        tally[Verdict.DUPLICATE.value, "sent again"] += duplicates
    count_spans(organization, tally, now)
    _note_names(organization, batch, now)
    _keep_last(organization, batch, now)


def count_spans(
    organization: Organization, tally: Counter[tuple[str, str]], now: datetime.datetime
) -> None:
    # In one order in every process: two that wait for each other would stand still.
    rows = sorted((*fate, count) for fate, count in tally.items() if count > 0)
    if not rows:
        return
    verdicts, reasons, counts = (list(one) for one in zip(*rows, strict=True))
    minute = now.replace(second=0, microsecond=0)
    texts = [clean(one) for one in reasons]
    with connection.cursor() as cursor:
        cursor.execute(TALLY, [organization.pk, minute, verdicts, texts, counts])


def purge_telemetry() -> None:
    """What is older than its page looks back."""
    now = timezone.now()
    TelemetryTally.objects.filter(minute__lt=now - TALLIES_KEPT).delete()
    TelemetrySeries.objects.filter(seen_at__lt=now - SERIES_KEPT).delete()
    TelemetryMetric.objects.filter(minute__lt=now - METRICS_KEPT).delete()


def _note_names(
    organization: Organization, batch: Iterable[Mapped], now: datetime.datetime
) -> None:
    counts, examples = not_understood(batch)
    if not counts:
        return
    names = sorted(counts)[:MOST_NAMES]
    told: dict[str, Any] = {
        "organization": organization.pk,
        "now": now,
        "most": MOST_NAMES,
        "names": [clean(name) for name in names],
        "counts": [counts[name] for name in names],
        "examples": [clean(examples[name])[:400] for name in names],
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES, told)


def _keep_last(
    organization: Organization, batch: Sequence[Mapped], now: datetime.datetime
) -> None:
    by_fate: dict[str, list[Mapped]] = defaultdict(list)
    for one in batch:
        by_fate[one.verdict.value].append(one)
    chosen = [one for fate in by_fate.values() for one in fate[-SPANS_OF_ONE_FATE:]]
    rows = [_row(organization, one, now) for one in chosen]
    TelemetrySpan.objects.bulk_create(rows)
    mine = TelemetrySpan.objects.filter(organization=organization).order_by("-id")
    oldest = mine.values_list("id", flat=True)[SPANS_KEPT - 1 : SPANS_KEPT].first()
    if oldest is not None:
        mine.filter(id__lt=oldest).delete()


def _row(
    organization: Organization, one: Mapped, now: datetime.datetime
) -> TelemetrySpan:
    span, call = one.span, one.call
    is_kept = call is not None and one.verdict is Verdict.ACCEPTED
    return TelemetrySpan(
        organization=organization,
        received_at=now,
        verdict=one.verdict.value,
        reason=clean(one.reason)[:200],
        name=clean(span.name)[:120],
        scope=clean(span.scope)[:120],
        trace_id=span.trace_id[:32],
        span_id=span.span_id[:16],
        request_id=told_ids(organization.pk, call)[1] if call and is_kept else None,
        model=clean(call.model)[:200] if call else "",
        rule=one.rule,
        fields=_fields(one),
        content=span.content,
    )


def _fields(one: Mapped) -> list[list[str | None]]:
    """Attribute, value, field: those that were understood first."""
    used = one.used or {}
    found: list[list[str | None]] = []
    for name, value in one.span.attributes.items():
        plain = clean(NUMBER.sub(".*", name))[:120]
        field = used.get(name) or ("" if name in UNDERSTOOD or not used else None)
        found.append([plain, clean(shown(value))[:120], field])
    found.sort(key=lambda row: (not row[2], row[0]))
    return found[:MOST_FIELDS]
