"""Names and values of tags that calls have carried lately, to choose from."""

from __future__ import annotations

import datetime
from typing import Final

from django.db.models import QuerySet

from analytics.models import HourTagRollup
from registry.models import Organization

LATELY: Final = datetime.timedelta(days=14)
MOST: Final = 200
"""More than anybody looks through; a request id as a tag has millions of values."""


def tag_names(organization: Organization, now: datetime.datetime) -> list[str]:
    """By the alphabet."""
    rows = _rows(organization, now)
    return list(rows.values_list("tag_name", flat=True).distinct()[:MOST])


def tag_values(
    organization: Organization, name: str, now: datetime.datetime
) -> list[str]:
    """Of one tag, by the alphabet."""
    rows = _rows(organization, now).filter(tag_name=name).order_by("tag_value")
    return list(rows.values_list("tag_value", flat=True).distinct()[:MOST])


def tag_pairs(organization: Organization, now: datetime.datetime) -> list[str]:
    """`name=value`, by the alphabet."""
    rows = _rows(organization, now).order_by("tag_name", "tag_value")
    found = rows.values_list("tag_name", "tag_value").distinct()[:MOST]
    return [f"{name}={value}" for name, value in found]


def _rows(
    organization: Organization, now: datetime.datetime
) -> QuerySet[HourTagRollup]:
    since = now - LATELY
    return HourTagRollup.objects.filter(
        organization_id=organization.pk, hour__gte=since
    ).order_by("tag_name")
