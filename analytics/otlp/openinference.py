"""Spans of OpenInference (Arize Phoenix and others).

Source: github.com/Arize-ai/openinference, spec/semantic_conventions.md. Pure.
"""

from __future__ import annotations

from typing import Final

from analytics.otlp.facts import NoCall, Told
from analytics.otlp.reading import Reader

KIND: Final = "openinference.span.kind"
CALLS: Final = frozenset({"llm", "embedding", "reranker"})
KINDS: Final = {"chain": "workflow", "guardrail": "guardrail", "retriever": "retrieval"}
PROMPT: Final = "llm.token_count.prompt"
COMPLETION: Final = "llm.token_count.completion"
MODAL: Final = {
    f"{PROMPT}_details.audio": "input_audio_tokens",
    f"{COMPLETION}_details.audio": "output_audio_tokens",
}


def speaks(names: set[str]) -> bool:
    return KIND in names


def read(reader: Reader) -> Told:
    """Raises NoCall, Unreadable."""
    kind = reader.text("span kind", KIND).lower()
    if kind not in CALLS:
        raise NoCall(KINDS.get(kind, kind[:40] or "no model call"))
    modal = {
        field: count
        for name, field in MODAL.items()
        if name in reader.attributes
        and (count := reader.count(field, name)) is not None
    }
    names = ("llm.model_name", "embedding.model_name", "reranker.model_name")
    reasons = reader.words("finish_reason", "llm.finish_reason")
    return Told(
        # The provider is who hosts the model, the system whose model it is.
        provider=reader.text("provider", "llm.provider", "llm.system"),
        model=reader.text("model", *names),
        input_tokens=reader.count("input_tokens", PROMPT),
        output_tokens=reader.count("output_tokens", COMPLETION),
        cache_read_tokens=reader.count(
            "cache_read_tokens",
            f"{PROMPT}_details.cache_read",
            f"{PROMPT}_details.cached",
        ),
        cache_write_tokens=reader.count(
            "cache_write_tokens", f"{PROMPT}_details.cache_write"
        ),
        reasoning_tokens=reader.count(
            "reasoning_tokens", f"{COMPLETION}_details.reasoning"
        ),
        total_tokens=reader.count("total_tokens", "llm.token_count.total"),
        modal_tokens=modal,
        response_id=reader.text(
            "provider_request_id", "llm.response.id", "gen_ai.response.id"
        ),
        finish_reason=reasons[0] if reasons else "",
        conversation=reader.text("tag conversation", "session.id"),
        user=reader.text("tag user", "user.id"),
        reported_usd=reader.number("reported_usd", "llm.cost.total"),
    )
