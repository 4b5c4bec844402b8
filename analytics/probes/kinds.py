"""The capabilities that can be probed, in the order of display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.probes.long_context import SHARE, LongContext
from analytics.probes.probe import Probe, Verdict
from analytics.probes.streaming import Streaming
from analytics.probes.structured import JsonMode, StructuredOutput
from analytics.probes.texts import Determinism, StopSequences, SystemPrompt
from analytics.probes.tools import Tools
from analytics.probes.vision import Vision
from registry.capabilities import LONG_CONTEXT_TOKENS


@dataclass(frozen=True)
class Kind:
    """`documented` is the word of `registry.capabilities` that it tells about, if there
    is one."""

    probe: Probe
    label: str
    does: str
    documented: str = ""


KINDS: Final[Mapping[str, Kind]] = {
    "image_analysis": Kind(
        Vision(), "Image input", "Reads two drawn images.", "image_analysis"
    ),
    "tools": Kind(
        Tools(),
        "Tool calling",
        "Calls the right function, with its arguments.",
        "tools",
    ),
    "structured_output": Kind(
        StructuredOutput(),
        "Structured output",
        "Follows a schema that the provider is given.",
        "structured_output",
    ),
    "streaming": Kind(
        Streaming(), "Streaming", "Sends a long answer in pieces.", "streaming"
    ),
    "long_context": Kind(
        LongContext(),
        "Long context",
        "Finds a needle in texts that grow up to the window.",
        "long_context",
    ),
    "system_prompt": Kind(
        SystemPrompt(), "System prompts", "Does what the system prompt asks for."
    ),
    "stop_sequences": Kind(
        StopSequences(), "Stop sequences", "Stops where it is told to."
    ),
    "json_mode": Kind(JsonMode(), "JSON mode", "Answers with JSON and nothing else."),
    "determinism": Kind(
        Determinism(), "Determinism", "Gives one answer three times at temperature 0."
    ),
}
CHOICES: Final = [(key, kind.label) for key, kind in KINDS.items()]


def fact_of(key: str, verdict: str, facts: Mapping[str, Any]) -> bool | None:
    """What a finding says of the documented capability: verified, contradicted, or
    (None) nothing. A window is long only from 200,000 tokens on."""
    if verdict == Verdict.INCONCLUSIVE or not KINDS[key].documented:
        return None
    is_verified = verdict == Verdict.VERIFIED
    least = LONG_CONTEXT_TOKENS * SHARE
    if key == "long_context" and is_verified and facts["largest_tokens"] < least:
        return None
    return is_verified
