"""Counts calls of the management API: in one statement, so that all processes count
together and nobody waits for anybody else's call."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from django.db import connection

from registry.models import CallCount

WINDOW_S: Final = 60
KEPT: Final = datetime.timedelta(days=1)
# A minute begins with its first call. The database's clock is everybody's.
COUNT: Final = """
    INSERT INTO registry_callcount AS known (key, started_at, calls)
    VALUES (%(key)s, clock_timestamp(), 1)
    ON CONFLICT (key) DO UPDATE SET
        (started_at, calls) = (
            SELECT CASE WHEN is_on THEN known.started_at ELSE now END,
                   CASE WHEN is_on THEN known.calls + 1 ELSE 1 END
            FROM (
                SELECT now, known.started_at
                    BETWEEN now - make_interval(secs => %(window_s)s) AND now AS is_on
                FROM (SELECT clock_timestamp() AS now) AS clock
            ) AS minute
        )
    RETURNING calls,
        extract(epoch FROM started_at - clock_timestamp())::float8 + %(window_s)s
"""


@dataclass(frozen=True)
class Counted:
    """How many calls this minute has had, this one included, and when it ends."""

    calls: int
    resets_in_s: float


def count_call(key: str) -> Counted:
    """One call more under `key`."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "window_s": WINDOW_S})
        return Counted(*cursor.fetchone())


def purge_counts(now: datetime.datetime) -> int:
    """Delete the counts of callers who have not called for a day; how many."""
    deleted, _ = CallCount.objects.filter(started_at__lte=now - KEPT).delete()
    return deleted
