"""Attributes of model calls that nothing here understands. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from analytics.otlp.mapping import Mapped
from analytics.otlp.spans import Value

UNDERSTOOD: Final = frozenset(
    {
        *(
            f"gen_ai.request.{word}"
            for word in (
                *("temperature", "top_p", "top_k", "max_tokens", "seed", "stream"),
                *("stop_sequences", "frequency_penalty", "presence_penalty"),
                *("choice.count", "encoding_formats", "reasoning_effort", "model"),
                *("structured_output_schema", "type"),
            )
        ),
        *("gen_ai.output.type", "gen_ai.agent.id", "gen_ai.agent.name"),
        *("gen_ai.agent.description", "gen_ai.agent.version", "gen_ai.workflow.name"),
        *("gen_ai.operation.name", "gen_ai.response.model", "gen_ai.provider.name"),
        *("gen_ai.system", "gen_ai.data_source.id", "gen_ai.response.id"),
        *("gen_ai.embeddings.dimension.count", "gen_ai.conversation.id"),
        *("llm.system", "llm.headers", "llm.top_k", "llm.presence_penalty"),
        *("llm.frequency_penalty", "llm.temperature", "llm.top_p", "llm.max_tokens"),
        *("traceloop.workflow.name", "traceloop.entity.name", "traceloop.entity.path"),
        *("traceloop.entity.version", "tag.tags", "openinference.span.kind"),
    }
)
"""Understood, and of no use to a usage record."""
ELSEWHERE: Final = (
    *("http.", "net.", "network.", "server.", "client.", "url.", "peer.", "rpc."),
    *("thread.", "code.", "process.", "host.", "os.", "service.", "telemetry."),
    *("otel.", "user_agent.", "enduser.", "user.", "session.", "span.", "logfire."),
    *("gen_ai.openai.", "openai.", "aws.", "azure.", "gcp.", "gen_ai.usage.details."),
    *("llm.cost.", "traceloop.association.properties.", "gen_ai.aggregated_usage."),
)
"""Names of other conventions: nobody expects them in a usage record."""
NUMBER: Final = re.compile(r"\.\d+(?=\.|\Z)")
LONGEST_NAME: Final = 120
LONGEST_EXAMPLE: Final = 60
SAFE: Final = re.compile(r"[\w.:/@+-]{1,60}\Z", re.ASCII)


def not_understood(batch: Iterable[Mapped]) -> tuple[Counter[str], dict[str, str]]:
    """How often each name was there in spans of calls, and an example of each."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for one in batch:
        if one.call is None or one.used is None:
            continue
        for name in one.span.attributes.keys() - one.used.keys() - UNDERSTOOD:
            if name.startswith(ELSEWHERE):
                continue
            plain = NUMBER.sub(".*", name)[:LONGEST_NAME]
            counts[plain] += 1
            examples.setdefault(plain, shown(one.span.attributes[name]))
    return counts, examples


def shown(value: Value) -> str:
    """A value for a person: numbers and single words as they are. Of a longer text,
    which may be anything, only its length is told."""
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value[:5] if _is_plain(one))  # type: ignore[arg-type]  # plain ones are values
    text = str(value)
    return text if SAFE.match(text) else f"text of {len(text)} characters"


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
