"""The scorer that asks other models. Pure: it says what to ask and reads what they
reply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import fmean
from typing import Any, ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import WeighedScorer, shortened
from analytics.benchmarking.scorers.fields import FieldType, ScorerField, ScorerKind
from analytics.benchmarking.scorers.judge_prompts import (
    PAIR_SYSTEM,
    RUBRIC_SYSTEM,
    as_text,
    pair_prompt,
    rubric_prompt,
)
from analytics.benchmarking.scorers.judge_replies import (
    Verdict,
    pair_verdict,
    rubric_verdict,
)
from analytics.benchmarking.scoring import (
    Answered,
    CaseFacts,
    Reply,
    Score,
    ScorerCall,
)
from registry.providers.request import ModelRequest

RUBRIC, PAIRWISE = "rubric", "pairwise"
NOT_ASKED: Final = Reply(error="It was not asked.")
WORTH: Final = {"first": 1.0, "tie": 0.5, "second": 0.0}
"""Of the answer that came first."""


@dataclass(frozen=True, kw_only=True)
class Judge(WeighedScorer):
    """With a rubric each judge gives 0 to 10; in pairs it compares with the expected
    answer twice, in both orders, and both count half. Several judges count alike."""

    kind: ClassVar[str] = "judge"
    models: tuple[str, ...]
    mode: str = RUBRIC
    rubric: str = ""
    temperature: float | None = None
    max_tokens: int = 1000

    def lacks(self, case: CaseFacts) -> str:
        has_expected = case.expected not in (None, "", [], {})
        if self.mode == PAIRWISE:
            return "" if has_expected else "The case says no answer to compare with."
        if has_expected or self._rubric(case):
            return ""
        return "The case has neither a rubric nor an expected answer."

    def calls(self, case: CaseFacts, answered: Answered) -> tuple[ScorerCall, ...]:
        """None for an empty answer: it needs no judge."""
        if self.lacks(case) or not answered.text.strip():
            return ()
        return tuple(
            ScorerCall(selection=model, request=self._request(prompt))
            for model in self.models
            for prompt in self._prompts(case, answered.text)
        )

    def score(
        self, case: CaseFacts, answered: Answered, replies: Sequence[Reply]
    ) -> Score:
        if lack := self.lacks(case):
            return self.told(None, lack)
        if not answered.text.strip():
            return self.told(False, "The answer is empty.")
        judges = list(self._judged(replies))
        values = [one["value"] for one in judges if one["value"] is not None]
        notes = [f"{one['model']}: {one['note']}" for one in judges if one["note"]]
        return self.told(
            fmean(values) if values else None,
            " ".join(notes),
            mode=self.mode,
            judges=judges,
        )

    def _rubric(self, case: CaseFacts) -> str:
        return (case.rubric or self.rubric).strip()

    def _prompts(self, case: CaseFacts, answer: str) -> tuple[str, ...]:
        rubric = self._rubric(case)
        if self.mode == RUBRIC:
            return (rubric_prompt(case, rubric, answer),)
        expected = as_text(case)
        return (
            pair_prompt(case, rubric, answer, expected),
            pair_prompt(case, rubric, expected, answer),
        )

    def _request(self, prompt: str) -> ModelRequest:
        return ModelRequest(
            system=RUBRIC_SYSTEM if self.mode == RUBRIC else PAIR_SYSTEM,
            prompt=prompt,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
        )

    def _judged(self, replies: Sequence[Reply]) -> Iterator[dict[str, Any]]:
        """What each judge said, as it is kept in the details."""
        each = 1 if self.mode == RUBRIC else 2
        parts = [replies[at : at + each] for at in range(0, len(replies), each)]
        judged = rubric_judged if self.mode == RUBRIC else pair_judged
        for model, part in zip_longest(self.models, parts[: len(self.models)]):
            yield {"model": model, **judged([*(part or ()), NOT_ASKED, NOT_ASKED])}


def rubric_judged(replies: Sequence[Reply]) -> dict[str, Any]:
    reply = replies[0]
    verdict = None if reply.error else rubric_verdict(reply.text)
    if verdict is None:
        return {"value": None, "reason": "", "note": _unread(reply)}
    reason = verdict.reason
    return {"value": verdict.value, "reason": reason, "note": reason}


def pair_judged(replies: Sequence[Reply]) -> dict[str, Any]:
    """The answer comes first in the first reply and second in the other. Without both
    nothing is told: one order alone may be the position's doing."""
    verdicts: list[Verdict] = []
    for reply in replies[:2]:
        verdict = None if reply.error else pair_verdict(reply.text)
        if verdict is None:
            return {"value": None, "reason": "", "note": _unread(reply)}
        verdicts.append(verdict)
    values = [WORTH[verdicts[0].better], 1 - WORTH[verdicts[1].better]]
    is_biased = values[0] != values[1]
    reason = verdicts[0].reason
    note = "It judged differently in the other order (position bias)."
    return {
        "value": fmean(values),
        "orders": values,
        "position_bias": is_biased,
        "reason": reason,
        "note": f"{note} {reason}".strip() if is_biased else reason,
    }


def _unread(reply: Reply) -> str:
    if reply.error:
        return f"No verdict: {shortened(reply.error)}"
    return f"No verdict could be read in “{shortened(reply.text)}”."


KINDS: Final = (
    ScorerKind(
        kind="judge",
        label="Judge",
        meaning="Other models judge the answer by a rubric, or compare it with the "
        "expected answer in both orders. They are not told who wrote it.",
        make=Judge,
        fields=(
            ScorerField(
                name="models",
                label="Judges",
                type=FieldType.TEXTS,
                is_required=True,
                hint="Models or features, one a line; several show how far they agree. "
                "A model that is judged too favours itself.",
            ),
            ScorerField(
                name="mode",
                label="How they judge",
                type=FieldType.CHOICE,
                default=RUBRIC,
                choices=(
                    (RUBRIC, "By a rubric, 0 to 10"),
                    (PAIRWISE, "Against the expected answer, in both orders"),
                ),
                hint="Both orders are two calls for each answer.",
            ),
            ScorerField(
                name="rubric",
                label="Rubric",
                type=FieldType.LONG_TEXT,
                default="",
                hint="What a good answer does; a case's own rubric comes first.",
            ),
            ScorerField(
                name="temperature",
                label="Temperature",
                type=FieldType.NUMBER,
                highest=2,
                hint="Empty: the provider's default.",
            ),
            ScorerField(
                name="max_tokens",
                label="Most tokens of a verdict",
                type=FieldType.WHOLE,
                default=1000,
                lowest=16,
                highest=32_000,
                hint="A judge that reasons needs more.",
            ),
        ),
        examples=(
            {
                "kind": "judge",
                "models": ["openai/gpt-5-mini"],
                "rubric": "Polite, names the refund period, at most three sentences.",
            },
            {"kind": "judge", "models": ["feature:judge"], "mode": "pairwise"},
        ),
    ),
)
