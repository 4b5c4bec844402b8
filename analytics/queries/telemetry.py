"""What came in by OpenTelemetry, as its page shows it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, Sum
from django.utils import timezone

from analytics.models import (
    TelemetryAttribute,
    TelemetryMetric,
    TelemetrySpan,
    TelemetryTally,
)
from analytics.otlp.mapping import Verdict
from registry.models import Organization

HOUR: Final = datetime.timedelta(hours=1)
DAY: Final = datetime.timedelta(days=1)
WORDS: Final = {
    Verdict.ACCEPTED: ("Accepted", "success", "became a call"),
    Verdict.DUPLICATE: ("Sent again", "", "known already, counted once"),
    Verdict.DOUBLE: ("Told twice", "warning", "the gateway or another span has it"),
    Verdict.IGNORED: ("Ignored", "", "no model call: tool, agent, HTTP"),
    Verdict.REFUSED: ("Refused", "danger", "makes no sense; the reason is told"),
}
SHOWN: Final = 50
NAMES_SHOWN: Final = 30
REASONS_SHOWN: Final = 12


@dataclass(frozen=True)
class Fate:
    """How many spans met it. `meaning` is for a person."""

    verdict: str
    label: str
    meaning: str
    hour: int
    day: int


@dataclass(frozen=True)
class SeenSpan:
    """A span of the last ones, with its fate in words."""

    span: TelemetrySpan
    label: str
    tone: str


def fates_of(organization: Organization) -> list[Fate]:
    """Each fate with its counts of the last hour and day."""
    now = timezone.now()
    rows = (
        TelemetryTally.objects.filter(organization=organization, minute__gte=now - DAY)
        .values_list("verdict")
        .annotate(
            day=Sum("count"),
            hour=Sum("count", filter=Q(minute__gte=now - HOUR)),
        )
    )
    counted = {verdict: (hour or 0, day) for verdict, day, hour in rows}
    return [
        Fate(verdict.value, label, meaning, *counted.get(verdict.value, (0, 0)))
        for verdict, (label, _, meaning) in WORDS.items()
    ]


def reasons_of(organization: Organization) -> list[tuple[str, str, int]]:
    """Fate, reason and count of what was not taken in a day, most frequent first."""
    since = timezone.now() - DAY
    rows = (
        TelemetryTally.objects.filter(organization=organization, minute__gte=since)
        .exclude(reason="")
        .values_list("verdict", "reason")
        .annotate(total=Sum("count"))
        .order_by("-total", "reason")[:REASONS_SHOWN]
    )
    return [(WORDS[Verdict(one)][0], reason, total) for one, reason, total in rows]


def last_spans(organization: Organization, verdict: str = "") -> list[SeenSpan]:
    """The newest first; of one fate where it is named."""
    rows = TelemetrySpan.objects.filter(organization=organization).order_by("-id")
    if verdict:
        rows = rows.filter(verdict=verdict)
    return [SeenSpan(one, *WORDS[Verdict(one.verdict)][:2]) for one in rows[:SHOWN]]


def names_not_understood(organization: Organization) -> list[TelemetryAttribute]:
    rows = TelemetryAttribute.objects.filter(organization=organization)
    return list(rows.order_by("-count", "name")[:NAMES_SHOWN])


def metric_totals(organization: Organization) -> list[dict[str, object]]:
    """What metrics told within a day, by metric, model and kind of token."""
    since = timezone.now() - DAY
    rows = (
        TelemetryMetric.objects.filter(organization=organization, minute__gte=since)
        .values("metric", "model", "token_type")
        .annotate(calls=Sum("count"), sum=Sum("total"))
        .order_by("metric", "model", "token_type")[:NAMES_SHOWN]
    )
    return [dict(one) for one in rows]
