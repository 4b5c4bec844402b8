"""What travels through the gateway: answers and pieces of answers, and the ways they
come by. The engine (attempts, fallback, limits, guarantees, records) is the same for a
relayed and a translated call; only the way differs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from registry.providers.adapter import Timeouts
from registry.providers.response import FinishReason, ModelResponse, StreamChunk
from registry.resolution.plan import Candidate
from registry.usage import Usage


@dataclass(slots=True)
class Piece:
    """One piece of a stream. `payload` is what the client gets: bytes in the client's
    own wire format, or a StreamChunk for a caller in Python; empty bytes are not sent.
    `text` is the visible text in it, `has_content` whether it holds any part of an
    answer (text, reasoning, a tool call): the first such piece is the first token.
    `is_last` marks the closing event, or the end of a stream that had its finish
    reason. `has_tool_call` forbids going on elsewhere after a cut. `reported_usd` and
    `service_tier` are the provider's own words about the bill
    (`registry.providers.response`)."""

    payload: bytes | StreamChunk
    text: str = ""
    has_content: bool = False
    has_tool_call: bool = False
    usage: Usage | None = None
    finish_reason: FinishReason | None = None
    model_name: str = ""
    provider_request_id: str = ""
    reported_usd: Decimal | None = None
    service_tier: str = ""
    is_last: bool = False
    trace: tuple[str, ...] = ()


@dataclass(slots=True)
class Answer:
    """One whole answer: `payload` is the body for the client, or a ModelResponse."""

    payload: bytes | ModelResponse
    text: str = ""
    usage: Usage | None = None
    finish_reason: FinishReason | None = None
    model_name: str = ""
    provider_request_id: str = ""
    reported_usd: Decimal | None = None
    service_tier: str = ""
    trace: tuple[str, ...] = ()


class Way(Protocol):
    """One call of one candidate. Raises errors of `registry.providers.errors` only; a
    stream that is closed early ends the call upstream at once. Its pieces may be read
    by one task after another, so no time limit may span a `yield`."""

    @property
    def is_relayed(self) -> bool: ...

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer: ...

    def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncIterator[Piece]: ...


def no_prompt() -> str:
    return ""


def no_schema() -> Mapping[str, Any] | None:
    return None


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What must be known of a request to choose and to limit: an estimate of its input
    tokens (bytes/4 where nothing better is known; images are apart), the most tokens
    that it lets a model write, and the capabilities that it needs. Read only where
    ModelHub chooses the model: `prompt` is what the user said last, `schema` what the
    answer must follow, `conversation` names the conversation by how it began (empty:
    it cannot be told)."""

    input_tokens: int
    max_output_tokens: int | None = None
    needed_capabilities: frozenset[str] = frozenset()
    image_count: int = 0
    tool_count: int = 0
    is_stream: bool = False
    prompt: Callable[[], str] = field(default=no_prompt, compare=False, repr=False)
    schema: Callable[[], Mapping[str, Any] | None] = field(
        default=no_schema, compare=False, repr=False
    )
    conversation: Callable[[], str] = field(
        default=no_prompt, compare=False, repr=False
    )


class Ways(Protocol):
    """How this request reaches a candidate: the same request by relay or translated."""

    @property
    def facts(self) -> RequestFacts: ...

    def way_for(self, candidate: Candidate) -> Way: ...

    def continued(self, sent_text: str) -> Ways:
        """The same request, to be gone on with after `sent_text` was sent already: the
        pieces that follow join the same message in the client's eyes."""
