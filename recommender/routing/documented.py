"""How likely a model is to succeed at a task, from its documented ratings alone: what
an automatic choice believes before anything was measured. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from recommender.routing.analysis import Complexity
from registry.profiles.strengths import SCALES

STRENGTH_OF: Final = {
    "code_generation": "coding",
    "code_explanation": "coding",
    "code_review": "coding",
    "refactoring": "coding",
    "testing": "coding",
    "planning": "reasoning",
    "documentation": "writing",
}
"""The strength that a task of the classifier asks for; all else asks for reasoning."""
DEFAULT_STRENGTH: Final = "reasoning"
VISION: Final = "vision"
DIFFICULTY: Final = {
    Complexity.LOW: 1000.0,
    Complexity.MEDIUM: 1200.0,
    Complexity.HIGH: 1350.0,
}
"""The rating at which a model succeeds in half of such tasks. An assumption, set so
that the middle of the catalogue (1365) is good enough (70 %) for medium work."""


def strength_for(task: str, *, has_images: bool = False) -> str:
    return VISION if has_images else STRENGTH_OF.get(task, DEFAULT_STRENGTH)


def documented_success(
    strengths: Mapping[str, float], strength: str, complexity: Complexity
) -> float | None:
    """1 / (1 + 10^((d − r) / 400)): the chance that a model rated r wins against a task
    of difficulty d, by the Elo formula of its rating. Where the strength is not rated,
    reasoning stands for it; None where neither is."""
    name = strength if strength in strengths else DEFAULT_STRENGTH
    if name not in strengths:
        return None
    # Some kinds of work are rated lower as a whole: all are read on reasoning's scale.
    scale = SCALES[DEFAULT_STRENGTH]
    rating = scale.lowest + strengths[name] * (scale.highest - scale.lowest)
    return float(1.0 / (1.0 + 10.0 ** ((DIFFICULTY[complexity] - rating) / 400.0)))
