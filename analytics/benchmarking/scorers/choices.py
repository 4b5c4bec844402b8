"""The scorer of multiple choice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer, shortened
from analytics.benchmarking.scorers.choice_text import chosen_letter
from analytics.benchmarking.scorers.fields import (
    FieldType,
    ScorerError,
    ScorerField,
    ScorerKind,
)
from analytics.benchmarking.scoring import Answered, CaseFacts, Score

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(AnswerScorer):
    kind: ClassVar[str] = "multiple_choice"
    letters: str = "ABCD"
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        letters = self.letters.upper()
        if len(letters) < 2 or len(set(letters)) != len(letters):
            raise ScorerError("“Letters” are two or more, each once, such as ABCD.")
        if not set(letters) <= set(ALPHABET):
            raise ScorerError("“Letters” are letters from A to Z, such as ABCD.")
        if self.options and len(self.options) > len(letters):
            raise ScorerError("There are more options than letters.")

    def lacks(self, case: CaseFacts) -> str:
        if self._expected(case):
            return ""
        return f"The case expects none of the letters {self.letters.upper()}."

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        expected = self._expected(case)
        letter = chosen_letter(answered.text, self.letters.upper(), self.options)
        if not letter:
            said = shortened(answered.text)
            return self.told(False, f"No clear choice in “{said}”.")
        is_right = letter == expected
        note = "" if is_right else f"It chose {letter}; expected is {expected}."
        return self.told(is_right, note, chosen=letter)

    def _expected(self, case: CaseFacts) -> str:
        if not isinstance(case.expected, str):
            return ""
        letters = self.letters.upper()
        return chosen_letter(case.expected, letters, self.options)


KINDS: Final = (
    ScorerKind(
        kind="multiple_choice",
        label="Multiple choice",
        meaning="The letter that the answer chooses is the expected one; “The answer "
        "is (B)” chooses B.",
        make=MultipleChoice,
        fields=(
            ScorerField(
                name="letters",
                label="Letters",
                type=FieldType.TEXT,
                default="ABCD",
                hint="All that may be chosen.",
            ),
            ScorerField(
                name="options",
                label="Texts of the options",
                type=FieldType.TEXTS,
                default=(),
                hint="One a line, in the order of the letters: an answer that says the "
                "text and no letter counts too.",
            ),
        ),
        examples=(
            {"kind": "multiple_choice"},
            {
                "kind": "multiple_choice",
                "letters": "AB",
                "options": ["True", "False"],
            },
        ),
    ),
)
