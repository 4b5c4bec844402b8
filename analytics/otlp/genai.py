"""Spans by OpenTelemetry's GenAI conventions, in today's and in earlier names.

Source: github.com/open-telemetry/semantic-conventions-genai, and the tables of
deprecated attributes in github.com/open-telemetry/semantic-conventions. Pure.
"""

from __future__ import annotations

from typing import Final

from analytics.otlp.facts import NoCall, Told
from analytics.otlp.reading import Reader

CALLS: Final = frozenset(
    {
        *("chat", "text_completion", "generate_content", "embeddings"),
        # Said by instrumentations that are older than the list, or go beyond it.
        *("completion", "embedding", "responses", "response", "rerank", "messages"),
        *("image_generation", "generate_image", "speech", "transcription"),
    }
)
NO_CALLS: Final = {
    "invoke_agent": "agent",
    "create_agent": "agent",
    "agent": "agent",
    "execute_tool": "tool",
    "tool": "tool",
    "invoke_workflow": "workflow",
    "workflow": "workflow",
    "chain": "workflow",
    "plan": "agent",
    "retrieval": "retrieval",
}
INPUT: Final = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
OUTPUT: Final = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
CACHE_READ: Final = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_tokens",
)
CACHE_WRITE: Final = (
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.details.cache_write_tokens",
)
REASONING: Final = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.details.reasoning_tokens",
)
TOTAL: Final = ("gen_ai.usage.total_tokens",)
MODAL: Final = {
    "gen_ai.usage.audio.input_tokens": "input_audio_tokens",
    "gen_ai.usage.image.input_tokens": "input_image_tokens",
    "gen_ai.usage.audio.output_tokens": "output_audio_tokens",
    "gen_ai.usage.image.output_tokens": "output_image_tokens",
}
FIRST_CHUNK: Final = (
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.server.time_to_first_token",
)
"""Seconds."""
AGENT: Final = frozenset({"gen_ai.agent.name", "agent_name"})


def speaks(names: set[str]) -> bool:
    return any(name.startswith("gen_ai.") for name in names)


def read(reader: Reader) -> Told:
    """Raises NoCall, Unreadable."""
    _check_operation(reader, reader.text("operation", "gen_ai.operation.name"))
    return told(reader)


def told(
    reader: Reader,
    *,
    reasoning: tuple[str, ...] = REASONING,
    cache_read: tuple[str, ...] = CACHE_READ,
    cache_write: tuple[str, ...] = CACHE_WRITE,
    total: tuple[str, ...] = TOTAL,
) -> Told:
    """The facts under GenAI names. Raises Unreadable."""
    answered = reader.text("model", "gen_ai.response.model")
    asked = reader.text("model", "gen_ai.request.model")
    seconds = reader.number("ttft_ms", *FIRST_CHUNK)
    reasons = reader.words("finish_reason", "gen_ai.response.finish_reasons")
    modal = {
        field: count
        for name, field in MODAL.items()
        if name in reader.attributes
        and (count := reader.count(field, name)) is not None
    }
    return Told(
        provider=reader.text("provider", "gen_ai.provider.name", "gen_ai.system"),
        model=answered or asked,
        input_tokens=reader.count("input_tokens", *INPUT),
        output_tokens=reader.count("output_tokens", *OUTPUT),
        cache_read_tokens=reader.count("cache_read_tokens", *cache_read),
        cache_write_tokens=reader.count("cache_write_tokens", *cache_write),
        reasoning_tokens=reader.count("reasoning_tokens", *reasoning),
        total_tokens=reader.count("total_tokens", *total),
        modal_tokens=modal,
        response_id=reader.text("provider_request_id", "gen_ai.response.id"),
        finish_reason=reasons[0] if reasons else "",
        is_stream=is_true(reader, "gen_ai.request.stream") or seconds is not None,
        ttft_ms=None if seconds is None else seconds * 1000,
        conversation=reader.text("tag conversation", "gen_ai.conversation.id"),
    )


def is_true(reader: Reader, *names: str) -> bool:
    return reader.text("is_stream", *names).lower() == "true"


def _check_operation(reader: Reader, operation: str) -> None:
    """An operation that the conventions do not know counts as a call where the span
    names a model and says what was used. Raises NoCall."""
    if operation in CALLS:
        return
    if operation in NO_CALLS:
        raise NoCall(NO_CALLS[operation])
    names = reader.attributes.keys()
    has_model = "gen_ai.request.model" in names or "gen_ai.response.model" in names
    has_usage = not names.isdisjoint((*INPUT, *OUTPUT, "gen_ai.response.id"))
    if has_model and has_usage:
        return
    if not has_model and not AGENT.isdisjoint(names):
        raise NoCall("agent")
    if operation or not has_usage:
        raise NoCall(f"operation {operation[:40]}" if operation else "no model call")
