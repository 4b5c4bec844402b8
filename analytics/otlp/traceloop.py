"""Spans of OpenLLMetry (Traceloop): GenAI names, and `llm.usage.*` where they differ.

Source: github.com/traceloop/openllmetry,
packages/opentelemetry-semantic-conventions-ai. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analytics.otlp import genai
from analytics.otlp.facts import NoCall, Told
from analytics.otlp.reading import Reader

CALLS: Final = frozenset({"chat", "completion", "embedding", "rerank"})
MARKS: Final = (
    *("llm.request.type", "traceloop.span.kind", "llm.usage.total_tokens"),
    *("llm.is_streaming", "llm.response.finish_reason"),
)
KINDS: Final = frozenset({"workflow", "task", "agent", "tool"})


def speaks(names: set[str]) -> bool:
    return not names.isdisjoint(MARKS)


def read(reader: Reader) -> Told:
    """Raises NoCall, Unreadable."""
    kind = reader.text("span kind", "traceloop.span.kind")
    request = reader.text("operation", "llm.request.type")
    operation = reader.text("operation", "gen_ai.operation.name")
    if kind in KINDS and not request:
        raise NoCall("workflow" if kind == "task" else kind)
    if operation in genai.NO_CALLS:
        raise NoCall(genai.NO_CALLS[operation])
    if request not in CALLS and operation not in genai.CALLS:
        raise NoCall(f"request type {request[:40]}" if request else "no model call")
    told = genai.told(
        reader,
        reasoning=(*genai.REASONING, "llm.usage.reasoning_tokens"),
        cache_read=(*genai.CACHE_READ, "llm.usage.cache_read_input_tokens"),
        cache_write=(*genai.CACHE_WRITE, "llm.usage.cache_creation_input_tokens"),
        total=(*genai.TOTAL, "llm.usage.total_tokens"),
    )
    return _with_own_names(told, reader)


def _with_own_names(told: Told, reader: Reader) -> Told:
    reason = reader.text("finish_reason", "llm.response.finish_reason")
    reasons = reader.words("finish_reason", "llm.response.finish_reasons")
    is_stream = genai.is_true(reader, "llm.is_streaming")
    user = reader.text("tag user", "llm.user")
    return replace(
        told,
        finish_reason=told.finish_reason or reason or (reasons[0] if reasons else ""),
        is_stream=told.is_stream or is_stream,
        user=user,
    )
