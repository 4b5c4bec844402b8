"""What happened in the sample product, and when. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from dataclasses import dataclass
from typing import Final

FEWEST_DAYS: Final = 7
MOST_DAYS: Final = 365
SWITCH_AT: Final = 0.55
PRICE_AT: Final = 0.72
PROMPT_AT: Final = 0.35
INCIDENT_AT: Final = 0.86
IMPORTED_UNTIL: Final = 0.25
INCIDENT: Final = datetime.timedelta(hours=3)
INCIDENT_HOUR: Final = datetime.time(13)
SATURDAY: Final = 5
GROWTH: Final = (0.72, 1.28)
"""Of the mean volume, at the beginning and at the end."""


@dataclass(frozen=True)
class Story:
    """`days` local days until `ends_at` (aware), the last of which is not over. Raises
    ValueError for a number of days out of range and a naive end."""

    ends_at: datetime.datetime
    days: int
    zone: zoneinfo.ZoneInfo

    def __post_init__(self) -> None:
        if self.ends_at.tzinfo is None:
            raise ValueError("The end of the sample data needs a time zone.")
        if not FEWEST_DAYS <= self.days <= MOST_DAYS:
            raise ValueError(f"Give {FEWEST_DAYS} to {MOST_DAYS} days.")

    @property
    def starts_at(self) -> datetime.datetime:
        return self._moment(0, datetime.time())

    @property
    def prompt_changed_at(self) -> datetime.datetime:
        return self._moment(PROMPT_AT, datetime.time(10, 15))

    @property
    def switched_at(self) -> datetime.datetime:
        """From the first pack to the second."""
        return self._moment(SWITCH_AT, datetime.time(11, 30))

    @property
    def price_changed_at(self) -> datetime.datetime:
        return self._moment(PRICE_AT, datetime.time())

    @property
    def incident_from(self) -> datetime.datetime:
        """One provider fails from here for `INCIDENT`, on a working day."""
        return self._moment(INCIDENT_AT, INCIDENT_HOUR, is_weekday=True)

    @property
    def incident_until(self) -> datetime.datetime:
        return self.incident_from + INCIDENT

    @property
    def imported_until(self) -> datetime.datetime:
        return self._moment(IMPORTED_UNTIL, datetime.time())

    def growth_at(self, share: float) -> float:
        """Of the mean volume, where `share` (0–1) of the period has passed."""
        first, last = GROWTH
        return first + (last - first) * share

    def _moment(
        self, share: float, clock: datetime.time, *, is_weekday: bool = False
    ) -> datetime.datetime:
        """A time of the day that begins after `share` of all days, in UTC."""
        today = self.ends_at.astimezone(self.zone).date()
        day = today - datetime.timedelta(days=self.days - 1 - int(share * self.days))
        while is_weekday and day.weekday() >= SATURDAY:
            day -= datetime.timedelta(days=1)
        local = datetime.datetime.combine(day, clock, self.zone)
        return local.astimezone(datetime.UTC)
