"""The state of the page of data quality, read from its address."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from analytics.time_steps import midnight
from registry.models import Organization

RANGES: Final = (7, 30, 90)
USUAL: Final = 30


@dataclass(frozen=True)
class QualityRange:
    """The last `days` days of an organisation, in its zone."""

    organization: Organization
    days: int
    now: datetime.datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organization.time_zone)

    @property
    def first(self) -> datetime.date:
        today = self.now.astimezone(self.zone).date()
        return today - datetime.timedelta(days=self.days - 1)

    @property
    def start(self) -> datetime.datetime:
        return midnight(self.first, self.zone)


def quality_range(organization: Organization, word: str) -> QualityRange:
    """As many days as `word` says, where they are offered."""
    days = int(word) if word in map(str, RANGES) else USUAL
    return QualityRange(organization, days, timezone.now())
