"""Calendar months in UTC: the partitions of usage. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime.datetime) -> Month:
        """The month that an aware moment falls in."""
        there = moment.astimezone(datetime.UTC)
        return cls(there.year, there.month)

    def plus(self, months: int) -> Month:
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1)

    @property
    def start(self) -> datetime.datetime:
        return datetime.datetime(self.year, self.number, 1, tzinfo=datetime.UTC)

    @property
    def end(self) -> datetime.datetime:
        """Excluded."""
        return self.plus(1).start

    def __str__(self) -> str:
        return f"{self.year:04}_{self.number:02}"
