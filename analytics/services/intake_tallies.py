"""Counting what is told, and what of it was refused, for the page of data quality."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from django.db import connection

from analytics.incoming import IncomingCall
from analytics.recording.dirty_hours import hour_of
from registry.models import Organization

LATE: Final = datetime.timedelta(hours=1)
"""Rollups of the hour had been built by then; it is summed up again."""
VALUES: Final = re.compile(r"[“\"'][^”\"']*[”\"']|\d[\d.,:TZ+-]*")
TOLD: Final = """
INSERT INTO analytics_intaketally AS kept
    (organization_id, hour, source, accepted, duplicates, late, most_late_s)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, hour, source) DO UPDATE SET
    accepted = kept.accepted + excluded.accepted,
    duplicates = kept.duplicates + excluded.duplicates,
    late = kept.late + excluded.late,
    most_late_s = greatest(kept.most_late_s, excluded.most_late_s)
"""
REFUSED: Final = """
INSERT INTO analytics_intakerefusal AS kept
    (organization_id, day, source, field, reason, count)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, day, source, field, reason)
DO UPDATE SET count = kept.count + excluded.count
"""
Refusal = tuple[str, str]
"""The field and the reason."""


def note_told(
    organization: Organization,
    kept: Sequence[IncomingCall],
    known: Sequence[IncomingCall],
    now: datetime.datetime,
) -> None:
    """Count calls that were stored and calls that were `known` already; in their
    transaction, a row a source."""
    for source in sorted({one.source.value for one in (*kept, *known)}):
        mine = [one for one in kept if one.source.value == source]
        ages = [now - one.started_at for one in mine]
        late = [int(age.total_seconds()) for age in ages if age > LATE]
        again = sum(one.source.value == source for one in known)
        counts = [len(mine), again, len(late), max(late, default=0)]
        with connection.cursor() as cursor:
            cursor.execute(TOLD, [organization.pk, hour_of(now), source, *counts])


def note_refused(
    organization: Organization,
    source: str,
    refused: Counter[Refusal],
    now: datetime.datetime,
) -> None:
    """Count lines that were refused, alike ones together."""
    alike: Counter[Refusal] = Counter()
    for (field, reason), count in refused.items():
        alike[_clean(field)[:60], VALUES.sub("…", _clean(reason))[:200]] += count
    day = now.astimezone(datetime.UTC).date()
    with connection.cursor() as cursor:
        for (field, reason), count in sorted(alike.items()):
            cursor.execute(
                REFUSED, [organization.pk, day, source, field, reason, count]
            )


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL in a text, nor half a surrogate pair."""
    return text.replace("\x00", "…").encode("utf-8", "replace").decode()
