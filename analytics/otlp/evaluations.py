"""What somebody thought of an answer: `gen_ai.evaluation.*`, on a span or in an event
of it. Source: semantic-conventions-genai, docs/gen-ai/gen-ai-events.md. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analytics.otlp.reading import Reader, Unreadable
from analytics.otlp.spans import Span

NAME: Final = "gen_ai.evaluation.name"
SCORE: Final = "gen_ai.evaluation.score.value"
LABEL: Final = "gen_ai.evaluation.score.label"
CONFIDENCE: Final = "confidence"
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`score` as it was sent. `name` is in lower case."""

    name: str
    score: float
    label: str = ""

    @property
    def is_confidence(self) -> bool:
        return self.name == CONFIDENCE and 0 <= self.score <= 1

    @property
    def is_kept(self) -> bool:
        """Feedback holds scores from −1 to 1; of another scale nobody says how long
        it is."""
        return -1 <= self.score <= 1


def evaluations_of(span: Span, reader: Reader) -> list[Evaluation]:
    """Raises Unreadable for a score that is none."""
    return list(_found(span, reader))


def _found(span: Span, reader: Reader) -> Iterator[Evaluation]:
    readers = [Reader(event.attributes) for event in span.events]
    for one in (reader, *readers):
        if SCORE not in one.attributes:
            continue
        name = one.text("feedback name", NAME).lower()[:LONGEST_NAME] or "evaluation"
        score = one.number("feedback score", SCORE)
        label = one.text("feedback label", LABEL)[:LONGEST_NAME]
        if score is None:
            raise Unreadable(f"{SCORE} is empty.")
        yield Evaluation(name, score, label)
