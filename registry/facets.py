"""Filtering, counting and sorting of the catalogue. Pure: slim rows in, ids out.

A facet's counts ignore the facet's own selection, so that each says what ticking it
would show. Capabilities are the exception: a model must have all that are ticked, so
a capability's count is what would remain with it as well.
"""

import datetime
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple

UNKNOWN: Final = "unknown"
# word → (label, first context window in tokens); each band ends where the next begins.
CONTEXT_BANDS: Final[dict[str, tuple[str, int]]] = {
    "tiny": ("Under 32k", 0),
    "small": ("32k to 128k", 32_000),
    "medium": ("128k to 200k", 128_000),
    "large": ("200k to 1M", 200_000),
    "huge": ("1M and more", 1_000_000),
}
BAND_NAMES: Final = tuple(CONTEXT_BANDS)
BAND_STARTS: Final = tuple(start for _, start in CONTEXT_BANDS.values())
PRICE_BANDS: Final[dict[str, str]] = {
    "0": "Free",
    "1": "Under $0.30",
    "2": "$0.30 to $1",
    "3": "$1 to $4",
    "4": "$4 to $12",
    "5": "$12 and more",
}
SINGLE_FACETS: Final = (
    "status",
    "provider",
    "type",
    "context",
    "price",
    "enabled",
    "open",
)
FACETS: Final = (*SINGLE_FACETS, "capability")


class Row(NamedTuple):
    """What filtering and sorting need of one model. The facet fields hold the word
    of the facet's option; None sorts last."""

    pk: int
    status: str
    provider: str
    type: str
    context: str
    price: str
    enabled: str
    open: str
    capability: Sequence[str]
    by_name: tuple[str, ...]
    by_input: Decimal | None
    by_output: Decimal | None
    by_context: int | None
    by_release: datetime.date | None


@dataclass(frozen=True)
class Selection:
    """The ticked options of each facet; an absent facet filters nothing."""

    ticked: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, facet: str) -> frozenset[str]:
        return self.ticked.get(facet, frozenset())


@dataclass(frozen=True)
class Faceted:
    """The rows that match everything, and counts by facet and option."""

    rows: list[Row]
    counts: dict[str, Counter[str]]


def context_band(context_window: int | None) -> str:
    if context_window is None:
        return UNKNOWN
    return BAND_NAMES[bisect_right(BAND_STARTS, context_window) - 1]


def facet(rows: Iterable[Row], selection: Selection) -> Faceted:
    """One pass: a row that fails no facet counts everywhere, a row that fails exactly
    one counts in that facet alone."""
    checks = _checks(selection)
    matching: list[Row] = []
    near: dict[str, list[Row]] = {name: [] for name in SINGLE_FACETS}
    for row in rows:
        failed = [name for name, passes in checks if not passes(row)]
        if not failed:
            matching.append(row)
        elif len(failed) == 1 and failed[0] in near:
            near[failed[0]].append(row)
    counts = {
        name: Counter(map(itemgetter(place), [*matching, *near[name]]))
        for place, name in _places()
    }
    counts["capability"] = Counter(
        chain.from_iterable(row.capability for row in matching)
    )
    return Faceted(matching, counts)


def sorted_rows(rows: Iterable[Row], key: str, descending: bool) -> list[Row]:
    """By `key` (name, input, output, context or release), unknown values last either
    way, equal ones by name."""
    place = Row._fields.index(f"by_{key}")
    by_name = sorted(rows, key=lambda row: row.by_name)
    known = [row for row in by_name if row[place] is not None]
    unknown = [row for row in by_name if row[place] is None]
    known.sort(key=itemgetter(place), reverse=descending)
    return known + unknown


def _places() -> Iterator[tuple[int, str]]:
    return ((Row._fields.index(name), name) for name in SINGLE_FACETS)


def _checks(selection: Selection) -> list[tuple[str, Callable[[Row], bool]]]:
    checks = [
        (name, _is_one_of(name, selection.of(name)))
        for name in SINGLE_FACETS
        if selection.of(name)
    ]
    wanted = selection.of("capability")
    if wanted:
        checks.append(("capability", lambda row: wanted.issubset(row.capability)))
    return checks


def _is_one_of(name: str, ticked: frozenset[str]) -> Callable[[Row], bool]:
    position = Row._fields.index(name)
    return lambda row: row[position] in ticked
