"""What a model answers, whole or in pieces. Usage is normalised (`registry.usage`)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from registry.cost import Cost
from registry.providers.messages import ToolCall
from registry.usage import Usage

MAX_ANSWER_BYTES: Final = 64 * 2**20
"""Of one answer, unpacked, a stream or not: a longer one is broken off."""


class FinishReason(StrEnum):
    """Why a model stopped: a closed set. A provider's own word that fits none of the
    others is `other`."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class ModelResponse:
    """One answer. `model_name` is what the provider says answered; `reference` is
    `provider/model-id` as the registry knows it (set by the gateway). `usage` is None
    where the provider reported nothing. `reported_usd` is what the provider says it
    charged, `service_tier` its word for the tier that served the call, where it says
    so. `trace` says, line by line, what was done."""

    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    model_name: str = ""
    reference: str = ""
    usage: Usage | None = None
    finish_reason: FinishReason = FinishReason.STOP
    cost: Cost | None = None
    ttft_ms: float | None = None
    latency_ms: float | None = None
    provider_request_id: str = ""
    request_id: str = ""
    reported_usd: Decimal | None = None
    service_tier: str = ""
    parsed: object = None
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolCallPiece:
    """Part of a tool call: id and name come with its first piece, `arguments` grow."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class StreamChunk:
    """One piece of an answer. Usage and finish reason come once, near the end; the
    last chunk of a complete answer has `is_last`. A stream that ends without it was
    cut, and the adapter raises TruncatedStreamError instead of returning, unless the
    finish reason had already come (then the answer is complete)."""

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCallPiece, ...] = ()
    usage: Usage | None = None
    finish_reason: FinishReason | None = None
    model_name: str = ""
    provider_request_id: str = ""
    reported_usd: Decimal | None = None
    service_tier: str = ""
    is_last: bool = False
    trace: tuple[str, ...] = ()

    @property
    def has_content(self) -> bool:
        return bool(self.text or self.reasoning or self.tool_calls)
