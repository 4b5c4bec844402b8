"""Tasks and complexities as the small numbers that usage rows keep. Pure. A number that
was given once keeps its meaning."""

from __future__ import annotations

from typing import Final, NamedTuple

from recommender.routing.analysis import Complexity
from recommender.routing.classifier import LABELS, OTHER

NUMBERS: Final = {
    OTHER: 0,
    "code_generation": 1,
    "code_explanation": 2,
    "code_review": 3,
    "planning": 4,
    "refactoring": 5,
    "testing": 6,
    "documentation": 7,
}
LEVELS: Final = {Complexity.LOW: 1, Complexity.MEDIUM: 2, Complexity.HIGH: 3}
STEP: Final = 4


class TaskKind(NamedTuple):
    task: str
    complexity: Complexity

    @property
    def label(self) -> str:
        return f"{LABELS[self.task]}, {self.complexity.value} complexity"


def code_of(task: str, complexity: Complexity) -> int:
    """5 for writing code of low complexity; from 1 to 31."""
    return NUMBERS[task] * STEP + LEVELS[complexity]


BY_CODE: Final = {
    code_of(task, level): TaskKind(task, level) for task in NUMBERS for level in LEVELS
}


def kind_of(code: int | None) -> TaskKind | None:
    """None for no code, and for one that nobody gave."""
    return None if code is None else BY_CODE.get(code)
