"""How strong a model is at a kind of work, 0 to 1, from its stored ratings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Scale:
    """A strength is 0 at the score `lowest` of the rating `category`, 1 at `highest`,
    and in proportion between."""

    category: str
    lowest: float
    highest: float


# About the weakest and the strongest of the models that Arena rated on 2026-10-20.
SCALES: Final[dict[str, Scale]] = {
    "reasoning": Scale("hard_prompts", 1100, 1550),
    "coding": Scale("coding", 1100, 1550),
    "writing": Scale("writing", 1100, 1520),
    "research": Scale("expert", 1100, 1550),
    "math": Scale("math", 1100, 1530),
    "vision": Scale("vision", 1000, 1310),
}
SUFFIX: Final = "_strength"


def strengths_of(scores: Mapping[str, float | None]) -> dict[str, float]:
    """The strengths that `scores` (by rating category) speak of, to two places. A score
    that is no number, as an edited row may hold, speaks of none."""
    found = {}
    for name, scale in SCALES.items():
        score = scores.get(scale.category)
        if isinstance(score, int | float):
            share = (score - scale.lowest) / (scale.highest - scale.lowest)
            found[name] = round(min(1.0, max(0.0, share)), 2)
    return found


def rated_strengths(ratings: Any) -> dict[str, float]:
    """The same from the ratings of a model as they are stored (`AIModel.ratings`)."""
    said = ratings if isinstance(ratings, Mapping) else {}
    rows = {category: one for category, one in said.items() if isinstance(one, Mapping)}
    return strengths_of({category: one.get("score") for category, one in rows.items()})
