"""Spans as instrumentations send them."""

import dataclasses
import datetime
import secrets
import time
from typing import Any

from analytics.otlp.spans import Span, SpanEvent, is_content

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-9",
    "gen_ai.response.model": "gpt-9",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
}
LATELY = datetime.timedelta(minutes=5)


def span(attributes: dict[str, Any] | None = None, **facts: Any) -> Span:
    """A chat of five minutes ago that took a second; `None` takes an attribute away."""
    start = time.time_ns() - int(LATELY.total_seconds() * 1e9)
    told = {**CHAT, **(attributes or {})}
    usual: dict[str, Any] = {
        "trace_id": secrets.token_hex(16),
        "span_id": secrets.token_hex(8),
        "parent_id": "",
        "name": "chat gpt-9",
        "start_ns": start,
        "end_ns": start + 10**9,
        "attributes": only(told),
        "resource": {"service.name": "shop", "deployment.environment": "live"},
    }
    return Span(**{**usual, **facts})


def bare(attributes: dict[str, Any], **facts: Any) -> Span:
    """A span with these attributes alone."""
    return dataclasses.replace(span(**facts), attributes=only(attributes))


def only(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if value is not None and not is_content(name)
    }


def event(name: str, at_ns: int, **attributes: Any) -> SpanEvent:
    return SpanEvent(name, at_ns, attributes)
