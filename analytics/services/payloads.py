"""Prompts and answers that were kept for a while."""

from __future__ import annotations

import datetime
from typing import Final

from django.utils import timezone

from analytics.models import UsagePayload

AT_A_TIME: Final = 1000


def purge_payloads(now: datetime.datetime | None = None) -> int:
    """Delete what is past its time; how many. In small steps, so that nobody waits
    for a lock, and safe to run twice at once."""
    moment = now or timezone.now()
    count = 0
    while True:
        expired = UsagePayload.objects.filter(expires_at__lte=moment)
        keys = list(
            expired.order_by("expires_at").values_list("pk", flat=True)[:AT_A_TIME]
        )
        if not keys:
            return count
        deleted, _ = UsagePayload.objects.filter(pk__in=keys).delete()
        count += deleted


def purge_payloads_of(organization_id: int) -> int:
    """Delete everything that an organisation kept; it switched keeping off."""
    deleted, _ = UsagePayload.objects.filter(organization_id=organization_id).delete()
    return deleted
