"""The scorer of numbers in text. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer, shortened
from analytics.benchmarking.scorers.fields import FieldType, ScorerField, ScorerKind
from analytics.benchmarking.scorers.number_text import numbers_in
from analytics.benchmarking.scoring import Answered, CaseFacts, Score

WHICH: Final = (
    ("last", "The last number"),
    ("first", "The first number"),
    ("any", "Any number"),
)


@dataclass(frozen=True, kw_only=True)
class Number(AnswerScorer):
    """Right where the difference is within the larger of both tolerances."""

    kind: ClassVar[str] = "number"
    tolerance: float = 0.0
    relative_tolerance: float = 0.0
    which: str = "last"

    def lacks(self, case: CaseFacts) -> str:
        if expected_number(case.expected) is None:
            return "The case expects no number."
        return ""

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        expected = expected_number(case.expected) or Decimal(0)
        found = numbers_in(answered.text)
        if not found:
            said = shortened(answered.text)
            return self.told(False, f"No number was found in “{said}”.")
        looked_at = {"last": found[-1:], "first": found[:1]}.get(self.which, found)
        nearest = min(looked_at, key=lambda one: abs(one - expected))
        is_right = abs(nearest - expected) <= self._allowed(expected)
        note = "" if is_right else f"It said {nearest}; expected is {expected}."
        return self.told(is_right, note, found=str(nearest))

    def _allowed(self, expected: Decimal) -> Decimal:
        relative = abs(expected) * Decimal(str(self.relative_tolerance))
        return max(Decimal(str(self.tolerance)), relative)


def expected_number(value: Any) -> Decimal | None:
    """The number that a case expects: a number, or the last one of a text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Decimal(str(value)) if math.isfinite(value) else None
    found = numbers_in(value) if isinstance(value, str) else []
    return found[-1] if found else None


KINDS: Final = (
    ScorerKind(
        kind="number",
        label="Number within tolerance",
        meaning="A number in the answer is near enough to the expected one; “1,234” "
        "and “1 234.0” are the same number.",
        make=Number,
        fields=(
            ScorerField(
                name="tolerance",
                label="Tolerance",
                type=FieldType.NUMBER,
                default=0.0,
                hint="Difference that is still right.",
            ),
            ScorerField(
                name="relative_tolerance",
                label="Relative tolerance",
                type=FieldType.NUMBER,
                default=0.0,
                highest=1,
                hint="The same as a share of the expected number: 0.01 is one percent.",
            ),
            ScorerField(
                name="which",
                label="Which number counts",
                type=FieldType.CHOICE,
                default="last",
                choices=WHICH,
                hint="Models think aloud first, so the last number is the answer.",
            ),
        ),
        examples=(
            {"kind": "number", "tolerance": 0.5},
            {"kind": "number", "relative_tolerance": 0.01},
        ),
    ),
)
