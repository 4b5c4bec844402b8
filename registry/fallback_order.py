"""Steps on an ordered list of fallbacks that is not saved yet. Pure: each returns a new
list, and a step that makes no sense returns the same order."""

from collections.abc import Sequence


def moved(order: Sequence[int], entry: int, by: int) -> list[int]:
    """`entry` one place up (`by=-1`) or down (`by=1`); the ends do not wrap."""
    result = list(order)
    if entry not in result:
        return result
    place = result.index(entry)
    other = place + by
    if 0 <= other < len(result):
        result[place], result[other] = result[other], result[place]
    return result


def added(order: Sequence[int], entry: int, chosen: int | None) -> list[int]:
    """`entry` at the end, unless it is there already or is the `chosen` model."""
    if entry in order or entry == chosen:
        return list(order)
    return [*order, entry]


def without(order: Sequence[int], entry: int) -> list[int]:
    return [one for one in order if one != entry]
