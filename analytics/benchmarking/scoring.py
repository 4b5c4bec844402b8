"""What scorers are given and give back. Pure: a scorer never calls a model itself, it
says what is to be asked and reads the replies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from registry.providers.request import ModelRequest


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """One case as scorers see it. `messages` are {role, content}."""

    key: str
    messages: Sequence[Mapping[str, str]]
    system: str = ""
    expected: Any = None
    rubric: str = ""
    response_schema: Mapping[str, Any] | None = None
    tags: tuple[str, ...] = ()
    has_images: bool = False


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One whole answer and what it took. `cost_usd` None: the price is not known."""

    text: str
    latency_ms: float | None = None
    ttft_ms: float | None = None
    cost_usd: Decimal | None = None
    finish_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one scorer says. `value` is 0 to 1, None where it could not tell (a judge
    that answered nonsense, a price that is not known): then it does not count, and
    `note` says why. `weight` is its share in the score of the answer."""

    kind: str
    value: float | None
    note: str = ""
    weight: float = 1.0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ScorerCall:
    """Something to be asked of a model before a score is known. `selection` is an
    exact model or a feature, as the gateway reads it."""

    selection: str
    request: ModelRequest


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer to a ScorerCall; `error` is why there is none."""

    text: str = ""
    error: str = ""
    cost_usd: Decimal | None = None


class Scorer(Protocol):
    """One way of scoring, read from the JSON of a suite or a case:
    `analytics.benchmarking.scorers.read_scorer({"kind": …, "weight": …, …})`."""

    @property
    def kind(self) -> str: ...

    @property
    def weight(self) -> float: ...

    def lacks(self, case: CaseFacts) -> str:
        """Why this case cannot be scored, as a sentence; nothing where it can."""

    def calls(self, case: CaseFacts, answered: Answered) -> tuple[ScorerCall, ...]:
        """What is to be asked first; nothing for all but judges."""

    def score(
        self, case: CaseFacts, answered: Answered, replies: Sequence[Reply]
    ) -> Score:
        """`replies` in the order of `calls`. May block for a bounded time (a program
        that is run), so call it off the event loop."""


def shown(expected: Any, indent: int | None = 2) -> str:
    """What is expected as people and judges read it: text as it is, else JSON."""
    if isinstance(expected, str):
        return expected
    return json.dumps(expected, ensure_ascii=False, indent=indent, default=str)


def total(scores: Sequence[Score]) -> float | None:
    """The score of an answer: the weighted mean of what could be told; None where
    nothing could."""
    told = [one for one in scores if one.value is not None and one.weight > 0]
    weight = sum(one.weight for one in told)
    if not weight:
        return None
    return sum(one.weight * (one.value or 0.0) for one in told) / weight
