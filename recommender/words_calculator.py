"""What a calculation says in sentences: break-even and return in words. Pure."""

from __future__ import annotations

import math
from fractions import Fraction

from recommender.break_even import BreakEven, Winner
from recommender.roi import Payback, Roi

SHOWN_SPANS = 6


def break_even_words(result: BreakEven) -> str:
    """The answer in one sentence."""
    first, second = result.first.name, result.second.name
    if result.is_settled:
        winner = result.spans[0].winner
        if winner is Winner.SAME:
            return f"{first} and {second} cost the same at every volume."
        better, worse = _names(result, winner)
        return f"{better} is cheaper at every volume; {worse} never breaks even."
    crossing = result.crossings[0] if result.crossings else None
    if crossing is None:
        return f"Looked at {len(result.spans)} ranges without an answer."
    better, _ = _names(result, crossing.then)
    before, _ = _names(result, result.spans[0].winner)
    if crossing.is_step:
        sentence = (
            f"Up to {math.floor(crossing.volume):,} items a month {before} is cheaper; "
            f"above, one more machine is needed and {better} is."
        )
    else:
        sentence = (
            f"Break-even at {number(crossing.volume)} items a month: below it {before} "
            f"is cheaper, above it {better}."
        )
    return sentence + _more(result)


def span_rows(result: BreakEven) -> list[tuple[str, str]]:
    """Ranges of volume and who is cheaper there, for a small table."""
    rows = []
    for span in result.spans[:SHOWN_SPANS]:
        end = number(span.end) if span.end is not None else "no limit"
        name, _ = _names(result, span.winner)
        rows.append((f"{number(span.start)} to {end}", name))
    return rows


def number(volume: Fraction) -> str:
    """A volume with two decimals where it is not whole: 180392.16."""
    if volume.denominator == 1:
        return f"{volume.numerator:,}"
    return f"{float(volume):,.2f}"


def roi_words(roi: Roi) -> str:
    """The return in one sentence, with the cases that have no number."""
    if roi.net_usd < 0:
        return "Each month costs more than it brings: it never pays back."
    if roi.payback is Payback.NEVER:
        return "A month brings exactly what it costs: the set-up never comes back."
    if roi.net_usd == 0:
        return "A month brings exactly what it costs."
    if roi.payback is Payback.AT_ONCE:
        return "Pays from the first item on: there is no set-up to earn back."
    months = roi.payback_months
    if months is not None and months < 1:
        return "Pays back within the first month."
    return f"Pays back after {months} months."


def _names(result: BreakEven, winner: Winner) -> tuple[str, str]:
    first, second = result.first.name, result.second.name
    if winner is Winner.SAME:
        return "neither (the same)", "neither"
    return (first, second) if winner is Winner.FIRST else (second, first)


def _more(result: BreakEven) -> str:
    count = len(result.crossings)
    if not result.is_complete:
        name, _ = _names(result, result.long_run)
        return (
            f" The cheaper one changes at least {count} times; with every machine "
            f"full {name} is cheaper."
        )
    if count > 1:
        name, _ = _names(result, result.spans[-1].winner)
        return f" It changes {count} times; in the end {name} is cheaper."
    return ""
