"""A request told from its attempts: how it ended, when what happened, what it cost.
Pure: knows rows by their attributes only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.models import UsageRecord
from analytics.usage_row import Outcome, Source
from registry.cost import ZERO, CostState

OUTCOMES: Final = {
    Outcome.OK: ("Answered", "success"),
    Outcome.ERROR: ("Failed", "danger"),
    Outcome.TRUNCATED: ("Cut", "danger"),
    Outcome.CANCELLED: ("Client left", "warning"),
    Outcome.LOST_RACE: ("Lost the race", ""),
}
"""How one attempt ended, and the tone of it."""
KINDS: Final = {
    "network": "No answer from the provider",
    "rate_limit": "Rate limit of the provider",
    "authentication": "The key was not accepted",
    "unavailable": "The provider could not serve it",
    "invalid_request": "The request was refused",
    "context_length": "Too long for the model's window",
    "content_filter": "Stopped by a content filter",
    "truncated": "The stream ended before the answer did",
}
TOLD_BY: Final = {
    Source.GATEWAY: "",
    Source.OTLP: "Told by OpenTelemetry",
    Source.API: "Told over the API",
    Source.IMPORT: "Imported",
    Source.PLAYGROUND: "A trial",
    Source.BENCHMARK: "A benchmark",
    Source.PROBE: "A probe",
}
"""Who told of a call, where it was not a program that called through the gateway."""
WAIT_MS: Final = 1.0
"""Shorter gaps between attempts are not shown."""


@dataclass(frozen=True)
class Verdict:
    text: str
    tone: str


@dataclass(frozen=True)
class Total:
    """What the attempts cost together. `usd` is None where nothing of it is known but
    that some attempts cost nothing; `unpriced` attempts are not in it."""

    usd: Decimal | None
    is_estimated: bool
    unpriced: int


@dataclass(frozen=True)
class Span:
    """A bar of the time line; places in percent of the whole, as CSS writes them."""

    label: str
    start: str
    width: str
    tone: str
    ms: int


def verdict(attempts: Sequence[UsageRecord]) -> Verdict:
    """How a request ended; `attempts` in their order, at least one."""
    final = decisive(attempts)
    if final.outcome != Outcome.OK:
        text, tone = OUTCOMES[Outcome(final.outcome)]
        code = f", {final.status_code}" if final.status_code else ""
        is_failure = final.outcome == Outcome.ERROR
        return Verdict(f"{text}{code}" if is_failure else text, tone)
    if final is attempts[0]:
        return Verdict(*OUTCOMES[Outcome.OK])
    if final.ai_model_id == attempts[0].ai_model_id:
        return Verdict("Answered after a retry", "warning")
    return Verdict("Answered by a fallback", "warning")


def decisive(attempts: Sequence[UsageRecord]) -> UsageRecord:
    """The attempt whose answer the client got, else the last one."""
    answered = [one for one in attempts if one.answered]
    return (answered or list(attempts))[-1]


def source_words(attempt: UsageRecord) -> str:
    """Who told of it, in a word or two; empty for the gateway."""
    return TOLD_BY[Source(attempt.source)]


def said_model(attempt: UsageRecord) -> str:
    """What a model in no catalogue was called by whoever told of it; else empty."""
    return "" if attempt.ai_model_id else attempt.model_name


def error_words(attempt: UsageRecord) -> str:
    """What went wrong, in words; empty where nothing did."""
    if not attempt.error_kind:
        return ""
    kind = KINDS.get(attempt.error_kind, attempt.error_kind.replace("_", " "))
    return f"{kind}: {attempt.error_message}" if attempt.error_message else f"{kind}."


def total_of(attempts: Sequence[UsageRecord]) -> Total:
    known = [one.cost_usd for one in attempts if one.cost_usd is not None]
    unpriced = len(attempts) - len(known)
    usd = sum(known, ZERO)
    return Total(
        usd=None if unpriced and not usd else usd,
        is_estimated=any(one.cost_state == CostState.ESTIMATED for one in attempts),
        unpriced=unpriced,
    )


def duration_ms(attempts: Sequence[UsageRecord]) -> int | None:
    """From the first attempt's start to the last one's end; None where no attempt
    says how long it took."""
    begin = min(one.started_at for one in attempts)
    ends = [_end_ms(one, begin) for one in attempts if one.latency_ms is not None]
    return round(max(ends)) if ends else None


def first_token_ms(attempts: Sequence[UsageRecord]) -> int | None:
    """What the client waited for the first content."""
    final = decisive(attempts)
    if final.ttft_ms is None:
        return None
    begin = min(one.started_at for one in attempts)
    return round(_offset_ms(final, begin) + final.ttft_ms)


def spans(attempts: Sequence[UsageRecord]) -> list[Span]:
    """Attempts, and the waits between them, along one line."""
    begin = min(one.started_at for one in attempts)
    whole = float(duration_ms(attempts) or 0) or 1.0
    found: list[Span] = []
    reached = 0.0
    for one in attempts:
        start = _offset_ms(one, begin)
        if found and start - reached > WAIT_MS:
            found.append(_span("Wait", reached, start - reached, "wait", whole))
        found += _spans_of(one, start, whole, len(attempts) > 1)
        reached = max(reached, start + (one.latency_ms or 0))
    return found


def _spans_of(
    one: UsageRecord, start: float, whole: float, is_one_of_many: bool
) -> list[Span]:
    label = f"Attempt {one.attempt}" if is_one_of_many else "Answer"
    tone = OUTCOMES[Outcome(one.outcome)][1] if one.outcome != Outcome.OK else ""
    length = float(one.latency_ms or 0)
    if one.ttft_ms is None or not one.is_stream or one.ttft_ms > length:
        return [_span(label, start, length, tone or "success", whole)]
    first = _span(f"{label}, first token", start, one.ttft_ms, tone, whole)
    rest = length - one.ttft_ms
    after = start + one.ttft_ms
    return [first, _span("Streaming", after, rest, tone or "success", whole)]


def _span(label: str, start: float, length: float, tone: str, whole: float) -> Span:
    return Span(
        label=label,
        start=f"{100 * start / whole:.2f}%",
        width=f"{max(100 * length / whole, 0.5):.2f}%",
        tone=tone,
        ms=round(length),
    )


def _offset_ms(one: UsageRecord, begin: datetime.datetime) -> float:
    return (one.started_at - begin).total_seconds() * 1000


def _end_ms(one: UsageRecord, begin: datetime.datetime) -> float:
    return _offset_ms(one, begin) + (one.latency_ms or 0)
