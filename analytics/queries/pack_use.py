"""What really happened on each version of a pack, so that two can be compared."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q, Sum

from analytics.models import UsageRecord
from analytics.usage_row import Outcome
from analytics.wilson import Rate, wilson
from registry.models import Pack, PackVersion


@dataclass(frozen=True)
class VersionUse:
    """One version. `success` is the share of requests that were answered; requests that
    the client left are in neither count. `cost_usd` leaves unpriced calls out, None
    where no call is priced; `unpriced_percent` says how many of the calls those are."""

    version: PackVersion
    requests: int = 0
    calls: int = 0
    cost_usd: Decimal | None = None
    unpriced_percent: float = 0.0
    success: Rate | None = None
    mean_latency_ms: float | None = None
    first_at: datetime.datetime | None = None
    last_at: datetime.datetime | None = None

    @property
    def cost_per_request_usd(self) -> Decimal | None:
        if self.cost_usd is None or not self.requests:
            return None
        return self.cost_usd / self.requests


def pack_use(
    pack: Pack,
    *,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> list[VersionUse]:
    """Every version of the pack, newest first, those without use too. Two queries."""
    versions = pack.versions.select_related("pack").order_by("-number")
    return versions_use(versions, since=since, until=until)


def versions_use(
    versions: Iterable[PackVersion],
    *,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> list[VersionUse]:
    """Versions of packs of one organisation, in their order. One query."""
    wanted = list(versions)
    if not wanted:
        return []
    calls = UsageRecord.objects.filter(
        organization_id=wanted[0].pack.organization_id,
        pack_version_id__in=[one.pk for one in wanted],
        **({"started_at__gte": since} if since else {}),
        **({"started_at__lt": until} if until else {}),
    )
    answered = Q(outcome=Outcome.OK.value)
    left = Q(outcome=Outcome.CANCELLED.value)
    rows: Any = (  # the plugin types its keys, and _use takes any
        calls.order_by()
        .values("pack_version_id")
        .annotate(
            requests=Count("request_id", distinct=True),
            answered=Count("request_id", distinct=True, filter=answered),
            left=Count("request_id", distinct=True, filter=left),
            calls=Count("id"),
            unpriced=Count("id", filter=Q(cost_usd=None)),
            cost_sum=Sum("cost_usd"),
            latency=Avg("latency_ms", filter=answered),
            first=Min("started_at"),
            last=Max("started_at"),
        )
    )
    found = {row["pack_version_id"]: row for row in rows}
    return [_use(one, found.get(one.pk)) for one in wanted]


def _use(version: PackVersion, said: dict[str, Any] | None) -> VersionUse:
    if said is None:
        return VersionUse(version)
    trials = max(said["requests"] - said["left"], said["answered"])
    return VersionUse(
        version,
        requests=said["requests"],
        calls=said["calls"],
        cost_usd=said["cost_sum"],
        unpriced_percent=100 * said["unpriced"] / said["calls"],
        success=wilson(said["answered"], trials),
        mean_latency_ms=said["latency"],
        first_at=said["first"],
        last_at=said["last"],
    )
