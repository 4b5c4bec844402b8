"""OpenAI's usage report, and what others made of it, as a Usage. Pure."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from registry.providers.usage_counts import (
    normalised_usage,
    sum_of_counts,
    whole_count,
)
from registry.usage import Usage


def usage_of(
    reported: object, quirks: frozenset[str] = frozenset()
) -> tuple[Usage | None, tuple[str, ...]]:
    """The usage of a chat completion or a response (`prompt_tokens` or
    `input_tokens`), and what was wrong with it."""
    if not isinstance(reported, dict) or not reported:
        return None, ()
    prompt = _first(reported, "prompt_tokens", "input_tokens")
    output = _first(reported, "completion_tokens", "output_tokens")
    read = _part(reported, "prompt_tokens_details", "input_tokens_details")
    written = _part(reported, "completion_tokens_details", "output_tokens_details")
    reasoning = _first(written, "reasoning_tokens")
    if reasoning is None:
        reasoning = reported.get("reasoning_tokens")
    notes: tuple[str, ...] = ()
    if _is_on_top(prompt, output, reasoning, reported.get("total_tokens"), quirks):
        output = sum_of_counts(output, reasoning)
        notes = ("Reasoning tokens were added to the output: they came on top.",)
    usage, wrong = normalised_usage(
        {
            "input_tokens": prompt,
            "output_tokens": output,
            "cache_read_tokens": _cached(reported, read),
            "cache_write_tokens": _first(read, "cache_write_tokens"),
            "reasoning_tokens": reasoning,
            "input_audio_tokens": read.get("audio_tokens"),
            "output_audio_tokens": written.get("audio_tokens"),
            "web_searches": reported.get("num_search_queries"),
        }
    )
    return usage, (*notes, *wrong)


def charged_usd(reported: object, quirks: frozenset[str]) -> Decimal | None:
    """What the provider says that a call cost, in dollars: only where its row says
    that it does (`reports_cost`), as the same word means other things elsewhere."""
    if "reports_cost" not in quirks or not isinstance(reported, dict):
        return None
    cost = reported.get("cost")
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        return None
    return Decimal(str(cost)) if math.isfinite(cost) and cost >= 0 else None


def _is_on_top(
    prompt: object,
    output: object,
    reasoning: object,
    total: object,
    quirks: frozenset[str],
) -> bool:
    """Whether the reasoning tokens are not part of the output tokens. The total tells;
    without one, the provider's habit does."""
    counts = [whole_count(one) for one in (prompt, output, reasoning)]
    if None in counts or not counts[2]:
        return False
    told, written, thought = (count or 0 for count in counts)
    whole = whole_count(total)
    if whole is None:
        return "reasoning_on_top" in quirks or thought > written
    return whole == told + written + thought


def _cached(reported: dict[str, Any], read: dict[str, Any]) -> object:
    """DeepSeek and Moonshot report cached tokens beside the prompt's."""
    cached = _first(read, "cached_tokens")
    if cached is None:
        cached = _first(reported, "prompt_cache_hit_tokens", "cached_tokens")
    return cached


def _first(document: dict[str, Any], *names: str) -> object:
    found = (document.get(name) for name in names)
    return next((value for value in found if value is not None), None)


def _part(reported: dict[str, Any], *names: str) -> dict[str, Any]:
    details = _first(reported, *names)
    return details if isinstance(details, dict) else {}
