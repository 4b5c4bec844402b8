"""Filtering, counting and sorting of the catalogue. Pure: slim rows in, ids out.

A facet's counts ignore the facet's own selection, so that each says what ticking it
would show. Capabilities are the exception: a model must have all that are ticked, so
a capability's count is what would remain with it as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

UNKNOWN: Final = "unknown"
# word → (label, first context window in tokens); each band ends where the next begins.
CONTEXT_BANDS: Final[dict[str, tuple[str, int]]] = {
    "tiny": ("Under 32k", 0),
    "small": ("32k to 128k", 32_000),
    "medium": ("128k to 200k", 128_000),
    "large": ("200k to 1M", 200_000),
    "huge": ("1M and more", 1_000_000),
}
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
    sort_values: Mapping[str, Any]


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
    names = [name for name, (_, start) in CONTEXT_BANDS.items()]
    starts = [start for _, start in CONTEXT_BANDS.values()]
    return names[sum(context_window >= start for start in starts) - 1]


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
        name: Counter(
            getattr(row, name) for found in (matching, near[name]) for row in found
        )
        for name in SINGLE_FACETS
    }
    counts["capability"] = Counter(word for row in matching for word in row.capability)
    return Faceted(matching, counts)


def sorted_rows(rows: Iterable[Row], key: str, descending: bool) -> list[Row]:
    """By `key`, unknown values last either way, equal ones by name."""
    by_name = sorted(rows, key=lambda row: row.sort_values["name"])
    known = [row for row in by_name if row.sort_values[key] is not None]
    unknown = [row for row in by_name if row.sort_values[key] is None]
    known.sort(key=lambda row: row.sort_values[key], reverse=descending)
    return known + unknown


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
