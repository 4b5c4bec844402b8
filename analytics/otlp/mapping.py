"""A span as a model call, or why it is none. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from analytics.incoming import IncomingCall
from analytics.otlp import genai, openinference, traceloop
from analytics.otlp.evaluations import Evaluation, evaluations_of
from analytics.otlp.facts import NoCall, Told
from analytics.otlp.failures import failure_of
from analytics.otlp.reading import Reader, Unreadable
from analytics.otlp.spans import Span, clean
from analytics.otlp.token_rules import input_rule, usage_of
from analytics.usage_row import LONGEST_TAG, Outcome, Source

VOCABULARIES: Final = (openinference, traceloop, genai)
"""The first that a span speaks is read: the later ones are contained in many spans of
the earlier ones."""
FIRST_TOKEN_EVENTS: Final = frozenset({"First Token Stream Event"})
"""What OpenInference's instrumentations add to a stream (openinference-instrumentation-
openai)."""
ENVIRONMENT: Final = ("deployment.environment.name", "deployment.environment")
ID_DIGITS: Final = (32, 16)
LONGEST_NAME: Final = 190
LONGEST_FEATURE: Final = 200


class Verdict(StrEnum):
    """`double`: told already by the gateway, or by a span inside this one."""

    ACCEPTED = "accepted"
    IGNORED = "ignored"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    DOUBLE = "double"


@dataclass(slots=True)  # frozen ones take four times as long to make
class Mapped:
    """What came of a span. `call` is there where it is accepted. `used` is each
    attribute with the field it went into; `rule` says what input tokens include."""

    span: Span
    verdict: Verdict
    reason: str = ""
    call: IncomingCall | None = None
    used: dict[str, str] | None = None
    rule: str = ""
    evaluations: tuple[Evaluation, ...] = ()


def mapped(span: Span) -> Mapped:
    """The call that a span tells of. Whether its time makes sense, and whether it was
    told before, is for intake to say."""
    names = set(span.attributes)
    vocabulary = next((one for one in VOCABULARIES if one.speaks(names)), None)
    if vocabulary is None:
        return Mapped(span, Verdict.IGNORED, "no model call")
    reader = Reader(span.attributes)
    try:
        told = vocabulary.read(reader)
        found = evaluations_of(span, reader)
        rule = input_rule(told, span.scope)
        call = _call(span, reader, told, rule, found)
    except NoCall as error:
        return Mapped(span, Verdict.IGNORED, str(error), used=reader.used)
    except (Unreadable, ValueError) as error:
        return Mapped(span, Verdict.REFUSED, str(error), used=reader.used)
    return Mapped(span, Verdict.ACCEPTED, "", call, reader.used, rule, tuple(found))


def _call(
    span: Span, reader: Reader, told: Told, rule: str, found: list[Evaluation]
) -> IncomingCall:
    """Raises Unreadable, ValueError."""
    _check(span, told)
    failure = failure_of(span, reader)
    prompt = reader.text("prompt_name", "gen_ai.prompt.name")
    return IncomingCall(
        external_id=span.key,
        source=Source.OTLP,
        started_at=_moment(span.start_ns),
        provider=told.provider,
        model=told.model,
        feature=reader.text("feature", "modelhub.feature")[:LONGEST_FEATURE],
        usage=usage_of(told, rule),
        reported_usd=_usd(told.reported_usd),
        outcome=failure.outcome if failure else Outcome.OK,
        latency_ms=(span.end_ns - span.start_ns) / 1e6,
        ttft_ms=told.ttft_ms if told.ttft_ms is not None else _first_token_ms(span),
        error_kind=failure.kind if failure else "",
        error_message=failure.message if failure else "",
        status_code=failure.status_code if failure else None,
        finish_reason=told.finish_reason,
        is_stream=told.is_stream,
        provider_request_id=told.response_id,
        prompt_name=prompt[:LONGEST_TAG],
        confidence=next((one.score for one in found if one.is_confidence), None),
        tags=_tags(span, told),
    )


def _check(span: Span, told: Told) -> None:
    """Raises ValueError for what is no call that can be kept."""
    if (len(span.trace_id), len(span.span_id)) != ID_DIGITS:
        raise ValueError("Its trace id or span id is missing or has a wrong length.")
    if not told.model:
        raise ValueError("It names no model: gen_ai.request.model is missing.")
    if len(told.model) + len(told.provider) > LONGEST_NAME:
        raise ValueError("The name of its model is too long.")
    if not span.start_ns:
        raise ValueError("It does not say when it began.")
    if span.end_ns < span.start_ns:
        raise ValueError("It ends before it begins: check the clock.")


def _moment(nanoseconds: int) -> datetime.datetime:
    """Raises ValueError for a time that no calendar has."""
    try:
        return datetime.datetime.fromtimestamp(nanoseconds / 1e9, datetime.UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("Its time is in no calendar.") from error


def _first_token_ms(span: Span) -> float | None:
    for event in span.events:
        if event.name in FIRST_TOKEN_EVENTS and event.time_ns >= span.start_ns:
            return (event.time_ns - span.start_ns) / 1e6
    return None


def _usd(value: float | None) -> Decimal | None:
    return Decimal(repr(value)) if value is not None and value >= 0 else None


def _tags(span: Span, told: Told) -> dict[str, str]:
    resource = span.resource
    environment = next((resource[one] for one in ENVIRONMENT if one in resource), "")
    tags = {
        "service": str(resource.get("service.name", "")),
        "environment": str(environment),
        "conversation": told.conversation,
        "user": told.user,
    }
    return {name: clean(text)[:LONGEST_TAG] for name, text in tags.items() if text}
