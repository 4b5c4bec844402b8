"""Figures of experiments as people read them. Pure."""

from __future__ import annotations

from typing import Final

from recommender.experimenting.always_valid import Difference

MINUS: Final = "−"


def points(found: Difference | None) -> str:
    """−0.06 ± 0.38; a dash where nothing is known."""
    if found is None:
        return "–"
    return f"{signed(100 * found.value)} ± {100 * found.half:.2f}"


def signed(value: float) -> str:
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", MINUS)
