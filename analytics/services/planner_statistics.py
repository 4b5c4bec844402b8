"""What PostgreSQL's planner knows of the tables of usage.

Autovacuum looks after partitions but never after the partitioned table itself
(PostgreSQL's manual, "Updating Planner Statistics"), and comes too late after a large
load: with stale statistics the planner reads a whole month where an index would do.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

TABLES: Final = (
    "analytics_usagerecord",
    "analytics_feedback",
    "analytics_hourrollup",
    "analytics_hourtagrollup",
    "analytics_dayrollup",
    "analytics_usageband",
)


def refresh_statistics() -> None:
    """Take a new sample of each. Takes a second or two, whatever their size, and
    blocks nobody."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
