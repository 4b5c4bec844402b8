"""What the token counts of an instrumentation include. Pure.

We keep counts in which input includes cached tokens and output includes reasoning. So
does the convention since 2026 ("this value MUST include cached tokens",
open-telemetry/semantic-conventions pull request 3163), and so do OpenAI and Google by
themselves. Anthropic's own `input_tokens` leaves cached tokens out, and so it depends
on the instrumentation what a span of Claude says:

- opentelemetry-instrumentation-anthropic of OpenLLMetry adds them up (pull request
  2175), that for Bedrock does not (issue 4449);
- OpenInference adds them up (Arize-ai/openinference pull requests 1429 and 3734);
- Logfire does since March 2026 (pydantic/logfire pull request 1812), not before.

Counts of cached tokens are taken to be included, unless the span itself or its
instrumentation shows that they are not; the rules stand in the order of `input_rule`.
"""

from __future__ import annotations

from typing import Final

from analytics.otlp.facts import Told
from registry.usage import Usage

EXCLUDING_SCOPES: Final = frozenset({"opentelemetry.instrumentation.bedrock"})
"""Instrumentations that send the provider's own number, for providers whose number
leaves cached tokens out."""
INCLUDED: Final = "input includes cached tokens, as the convention says"
BY_SCOPE: Final = "this instrumentation leaves cached tokens out of input: added"
TOO_MANY: Final = "more cached tokens than input, so they were left out of it: added"
BY_TOTAL: Final = "the total shows that cached tokens were left out of input: added"


def input_rule(told: Told, scope: str) -> str:
    """Which of the rules holds for the input of this call; empty without a cache."""
    cached = (told.cache_read_tokens or 0) + (told.cache_write_tokens or 0)
    if not cached:
        return ""
    given, output = told.input_tokens or 0, told.output_tokens or 0
    if scope in EXCLUDING_SCOPES:
        return BY_SCOPE
    if cached > given:
        return TOO_MANY
    if told.total_tokens == given + cached + output:
        return BY_TOTAL
    return INCLUDED


def usage_of(told: Told, rule: str) -> Usage | None:
    """The counts by our rules; None where none was said. Raises ValueError for counts
    that make no sense."""
    if told.input_tokens is None and told.output_tokens is None:
        return None
    read, written = told.cache_read_tokens or 0, told.cache_write_tokens or 0
    given, output = told.input_tokens or 0, told.output_tokens or 0
    reasoning = told.reasoning_tokens or 0
    # Gemini's own number of candidate tokens leaves thoughts out.
    leaves_out = reasoning > output
    modal = told.modal_tokens
    return Usage(
        input_tokens=given if rule in ("", INCLUDED) else given + read + written,
        output_tokens=output + reasoning if leaves_out else output,
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=reasoning,
        input_audio_tokens=modal.get("input_audio_tokens", 0),
        input_image_tokens=modal.get("input_image_tokens", 0),
        output_audio_tokens=modal.get("output_audio_tokens", 0),
        output_image_tokens=modal.get("output_image_tokens", 0),
    )
