"""The table under the charts: usage by the parts of a split. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.asked import Level
from analytics.questions import Answer, Key
from analytics.readings import Reading
from analytics.sums import Sums, total
from analytics.tiles import interval_text, percent_change, share_text
from registry.templatetags.display import DASH

MOST_ROWS: Final = 200
Keys = tuple[Key, ...]


@dataclass(frozen=True)
class Row:
    """One part. `share` is of the total spend, 0–1, None where nothing was spent;
    `change_percent` is None where it was not there before."""

    keys: Keys
    names: tuple[str, ...]
    reading: Reading
    share: float | None
    before: Sums | None
    change_percent: Decimal | None

    @property
    def share_text(self) -> str:
        return "" if self.share is None else share_text(self.share)

    @property
    def cache_text(self) -> str:
        share = self.reading.sums.cache_share
        return DASH if share is None else share_text(share, 0)

    @property
    def success(self) -> tuple[str, str] | None:
        """The rate and its interval, as text."""
        rate = self.reading.success
        return (share_text(rate.share), interval_text(rate)) if rate else None


@dataclass(frozen=True)
class Table:
    """`other` are the `left_out` rows that are not shown, together; `total` is of all
    rows."""

    rows: list[Row]
    other: Row | None
    left_out: int
    total: Row
    sort: str


def _cost(row: Row) -> Decimal:
    return row.reading.sums.cost_usd


def _success_share(row: Row) -> float | None:
    rate = row.reading.success
    return rate.share if rate else None


SORTS: Final[Mapping[str, Callable[[Row], Any]]] = {
    "spend": _cost,
    "name": lambda row: tuple(name.lower() for name in row.names),
    "count": lambda row: row.reading.count,
    "change": lambda row: row.change_percent,
    "each": lambda row: row.reading.cost_each_usd,
    "success": _success_share,
    "p95": lambda row: row.reading.p95_ms,
    "tokens": lambda row: row.reading.sums.tokens,
    "cache": lambda row: row.reading.sums.cache_share,
}
"""By which column, with values that compare with each other; a minus before it turns
the order around."""
ASCENDING: Final = frozenset({"name"})
"""Columns that begin with the smallest."""
USUAL: Final = "spend"


def usage_table(
    answer: Answer,
    before: Answer | None,
    level: Level,
    names: Callable[[Keys], tuple[str, ...]],
    sort: str = USUAL,
    most: int = MOST_ROWS,
) -> Table:
    """Rows in the order of `sort` (one that is not known is the usual), the first
    `most` of them on their own."""
    then = {part.keys: part.sums for part in before.parts} if before else {}
    whole = answer.total
    made = [
        _row(part.keys, names(part.keys), part.sums, then, level, whole)
        for part in answer.parts
    ]
    column, is_reversed = _column(sort)
    ordered = _ordered(made, column, is_reversed)
    shown, rest = ordered[:most], ordered[most:]
    return Table(
        rows=shown,
        other=_together(rest, level, whole, bool(before)) if rest else None,
        left_out=len(rest),
        total=_whole(whole, before.total if before else None, level),
        sort=f"-{column}" if is_reversed else column,
    )


def _column(sort: str) -> tuple[str, bool]:
    name = sort.removeprefix("-")
    return (name, sort.startswith("-")) if name in SORTS else (USUAL, False)


def _ordered(rows: Sequence[Row], column: str, is_reversed: bool) -> list[Row]:
    """What is not known comes last, whichever way round."""
    value = SORTS[column]
    known = [row for row in rows if value(row) is not None]
    descending = (column not in ASCENDING) != is_reversed
    by_name = sorted(known, key=lambda row: row.names)
    ordered = sorted(by_name, key=value, reverse=descending)
    return [*ordered, *(row for row in rows if value(row) is None)]


def _row(
    keys: Keys,
    names: tuple[str, ...],
    sums: Sums,
    then: Mapping[Keys, Sums],
    level: Level,
    whole: Sums,
) -> Row:
    reading, before = Reading(sums, level), then.get(keys)
    return Row(
        keys,
        names,
        reading,
        share=float(sums.cost_usd / whole.cost_usd) if whole.cost_usd else None,
        before=before,
        change_percent=_change(reading, before),
    )


def _change(reading: Reading, before: Sums | None) -> Decimal | None:
    if before is None or reading.cost_usd is None:
        return None
    then = Reading(before, reading.level).cost_usd
    return None if then is None else percent_change(reading.cost_usd, then)


def _together(rows: Sequence[Row], level: Level, whole: Sums, is_compared: bool) -> Row:
    sums = total(row.reading.sums for row in rows)
    then = total(row.before for row in rows if row.before) if is_compared else None
    return _row((), ("Other",), sums, {(): then} if then else {}, level, whole)


def _whole(sums: Sums, before: Sums | None, level: Level) -> Row:
    return _row((), ("Total",), sums, {(): before} if before else {}, level, sums)
