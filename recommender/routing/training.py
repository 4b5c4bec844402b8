"""Trains the classifier on the prompts of the repository and tells how good it is on
prompts that it has not seen. scikit-learn is imported when it is
used: a request does not pay for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recommender.routing.classifier import DATA, Classifier, LinearModel
from recommender.routing.terms import terms_of
from recommender.routing.text import text_facts

PROMPTS: Final = DATA / "prompts.jsonl"
HELD_OUT: Final = DATA / "held_out.jsonl"
"""Written after the terms were settled, and never trained on."""
TASK_STRENGTH: Final = 1.0
COMPLEXITY_STRENGTH: Final = 0.1
"""The inverse of the penalty on large weights (`C` of scikit-learn), by cross-checking
the training prompts."""
FEWEST_PROMPTS: Final = 2
"""A term of one prompt alone says nothing of others, and most terms are such."""
LEAST_WEIGHT: Final = 0.02
DIGITS: Final = 2


@dataclass(frozen=True)
class Labelled:
    """A prompt with what a person says of it. `is_hard`: no word gives it away."""

    prompt: str
    task: str
    complexity: str
    is_hard: bool = False


@dataclass(frozen=True)
class Report:
    """Counts on prompts that were not trained on. `confusion` counts by true task,
    then by the task that was answered."""

    count: int
    right: int
    hard_count: int
    hard_right: int
    complexity_right: int
    confusion: Mapping[str, Mapping[str, int]]

    @property
    def accuracy(self) -> float:
        return self.right / self.count

    @property
    def ordinary_accuracy(self) -> float:
        return (self.right - self.hard_right) / (self.count - self.hard_count)

    @property
    def hard_accuracy(self) -> float:
        return self.hard_right / self.hard_count

    @property
    def complexity_accuracy(self) -> float:
        return self.complexity_right / self.count

    @property
    def document(self) -> dict[str, Any]:
        return {
            "prompts": self.count,
            "accuracy": round(self.accuracy, 3),
            "ordinary_accuracy": round(self.ordinary_accuracy, 3),
            "hard_prompts": self.hard_count,
            "hard_accuracy": round(self.hard_accuracy, 3),
            "complexity_accuracy": round(self.complexity_accuracy, 3),
            "confusion": self.confusion,
        }


def read_labelled(path: Path) -> list[Labelled]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Labelled(**json.loads(line)) for line in lines]


def train(prompts: Sequence[Labelled]) -> dict[str, Any]:
    """The weights, as they are written to the file. The same every time."""
    terms = [terms_of(one.prompt, text_facts(one.prompt)) for one in prompts]
    return {
        "task": _fitted(terms, [one.task for one in prompts], TASK_STRENGTH),
        "complexity": _fitted(
            terms, [one.complexity for one in prompts], COMPLEXITY_STRENGTH
        ),
    }


def classifier_of(weights: Mapping[str, Any]) -> Classifier:
    return Classifier(
        LinearModel.from_json(weights["task"]),
        LinearModel.from_json(weights["complexity"]),
    )


def report_on(classifier: Classifier, prompts: Sequence[Labelled]) -> Report:
    found = [(one, classifier.classify(one.prompt)) for one in prompts]
    right = [(one, said) for one, said in found if one.task == said.task]
    tasks = sorted({one.task for one in prompts})
    confusion = {
        task: dict(
            sorted(
                Counter(said.task for one, said in found if one.task == task).items()
            )
        )
        for task in tasks
    }
    return Report(
        count=len(found),
        right=len(right),
        hard_count=sum(one.is_hard for one, _ in found),
        hard_right=sum(one.is_hard for one, _ in right),
        complexity_right=sum(one.complexity == said.complexity for one, said in found),
        confusion=confusion,
    )


def write_weights(weights: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(weights, ensure_ascii=False, separators=(",", ":"))
    # A line for each term, so that a change can be read.
    path.write_text(text.replace("],", "],\n") + "\n", encoding="utf-8")


def _fitted(
    terms: Sequence[Sequence[str]], labels: Sequence[str], strength: float
) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts = Counter(term for one in terms for term in one)
    kept = [[term for term in one if counts[term] >= FEWEST_PROMPTS] for one in terms]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([dict.fromkeys(one, 1.0) for one in kept])
    model = LogisticRegression(C=strength, max_iter=2_000, class_weight="balanced")
    model.fit(matrix, list(labels))
    weights = {
        str(name): [round(float(one), DIGITS) for one in column]
        for name, column in zip(
            vectorizer.get_feature_names_out(), model.coef_.T, strict=True
        )
        if max(map(abs, column)) >= LEAST_WEIGHT
    }
    return {
        "classes": [str(one) for one in model.classes_],
        "intercepts": [round(float(one), DIGITS) for one in model.intercept_],
        "weights": weights,
    }
