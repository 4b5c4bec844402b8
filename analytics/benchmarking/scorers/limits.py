"""Scorers of what an answer took and how it ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer
from analytics.benchmarking.scorers.fields import FieldType, ScorerField, ScorerKind
from analytics.benchmarking.scoring import Answered, CaseFacts, Score
from registry.providers.response import FinishReason


@dataclass(frozen=True, kw_only=True)
class Latency(AnswerScorer):
    kind: ClassVar[str] = "latency"
    max_ms: float

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        taken = answered.latency_ms
        if taken is None:
            return self.told(None, "The time it took was not measured.")
        note = f"It took {taken:,.0f} ms of {self.max_ms:,.0f} ms."
        return self.told(taken <= self.max_ms, note)


@dataclass(frozen=True, kw_only=True)
class TimeToFirstToken(AnswerScorer):
    kind: ClassVar[str] = "ttft"
    max_ms: float

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        taken = answered.ttft_ms
        if taken is None:
            return self.told(None, "The time to the first token was not measured.")
        note = f"The first token took {taken:,.0f} ms of {self.max_ms:,.0f} ms."
        return self.told(taken <= self.max_ms, note)


@dataclass(frozen=True, kw_only=True)
class Cost(AnswerScorer):
    kind: ClassVar[str] = "cost"
    max_usd: Decimal

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        cost = answered.cost_usd
        if cost is None:
            return self.told(None, "The price of this model is not known.")
        note = f"It cost ${cost.normalize():f} of ${self.max_usd.normalize():f}."
        return self.told(cost <= self.max_usd, note)


NOTES: Final = {
    FinishReason.STOP: "",
    FinishReason.TOOL_CALLS: "",
    FinishReason.LENGTH: "The answer was cut off at the limit of tokens.",
    FinishReason.CONTENT_FILTER: "A content filter ended the answer.",
}


@dataclass(frozen=True, kw_only=True)
class Finish(AnswerScorer):
    kind: ClassVar[str] = "finish"

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        reason = answered.finish_reason
        if not reason:
            return self.told(None, "The provider did not say why the answer ended.")
        if reason not in NOTES:
            return self.told(None, f"The answer ended for another reason: {reason}.")
        note = NOTES[FinishReason(reason)]
        return self.told(not note, note)


def _limit(name: str, label: str, kind: FieldType) -> ScorerField:
    return ScorerField(name=name, label=label, type=kind, is_required=True)


KINDS: Final = (
    ScorerKind(
        kind="latency",
        label="Latency limit",
        meaning="The whole answer came within a time.",
        make=Latency,
        fields=(_limit("max_ms", "Most milliseconds", FieldType.NUMBER),),
        examples=({"kind": "latency", "max_ms": 2000},),
    ),
    ScorerKind(
        kind="ttft",
        label="Time to first token limit",
        meaning="The first token came within a time.",
        make=TimeToFirstToken,
        fields=(_limit("max_ms", "Most milliseconds", FieldType.NUMBER),),
        examples=({"kind": "ttft", "max_ms": 500},),
    ),
    ScorerKind(
        kind="cost",
        label="Cost limit",
        meaning="The answer cost no more than an amount; where the price is not known, "
        "it does not count.",
        make=Cost,
        fields=(_limit("max_usd", "Most USD", FieldType.MONEY),),
        examples=({"kind": "cost", "max_usd": "0.002"},),
    ),
    ScorerKind(
        kind="finish",
        label="Finished",
        meaning="The answer ended by itself: neither cut off at the limit of tokens "
        "nor ended by a content filter.",
        make=Finish,
        examples=({"kind": "finish"},),
    ),
)
