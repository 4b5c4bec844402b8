"""What scorers have in common, and those that look at the answer alone. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from analytics.benchmarking.scoring import (
    Answered,
    CaseFacts,
    Reply,
    Score,
    ScorerCall,
)


@dataclass(frozen=True, kw_only=True)
class WeighedScorer:
    """Says what a case lacks, and tells a score in its own name."""

    kind: ClassVar[str] = ""
    weight: float = 1.0

    def lacks(self, case: CaseFacts) -> str:
        """Why this case cannot be scored, as a sentence; nothing where it can."""
        return ""

    def told(self, value: float | bool | None, note: str = "", **details: Any) -> Score:
        return Score(
            kind=self.kind,
            value=None if value is None else float(value),
            note=note,
            weight=self.weight,
            details=details,
        )


@dataclass(frozen=True, kw_only=True)
class AnswerScorer(WeighedScorer, ABC):
    """Asks nobody. Those who inherit say what a case lacks and score the answer."""

    @abstractmethod
    def of(self, case: CaseFacts, answered: Answered) -> Score:
        """The score of a case that lacks nothing."""

    def calls(self, case: CaseFacts, answered: Answered) -> tuple[ScorerCall, ...]:
        return ()

    def score(
        self, case: CaseFacts, answered: Answered, replies: Sequence[Reply]
    ) -> Score:
        lack = self.lacks(case)
        return self.told(None, lack) if lack else self.of(case, answered)


def expected_texts(case: CaseFacts) -> tuple[str, ...]:
    """What the case expects as texts: one, or several of which each is right. Numbers
    and truths are written as in JSON; objects are no text."""
    value = case.expected
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(text for one in values if (text := _as_text(one)))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    return ""


def shortened(text: str, most: int = 120) -> str:
    """`text` on one line, for a note."""
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else line[: most - 1] + "…"
