"""The scorer of likeness to the expected text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer, expected_texts
from analytics.benchmarking.scorers.fields import FieldType, ScorerField, ScorerKind
from analytics.benchmarking.scorers.overlap import chrf, rouge_l
from analytics.benchmarking.scorers.texts import NO_EXPECTATION, plain
from analytics.benchmarking.scoring import Answered, CaseFacts, Score

METHODS: Final = (
    ("chrf", "chrF: groups of characters, for any language"),
    ("rouge_l", "ROUGE-L: words in the same order"),
    ("characters", "Characters in the same order"),
)
WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Similarity(AnswerScorer):
    """Of several expected texts the nearest counts."""

    kind: ClassVar[str] = "similarity"
    method: str = "chrf"
    threshold: float | None = None

    def lacks(self, case: CaseFacts) -> str:
        return "" if expected_texts(case) else NO_EXPECTATION

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        said = _plain(answered.text)
        likeness = max(
            self._likeness(said, _plain(one)) for one in expected_texts(case)
        )
        note = f"Likeness {likeness:.2f} ({self.method})."
        value = likeness if self.threshold is None else likeness >= self.threshold
        return self.told(value, note, likeness=round(likeness, 6))

    def _likeness(self, said: str, expected: str) -> float:
        if self.method == "rouge_l":
            return rouge_l(WORD.findall(said), WORD.findall(expected))
        if self.method == "characters":
            return rouge_l(said, expected)
        return chrf(said, expected)


def _plain(text: str) -> str:
    return plain(text[:200_000], is_case_ignored=True, is_space_ignored=True)


KINDS: Final = (
    ScorerKind(
        kind="similarity",
        label="Similarity",
        meaning="How alike the answer and the expected text are, letter for letter or "
        "word for word; not whether they mean the same.",
        make=Similarity,
        fields=(
            ScorerField(
                name="method",
                label="Method",
                type=FieldType.CHOICE,
                default="chrf",
                choices=METHODS,
            ),
            ScorerField(
                name="threshold",
                label="Threshold",
                type=FieldType.NUMBER,
                highest=1,
                hint="From this likeness on (0 to 1) the answer is right. Empty: the "
                "likeness itself is the score.",
            ),
        ),
        examples=({"kind": "similarity", "method": "rouge_l", "threshold": 0.6},),
    ),
)
