"""The translated way: ModelRequest → the provider's adapter → ModelResponse. For
callers in Python, and whenever client and provider speak different formats."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from modelhub.gateway.pieces import Answer, Piece, RequestFacts, Way
from modelhub.gateway.system_prompt import fitted
from registry.providers.adapter import Endpoint, ProviderAdapter, Timeouts
from registry.providers.messages import Image, Message, Role
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.resolution.plan import Candidate

IMAGE_TOKENS: Final = 1_000
"""A picture's part of an estimate of size; what it costs is reported afterwards."""
BYTES_PER_TOKEN: Final = 4


class Adapters(Protocol):
    """Finds the adapter of an endpoint; see `modelhub.gateway.process.AdapterPool`."""

    def __call__(self, endpoint: Endpoint) -> ProviderAdapter: ...


class Rendering(Protocol):
    """How answers look to the client: objects for Python, bytes over HTTP."""

    def answer(
        self, response: ModelResponse, candidate: Candidate
    ) -> bytes | ModelResponse: ...

    def chunk(
        self, chunk: StreamChunk, candidate: Candidate
    ) -> bytes | StreamChunk: ...


class AsObjects:
    """For callers in Python: the very objects."""

    def answer(self, response: ModelResponse, candidate: Candidate) -> ModelResponse:
        return replace(response, reference=candidate.model.reference)

    def chunk(self, chunk: StreamChunk, candidate: Candidate) -> StreamChunk:
        return chunk


def facts_of(request: ModelRequest) -> RequestFacts:
    """What choosing and limiting need to know of a request."""
    texts = [request.system_text, *(turn.text for turn in request.turns())]
    texts += [str(tool.parameters) + tool.description for tool in request.tools]
    texts += [call.arguments for one in request.messages for call in one.tool_calls]
    parts = [part for turn in request.turns() for part in turn.content]
    pictures = sum(1 for part in parts if isinstance(part, Image))
    size = sum(len(text.encode()) for text in texts)
    needed = {
        "tools": bool(request.tools),
        "image_analysis": pictures > 0,
    }
    return RequestFacts(
        input_tokens=size // BYTES_PER_TOKEN + pictures * IMAGE_TOKENS,
        max_output_tokens=request.max_tokens,
        needed_capabilities=frozenset(word for word, is_so in needed.items() if is_so),
        image_count=pictures,
        tool_count=len(request.tools),
        prompt=partial(last_prompt, request),
        schema=lambda: request.response_schema,
        conversation=partial(conversation_of, request),
    )


def last_prompt(request: ModelRequest) -> str:
    """What the user said last."""
    said = [turn.text for turn in request.turns() if turn.role is Role.USER]
    return said[-1] if said else ""


def conversation_of(request: ModelRequest) -> str:
    """The name of the conversation, by its system prompt and what the user said
    first."""
    began = [request.system_text]
    for turn in request.turns():
        began.append(turn.text)
        if turn.role is Role.USER:
            return conversation_name(began)
    return ""


def conversation_name(began: Iterable[str]) -> str:
    """A short name of a beginning; its text is not kept."""
    digest = hashlib.blake2b(digest_size=12)
    for text in began:
        digest.update(text.encode(errors="replace") + b"\0")
    return digest.hexdigest()


@dataclass(frozen=True)
class TranslatedWays:
    """One request, for whatever provider the candidate is of."""

    request: ModelRequest
    adapters: Adapters
    rendering: Rendering
    facts: RequestFacts

    @classmethod
    def of(
        cls,
        request: ModelRequest,
        adapters: Adapters,
        rendering: Rendering | None = None,
    ) -> TranslatedWays:
        return cls(request, adapters, rendering or AsObjects(), facts_of(request))

    def way_for(self, candidate: Candidate) -> Way:
        return TranslatedWay(self.request, self.adapters, self.rendering)

    def continued(self, sent_text: str) -> TranslatedWays:
        begun = Message.of(Role.ASSISTANT, sent_text.rstrip())
        turns = (*self.request.turns(), begun)
        request = replace(
            self.request,
            messages=turns,
            prompt="",
            images=(),
            system=self.request.system_text,
        )
        return replace(self, request=request)


def answer_of(response: ModelResponse, payload: bytes | ModelResponse) -> Answer:
    """The response as the engine knows it; `payload` is what the client gets."""
    return Answer(
        payload=payload,
        text=response.content,
        usage=response.usage,
        finish_reason=response.finish_reason,
        model_name=response.model_name,
        provider_request_id=response.provider_request_id,
        reported_usd=response.reported_usd,
        service_tier=response.service_tier,
        trace=response.trace,
    )


@dataclass(frozen=True)
class TranslatedWay:
    request: ModelRequest
    adapters: Adapters
    rendering: Rendering
    is_relayed: bool = False

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        adapter = self.adapters(candidate.connection.endpoint)
        response = await adapter.generate(
            candidate.model.traits, fitted(self.request, candidate), timeouts
        )
        return answer_of(response, self.rendering.answer(response, candidate))

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncGenerator[Piece, None]:
        adapter = self.adapters(candidate.connection.endpoint)
        chunks = adapter.stream(
            candidate.model.traits, fitted(self.request, candidate), timeouts
        )
        # Adapters return generators; Protocol says only that one can iterate.
        async with aclosing(chunks):  # type: ignore[type-var]
            async for chunk in chunks:
                yield self._piece(chunk, candidate)

    def _piece(self, chunk: StreamChunk, candidate: Candidate) -> Piece:
        return Piece(
            payload=self.rendering.chunk(chunk, candidate),
            text=chunk.text,
            has_content=chunk.has_content,
            has_tool_call=bool(chunk.tool_calls),
            usage=chunk.usage,
            finish_reason=chunk.finish_reason,
            model_name=chunk.model_name,
            provider_request_id=chunk.provider_request_id,
            reported_usd=chunk.reported_usd,
            service_tier=chunk.service_tier,
            is_last=chunk.is_last,
            trace=chunk.trace,
        )
