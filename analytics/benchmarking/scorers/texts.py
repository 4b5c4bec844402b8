"""Scorers that compare the answer as text. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import (
    AnswerScorer,
    expected_texts,
    shortened,
)
from analytics.benchmarking.scorers.fields import (
    FieldType,
    ScorerError,
    ScorerField,
    ScorerKind,
)
from analytics.benchmarking.scoring import Answered, CaseFacts, Score
from registry.structured.checked import InvalidStructureError
from registry.structured.patterns import Pattern

NO_EXPECTATION: Final = "The case says no expected answer."
EMPTY: Final = "The answer is empty."


def plain(text: str, *, is_case_ignored: bool, is_space_ignored: bool) -> str:
    """`text` as it is compared. Signs that look alike and are coded apart (é as one
    character or two) are made one."""
    text = unicodedata.normalize("NFC", text)
    if is_case_ignored:
        text = unicodedata.normalize("NFC", text.casefold())
    return " ".join(text.split()) if is_space_ignored else text


IGNORE_CASE: Final = ScorerField(
    name="ignore_case", label="Ignore case", type=FieldType.TRUTH, default=True
)
IGNORE_SPACE: Final = ScorerField(
    name="ignore_space",
    label="Ignore white space",
    type=FieldType.TRUTH,
    default=True,
    hint="At both ends, and runs of it inside count as one space.",
)


@dataclass(frozen=True, kw_only=True)
class Exact(AnswerScorer):
    kind: ClassVar[str] = "exact"
    ignore_case: bool = True
    ignore_space: bool = True

    def lacks(self, case: CaseFacts) -> str:
        return "" if expected_texts(case) else NO_EXPECTATION

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        said = self._plain(answered.text)
        if said in {self._plain(one) for one in expected_texts(case)}:
            return self.told(True)
        return self.told(False, _said(answered.text))

    def _plain(self, text: str) -> str:
        return plain(
            text,
            is_case_ignored=self.ignore_case,
            is_space_ignored=self.ignore_space,
        )


@dataclass(frozen=True, kw_only=True)
class Contains(AnswerScorer):
    """With nothing set, the answer must contain what the case expects."""

    kind: ClassVar[str] = "contains"
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    ignore_case: bool = True

    def lacks(self, case: CaseFacts) -> str:
        if self._is_set or expected_texts(case):
            return ""
        return NO_EXPECTATION

    @property
    def _is_set(self) -> bool:
        return bool(self.any_of or self.all_of or self.none_of)

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        said = self._plain(answered.text)
        all_of = self.all_of if self._is_set else expected_texts(case)
        missing = [one for one in all_of if self._plain(one) not in said]
        unwanted = [one for one in self.none_of if self._plain(one) in said]
        if missing:
            return self.told(False, f"Not found: {_quoted(missing)}.")
        if unwanted:
            return self.told(False, f"Found, and should not be: {_quoted(unwanted)}.")
        if self.any_of and not any(self._plain(one) in said for one in self.any_of):
            return self.told(False, f"None was found of {_quoted(self.any_of)}.")
        return self.told(True)

    def _plain(self, text: str) -> str:
        return plain(text, is_case_ignored=self.ignore_case, is_space_ignored=True)


@dataclass(frozen=True, kw_only=True)
class Regex(AnswerScorer):
    """The engine takes time in proportion to the text only, whatever the pattern."""

    kind: ClassVar[str] = "regex"
    pattern: str = ""
    ignore_case: bool = False

    def __post_init__(self) -> None:
        if self.pattern:
            _engine(self.pattern, self.ignore_case)

    def lacks(self, case: CaseFacts) -> str:
        if self.pattern:
            return ""
        if not isinstance(case.expected, str) or not case.expected:
            return "Neither the scorer nor the case says a pattern."
        try:
            _engine(case.expected, self.ignore_case)
        except ScorerError as error:
            return str(error)
        return ""

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        engine = _engine(self.pattern or case.expected, self.ignore_case)
        if engine.is_in(answered.text):
            return self.told(True)
        return self.told(False, "The pattern was not found. " + _said(answered.text))


def _engine(pattern: str, ignore_case: bool) -> Pattern:
    try:
        return Pattern(f"(?i:{pattern})" if ignore_case else pattern)
    except InvalidStructureError as error:
        raise ScorerError(str(error)) from error


def _said(text: str) -> str:
    return f"It said “{shortened(text)}”." if text.strip() else EMPTY


def _quoted(texts: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"“{shortened(one, 40)}”" for one in texts)


def _list_field(name: str, label: str) -> ScorerField:
    return ScorerField(
        name=name, label=label, type=FieldType.TEXTS, default=(), hint="One a line."
    )


KINDS: Final = (
    ScorerKind(
        kind="exact",
        label="Exact",
        meaning="The answer is what the case expects, or one of what it expects.",
        make=Exact,
        fields=(IGNORE_CASE, IGNORE_SPACE),
        examples=({"kind": "exact"}, {"kind": "exact", "ignore_case": False}),
    ),
    ScorerKind(
        kind="contains",
        label="Contains",
        meaning="The answer contains all, some or none of given texts; with none "
        "given, what the case expects.",
        make=Contains,
        fields=(
            _list_field("all_of", "All of"),
            _list_field("any_of", "At least one of"),
            _list_field("none_of", "None of"),
            IGNORE_CASE,
        ),
        examples=(
            {"kind": "contains", "any_of": ["Paris", "Lutetia"]},
            {"kind": "contains", "none_of": ["As an AI"]},
        ),
    ),
    ScorerKind(
        kind="regex",
        label="Regular expression",
        meaning="The pattern is found somewhere in the answer.",
        make=Regex,
        fields=(
            ScorerField(
                name="pattern",
                label="Pattern",
                type=FieldType.TEXT,
                default="",
                hint="Empty: the case's expected answer is the pattern. No look-around "
                "and no back-references, so that every search ends.",
            ),
            ScorerField(
                name="ignore_case",
                label="Ignore case",
                type=FieldType.TRUTH,
                default=False,
            ),
        ),
        examples=({"kind": "regex", "pattern": r"^\d{4}-\d{2}-\d{2}$"},),
    ),
)
