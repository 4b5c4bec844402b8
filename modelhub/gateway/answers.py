"""What a caller in Python gets: a ModelResponse with cost, timings and trace."""

from __future__ import annotations

from dataclasses import replace

from modelhub.gateway.call import Result
from registry.providers.response import ModelResponse


def response_of(result: Result) -> ModelResponse:
    """The answer of a translated call. `cost` is that of all attempts together,
    `latency_ms` and `ttft_ms` are those of the attempt that answered."""
    response = result.answer.payload
    if not isinstance(response, ModelResponse):
        message = "A relayed answer is bytes, not a ModelResponse."
        raise TypeError(message)
    answered = result.answered
    return replace(
        response,
        reference=result.reference,
        cost=result.cost,
        ttft_ms=answered.ttft_ms or response.ttft_ms,
        latency_ms=answered.latency_ms,
        provider_request_id=answered.provider_request_id,
        request_id=str(result.request_id),
        trace=result.trace,
    )
