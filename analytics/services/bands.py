"""Builds the bands of hours, and again where new edges cut them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.bands.sql import insert_hours
from analytics.models import BandEdges
from registry.queries.price_edges import price_edges

MARK_CUT: Final = """
INSERT INTO analytics_dirtyhour (organization_id, hour, marked_at)
SELECT DISTINCT organization_id, hour, now() FROM analytics_usageband
WHERE EXISTS (
  SELECT FROM unnest(%(edges)s::int[]) AS edge
  WHERE min_input_tokens <= edge AND edge < max_input_tokens
)
"""
Cursor = Any  # Django's wrapper, which has no public type


def build_bands(
    cursor: Cursor, organization_id: int, hours: Sequence[datetime.datetime]
) -> None:
    """The bands of the UTC hours that begin at `hours`, from their records, in place of
    those that are there. The caller holds the transaction, and sees to it that an hour
    is built once at a time."""
    values = {
        "organization": organization_id,
        "hours": list(hours),
        "edges": current_edges(),
    }
    cursor.execute(
        "DELETE FROM analytics_usageband "
        "WHERE organization_id = %(organization)s AND hour = ANY(%(hours)s)",
        values,
    )
    cursor.execute(insert_hours(), values)


def current_edges() -> list[int]:
    """The edges in use; those of the catalogue as it is, where there are none yet."""
    found = BandEdges.objects.order_by("-id").values_list("edges", flat=True).first()
    return _first_edges() if found is None else found


def refresh_edges() -> bool:
    """Take in what the catalogue, custom models and negotiated prices say of sizes
    now. Whether there was anything new. Safe to run twice."""
    known = set(current_edges())
    wanted = known | price_edges()
    if wanted == known:
        return False
    BandEdges.objects.create(edges=sorted(wanted))
    return True


def mark_cut_hours() -> int:
    """Mark the hours as dirty whose bands hold calls of both sides of a new edge, so
    that they are built again; how many. Safe to run twice."""
    newest = BandEdges.objects.order_by("-id").first()
    if newest is None or newest.marked_at is not None:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MARK_CUT, {"edges": newest.edges})
        BandEdges.objects.filter(pk=newest.pk).update(marked_at=timezone.now())
        return int(cursor.rowcount)


def _first_edges() -> list[int]:
    edges = sorted(price_edges())
    # Nothing is built with other edges yet, so that nothing needs to be built again.
    BandEdges.objects.create(edges=edges, marked_at=timezone.now())
    return edges
