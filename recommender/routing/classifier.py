"""What kind of task a prompt is and how complex, offline: a logistic model whose
weights stand in a JSON file. Reads that file once; imports no trainer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from recommender.routing.terms import terms_of
from recommender.routing.text import TextFacts, text_facts

DATA: Final = Path(__file__).parent / "data"
WEIGHTS: Final = DATA / "classifier.json"
TASKS: Final = (
    "code_generation",
    "code_explanation",
    "code_review",
    "planning",
    "refactoring",
    "testing",
    "documentation",
)
OTHER: Final = "other"
"""None of the seven: a question of general knowledge, a photo, a letter."""
LABELS: Final = {
    "code_generation": "Writing code",
    "code_explanation": "Explaining code",
    "code_review": "Reviewing code",
    "planning": "Planning",
    "refactoring": "Refactoring",
    "testing": "Testing",
    "documentation": "Documentation",
    OTHER: "Something else",
}


@dataclass(frozen=True)
class LinearModel:
    """One logistic model with several classes. `weights` are per term in the order of
    `classes`; a term that is not there weighs nothing."""

    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> LinearModel:
        return cls(tuple(said["classes"]), tuple(said["intercepts"]), said["weights"])

    def chances(self, terms: Sequence[str]) -> dict[str, float]:
        """Of every class; they add up to 1 (softmax)."""
        known = [self.weights[one] for one in terms if one in self.weights]
        sums = [
            math.fsum(column) for column in zip(self.intercepts, *known, strict=True)
        ]
        highest = max(sums)
        powers = [math.exp(one - highest) for one in sums]
        whole = math.fsum(powers)
        return {
            name: power / whole
            for name, power in zip(self.classes, powers, strict=True)
        }


@dataclass(frozen=True)
class Classification:
    """`task` is one of TASKS, or OTHER; chances are 0 to 1 and as sure as the model
    is, which is less than it says on texts that are like nothing it has seen."""

    task: str
    task_chance: float
    complexity: str
    complexity_chance: float

    @property
    def line(self) -> str:
        return (
            f"Task: {LABELS[self.task].lower()} ({self.task_chance:.0%} sure), "
            f"{self.complexity} complexity ({self.complexity_chance:.0%} sure)."
        )


@dataclass(frozen=True)
class Classifier:
    task: LinearModel
    complexity: LinearModel

    def classify(self, prompt: str, text: TextFacts | None = None) -> Classification:
        """`text`, where it was counted before, saves counting it again."""
        terms = terms_of(prompt, text or text_facts(prompt))
        task, task_chance = _likeliest(self.task.chances(terms))
        level, level_chance = _likeliest(self.complexity.chances(terms))
        return Classification(task, task_chance, level, level_chance)


@cache
def shipped_classifier() -> Classifier:
    """The one whose weights come along."""
    said = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Classifier(
        LinearModel.from_json(said["task"]), LinearModel.from_json(said["complexity"])
    )


def classify(prompt: str, text: TextFacts | None = None) -> Classification:
    return shipped_classifier().classify(prompt, text)


def _likeliest(chances: Mapping[str, float]) -> tuple[str, float]:
    return max(chances.items(), key=lambda one: one[1])
