"""A span as it was sent, whatever the encoding. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

Value = str | int | float | bool | tuple[object, ...]
Attributes = Mapping[str, Value]

CONTENT: Final = (
    *("gen_ai.prompt.", "gen_ai.completion.", "gen_ai.input.messages"),
    *("gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool."),
    *("gen_ai.retrieval.", "gen_ai.evaluation.explanation", "gen_ai.request.functions"),
    *("llm.input_messages", "llm.output_messages", "llm.prompts", "llm.completions"),
    *("llm.tools", "llm.prompt_template", "llm.invocation_parameters"),
    *("llm.function_call", "llm.request.functions", "llm.choices"),
    *("input.", "output.", "embedding.embeddings", "embedding.text", "retrieval."),
    *("reranker.query", "reranker.input_documents", "reranker.output_documents"),
    *("traceloop.entity.input", "traceloop.entity.output", "exception."),
    *("message.", "document.", "tool.", "ai.prompt", "ai.response.text", "metadata"),
)
"""How names begin under which instrumentations send prompts, answers and documents.
Their values are not even decoded, so that they can be stored nowhere."""
NOT_CONTENT: Final = frozenset({"gen_ai.prompt.name"})


@lru_cache(maxsize=4096)
def is_content(name: str) -> bool:
    return name.startswith(CONTENT) and name not in NOT_CONTENT


def clean(text: str) -> str:
    """Without what PostgreSQL keeps in no text: NUL, and half a surrogate pair."""
    if text.isascii() and "\x00" not in text:
        return text
    plain = text.replace("\x00", "\ufffd")
    return plain.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class SpanEvent:
    name: str
    time_ns: int
    attributes: Attributes


@dataclass(slots=True)  # frozen ones take four times as long to make
class Span:
    """Ids are lower-case hexadecimal; `parent_id` is empty at a root. `is_error` is
    the status of the span. `content` counts the attributes that were left out."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    start_ns: int
    end_ns: int
    attributes: Attributes
    resource: Attributes = field(default_factory=dict)
    scope: str = ""
    is_error: bool = False
    status_message: str = ""
    events: Sequence[SpanEvent] = ()
    content: int = 0

    @property
    def key(self) -> str:
        """The span's name in the world: what a span sent twice is known by."""
        return f"{self.trace_id}{self.span_id}"
