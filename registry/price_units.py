"""Which counts a price tells apart, and what each of them is billed at.

The units and how they contain each other are those of `genai-prices`: an input token
may be a cached one, an audio one, or both at once. A plan is made once for each set of
rates; a cost is then one pass over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import cache, lru_cache
from itertools import combinations
from typing import Final

from genai_prices.data_units import unit_data
from genai_prices.units import UnitDef, UnitRegistry

Quantity = int | Decimal
STRICT: Final = Context(prec=400, traps=[Inexact])
"""Differences and products that may not be rounded; rounding raises."""
REQUESTS: Final = "requests"
ROOTS: Final = (
    "input_tokens",
    "output_tokens",
    "input_characters",
    "input_text_messages",
    "audio_seconds",
    "input_document_pages",
    "web_searches",
    "storage_searches",
)
"""The wholes that a usage can report: each is looked at even where it has no rate."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One count of a plan. `rate_key` is the rate it is billed at: its own, that of a
    neighbour where only its own is unknown (`is_borrowed`), or None: nothing known.
    `parts` are the positions of the more specific slots that are taken off it.
    `overlaps` are pairs of counts which leave this one open unless it is reported.
    `rank` orders the lines of a cost: input and its parts, output and its parts, …"""

    unit: UnitDef
    rate_key: str | None
    is_borrowed: bool
    parts: tuple[int, ...]
    overlaps: tuple[tuple[str, str], ...]
    rank: tuple[int, int]


@cache
def unit_registry() -> UnitRegistry:
    return UnitRegistry(unit_data)


def unknown_price_keys(keys: Iterable[str]) -> list[str]:
    """Those of `keys` that `genai-prices` does not price anything by."""
    known = {unit.price_key for unit in unit_registry().units.values()}
    return sorted(set(keys) - known)


@lru_cache(maxsize=1024)
def plan(price_keys: frozenset[str], reportable: frozenset[str]) -> tuple[Slot, ...]:
    """The slots of a price with the rates `price_keys`, the most specific first.
    `reportable` are the counts that a usage can name."""
    billed = _billed_at(price_keys)
    registry = unit_registry()
    units = sorted(
        (registry.units[key] for key in billed),
        key=lambda unit: (-len(unit.dimensions), unit.usage_key),
    )
    return tuple(
        Slot(
            unit=unit,
            rate_key=billed[unit.usage_key],
            is_borrowed=billed[unit.usage_key] not in (None, unit.price_key),
            parts=tuple(
                place
                for place, other in enumerate(units)
                if other is not unit and _holds(unit, other)
            ),
            overlaps=_overlaps(unit, reportable),
            rank=_rank(unit),
        )
        for unit in units
    )


def _billed_at(price_keys: frozenset[str]) -> dict[str, str | None]:
    """Each count that needs a slot, with the rate it is billed at: the priced ones,
    the wholes, and what two priced ones have in common (cached audio)."""
    registry = unit_registry()
    billed: dict[str, str | None] = dict.fromkeys(ROOTS)
    for unit in registry.units.values():
        if unit.price_key in price_keys:
            billed[unit.usage_key] = unit.price_key
    for left, right in combinations([registry.units[key] for key in billed], 2):
        if _holds(left, right) or _holds(right, left):
            continue
        joint = registry.find_join(left, right)
        if joint and joint.usage_key not in billed:
            # Cached audio without a rate of its own: as audio, the dearer of the two.
            full = left if "modality" in left.dimensions else right
            billed[joint.usage_key] = full.price_key
    return billed


def _rank(unit: UnitDef) -> tuple[int, int]:
    units = unit_registry().units
    roots = [place for place, root in enumerate(ROOTS) if _holds(units[root], unit)]
    return min(roots, default=len(ROOTS)), list(units).index(unit.usage_key)


def _holds(whole: UnitDef, part: UnitDef) -> bool:
    return whole.dimensions.items() <= part.dimensions.items()


def _overlaps(unit: UnitDef, reportable: frozenset[str]) -> tuple[tuple[str, str], ...]:
    registry = unit_registry()
    wider = [
        other
        for key, other in registry.units.items()
        if key in reportable and other is not unit and _holds(other, unit)
    ]
    return tuple(
        (left.usage_key, right.usage_key)
        for left, right in combinations(wider, 2)
        if {**left.dimensions, **right.dimensions} == dict(unit.dimensions)
        and not (_holds(left, right) or _holds(right, left))
    )


def leaf_counts(
    slots: tuple[Slot, ...], counts: Mapping[str, Quantity]
) -> list[Quantity]:
    """What of each slot is left once its more specific slots are taken off, so that
    nothing is billed twice. `counts` holds what was reported, by usage key.

    Raises ValueError where parts exceed their whole, and where two counts overlap
    that the price tells apart and nobody reported by how much."""
    leaves: list[Quantity] = []
    for slot in slots:
        key = slot.unit.usage_key
        whole = counts.get(key)
        if whole is None:
            _refuse_overlap(slot, counts)
            whole = 0
        for place in slot.parts:
            if leaves[place]:
                whole = STRICT.subtract(whole, leaves[place])
        if whole < 0:
            raise ValueError(f"The parts of {key} exceed {key} itself.")
        leaves.append(whole)
    return leaves


def _refuse_overlap(slot: Slot, counts: Mapping[str, Quantity]) -> None:
    for left, right in slot.overlaps:
        if counts.get(left) and counts.get(right):
            raise ValueError(
                f"{left} and {right} are both given and this price tells them apart: "
                f"say how many tokens are both ({slot.unit.usage_key})."
            )
