"""A provider's report of what a call used, made into a Usage that can be stored. Pure.

Providers report wrong numbers at times: negative ones, texts, parts larger than their
whole. None of that may break an answer, and none of it may be stored unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from registry.usage import MAX_QUANTITY, PART_NAMES, PARTS, Usage

WHOLES: Final = ("input_tokens", "output_tokens")


def normalised_usage(
    reported: Mapping[str, object],
) -> tuple[Usage | None, tuple[str, ...]]:
    """The usage and a trace line for everything that was wrong with it.

    `reported` holds the provider's counts by the field names of `Usage`, already in
    their meaning (`input_tokens` includes cached ones); None is "not reported". A
    whole that is no count makes the usage None; a part that is none is left out, and
    parts that exceed their whole are cut down to it.
    """
    given = {name: value for name, value in reported.items() if value is not None}
    if not any(name in given for name in WHOLES):
        return None, ()
    counts: dict[str, Any] = {}  # The fields of Usage: numbers here.
    notes: list[str] = []
    for name, value in given.items():
        count = whole_count(value)
        if count is not None:
            counts[name] = count
        elif name in WHOLES:
            return None, (
                f"The reported usage is unreadable: {name} is {_shown(value)}.",
            )
        else:
            notes.append(f"A wrong count was left out: {name} was {_shown(value)}.")
    notes += [
        f"The provider reported no {name}." for name in WHOLES if name not in given
    ]
    notes += _cut_parts(counts)
    return Usage(**counts), tuple(notes)


def whole_count(value: object) -> int | None:
    """`value` as a count of tokens, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # The range comes first: it also turns away nan and infinity.
    if not 0 <= value <= MAX_QUANTITY or value != int(value):
        return None
    return int(value)


def sum_of_counts(*values: object) -> object:
    """The sum of what was reported, for a whole that the provider splits up: None
    where nothing was, and the first wrong value where one is wrong."""
    given = [value for value in values if value is not None]
    counts = [whole_count(value) for value in given]
    for value, count in zip(given, counts, strict=True):
        if count is None:
            return value
    return sum(count or 0 for count in counts) if given else None


def _cut_parts(counts: dict[str, Any]) -> list[str]:
    """Cut parts down to their whole, in place; a line for each that was cut."""
    notes: list[str] = []
    if PART_NAMES.isdisjoint(counts):
        return notes
    for whole, groups in PARTS.items():
        for group in groups:
            room = counts.get(whole, 0)
            for part in group:
                if counts.get(part, 0) > room:
                    notes.append(
                        f"{part} was cut from {counts[part]} to {room}: "
                        f"it cannot exceed {whole}."
                    )
                    counts[part] = room
                room -= counts.get(part, 0)
    return notes


def _shown(value: object) -> str:
    return repr(value)[:40]
