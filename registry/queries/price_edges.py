"""Sizes of input that matter to some price or some model."""

from __future__ import annotations

from typing import Final

from django.db import connection

from registry.models import AIModel

TIERS: Final = """
SELECT DISTINCT (start #>> '{}')::bigint
FROM registry_price, jsonb_path_query(rates, 'strict $.**.tiers[*].start') AS start
"""
LARGEST: Final = 2**31 - 1


def price_edges() -> frozenset[int]:
    """Input tokens above which a price changes or a context window is exceeded: of
    every price and model there is, of all organisations, past ones included."""
    with connection.cursor() as cursor:
        cursor.execute(TIERS)
        starts = {start for (start,) in cursor.fetchall()}
    windows = (
        AIModel.objects.exclude(context_window=None)
        .order_by()
        .values_list("context_window", flat=True)
        .distinct()
    )
    return frozenset(edge for edge in {*starts, *windows} if 0 < edge <= LARGEST)
