"""Which metrics say something of model calls. Pure."""

from __future__ import annotations

from typing import Final

TOKENS: Final = "tokens"
SECONDS: Final = "seconds"
KNOWN: Final = {
    "gen_ai.client.token.usage": TOKENS,
    "gen_ai.client.inference.token.usage": TOKENS,
    "gen_ai.client.operation.duration": SECONDS,
    "gen_ai.client.inference.duration": SECONDS,
    "gen_ai.client.inference.operation.duration": SECONDS,
    "llm.usage.tokens": TOKENS,
}
"""By what their sums count, in names of today, of before, and of OpenLLMetry."""
MODEL: Final = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")
PROVIDER: Final = ("gen_ai.provider.name", "gen_ai.system", "llm.provider")
TOKEN_TYPE: Final = ("gen_ai.token.type", "llm.usage.token_type")


def counts_of(metric: str) -> str:
    """What the sum of a metric counts; empty for one that is not kept. A name of the
    family `gen_ai.client.inference.` that is newer than this list is known by its
    end."""
    known = KNOWN.get(metric)
    if known or not metric.startswith("gen_ai.client.inference."):
        return known or ""
    if metric.endswith(".duration"):
        return SECONDS
    return TOKENS if "token" in metric else ""
