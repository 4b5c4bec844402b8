"""The planner knows how large the tables of usage are, the partitioned one too."""

import pytest
from django.db import connection

from analytics.tasks import refresh_statistics
from tests.analytics.records import record

KNOWN = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"


def known_rows(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [table])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", ["analytics_usagerecord", "analytics_hourrollup"])
def test_each_refresh_counts_again(organization, table):
    for _ in range(3):
        record(organization)

    refresh_statistics()

    assert known_rows(table) >= (3 if table == "analytics_usagerecord" else 0)
