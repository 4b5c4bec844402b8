"""One question of a probe through the gateway."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.probes.probe import ProbeCall, Said
from analytics.usage_row import Source
from modelhub.gateway.background import background
from modelhub.gateway.call import Attempt, GatewayError, Result
from modelhub.gateway.doors import Options, call_for
from modelhub.gateway.process import Parts
from modelhub.gateway.translated import TranslatedWays
from registry.providers.errors import (
    ContextLengthError,
    InvalidRequestError,
    ModelCallError,
)
from registry.providers.response import ModelResponse
from registry.resolution.plan import Selection

CALL_TIMEOUT_S: Final = 180.0


@dataclass(frozen=True)
class Asked:
    """The answer, and what it cost: None where no price is known."""

    said: Said
    request_id: str = ""
    cost_usd: Decimal | None = None
    output_tokens: int | None = None
    trace: tuple[str, ...] = ()


def ask(organization: str, selection: Selection, call: ProbeCall) -> Asked:
    """Never raises for a call that failed: the answer says so."""
    return background().submit(_ask(organization, selection, call)).result()


async def _ask(organization: str, selection: Selection, call: ProbeCall) -> Asked:
    parts = await background().parts()
    options = Options(
        organization=organization, timeout_s=CALL_TIMEOUT_S, source=Source.PROBE
    )
    # Not `ways_for`: it would mend an answer that breaks its schema, or ask for it by
    # other means, and here that is what is to be found out.
    ways = TranslatedWays.of(call.request, parts.adapters)
    try:
        one = call_for(parts.snapshot, call.request, selection, options)
        if call.is_stream:
            return await _streamed(parts, one, ways)
        return _answered(await parts.gateway.answer(one, ways))
    except GatewayError as error:
        return _failed(error, error.attempts)


async def _streamed(parts: Parts, one: Any, ways: TranslatedWays) -> Asked:
    began = time.perf_counter()
    texts: list[str] = []
    times: list[float] = []
    streaming = parts.gateway.stream(one, ways)
    try:
        async for piece in streaming:
            if piece.text:
                texts.append(piece.text)
                times.append((time.perf_counter() - began) * 1000)
    except ModelCallError as error:
        return _failed(error, streaming.run.attempts)
    finally:
        await streaming.aclose()
    result = streaming.result
    if result is None:
        return Asked(Said(error="The stream ended without a result."))
    return _kept(result, Said(text="".join(texts), chunk_ms=tuple(times)))


def _answered(result: Result) -> Asked:
    response = result.answer.payload
    if not isinstance(response, ModelResponse):
        message = "A probe is never relayed."
        raise TypeError(message)
    said = Said(
        text=response.content,
        tool_calls=tuple((one.name, one.arguments) for one in response.tool_calls),
        finish_reason=response.finish_reason.value,
        input_tokens=_tokens(result, "input_tokens"),
    )
    return _kept(result, said)


def _kept(result: Result, said: Said) -> Asked:
    return Asked(
        said,
        str(result.request_id),
        result.cost.total_usd,
        _tokens(result, "output_tokens"),
        result.trace,
    )


def _tokens(result: Result, name: str) -> int | None:
    usage = result.answered.usage
    return None if usage is None else int(getattr(usage, name))


def _failed(error: GatewayError | ModelCallError, attempts: Sequence[Attempt]) -> Asked:
    cause = error.cause if isinstance(error, GatewayError) else error
    code = ""
    if isinstance(cause, ContextLengthError):
        code = "context_length"
    elif isinstance(cause, InvalidRequestError) and cause.code == "unsupported":
        code = "unsupported"
    # The first attempts of a retried call may have cost something.
    known = [one.cost.total_usd for one in attempts if one.cost.total_usd]
    cost = sum(known, Decimal(0)) if attempts else Decimal(0)
    trace = error.trace if isinstance(error, GatewayError) else ()
    return Asked(Said(error=error.message, error_code=code), "", cost, None, trace)
