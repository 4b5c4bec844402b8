"""What a span tells of a model call, in our words, before it is checked. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)  # frozen ones take four times as long to make
class Told:
    """Token counts as they were said: None is "nobody said". `total_tokens` only helps
    to see what the others include."""

    provider: str = ""
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_tokens: int | None = None
    modal_tokens: dict[str, int] = field(default_factory=dict)
    """Image and audio tokens, by field of Usage."""
    response_id: str = ""
    finish_reason: str = ""
    is_stream: bool = False
    ttft_ms: float | None = None
    conversation: str = ""
    user: str = ""
    reported_usd: float | None = None


class NoCall(Exception):
    """The span is no model call; the text says what it is, in few words."""
