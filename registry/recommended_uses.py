"""What a model suits, by plain rules on its facts. Pure; every use says why.

A rule speaks only from stated facts: an unknown price or window recommends nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

LONG_DOCUMENT_TOKENS: Final = 200_000
LOW_COST: Final = 2
"""Highest cost level (registry.levels) that bulk work should bear."""
HIGH_ACCURACY: Final = 4


@dataclass(frozen=True)
class Facts:
    """What the rules look at. Levels are those of `registry.levels`."""

    model_type: str
    capabilities: Collection[str]
    context_window: int | None
    cost_level: int | None
    accuracy_level: int | None = None

    @property
    def is_low_cost(self) -> bool:
        return self.cost_level is not None and self.cost_level <= LOW_COST

    @property
    def is_accurate(self) -> bool:
        return (self.accuracy_level or 0) >= HIGH_ACCURACY

    def can(self, *words: str) -> bool:
        return all(word in self.capabilities for word in words)


@dataclass(frozen=True)
class RecommendedUse:
    name: str
    reason: str


def recommended_uses(facts: Facts) -> tuple[RecommendedUse, ...]:
    """The uses that the facts speak for, the most specific first."""
    return tuple(
        RecommendedUse(name, reason)
        for name, reason in (*_special(facts), *_images(facts), *_text(facts))
    )


def _special(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.can("embedding") or facts.model_type == "embedding":
        yield "Search and clustering", "Turns text into vectors."
    if facts.can("image_generation"):
        yield "Making images", "Generates images."
    if facts.can("audio") or facts.model_type == "audio":
        yield "Speech", "Hears or speaks."
    if facts.model_type == "rerank":
        yield "Sorting search results", "Made for reranking."


def _images(facts: Facts) -> Iterator[tuple[str, str]]:
    if not facts.can("image_analysis"):
        return
    if facts.is_low_cost:
        yield "Photo tagging", "Reads images at a low price."
    elif facts.is_accurate:
        yield "Image questions", "Reads images and is rated high for accuracy."


def _text(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.can("code") or (facts.can("tools", "reasoning") and facts.is_accurate):
        why = (
            "made for code" if facts.can("code") else "reasons, calls tools, rated high"
        )
        yield "Code", f"Documented facts: {why}."
    if facts.can("text_generation") and (facts.context_window or 0) >= (
        LONG_DOCUMENT_TOKENS
    ):
        yield "Long documents", "Its window holds at least 200,000 tokens."
    if facts.can("structured_output") and facts.is_low_cost:
        yield "Bulk classification", "Answers in a given schema at a low price."
    if facts.can("tools", "reasoning"):
        yield "Agents", "Reasons and calls tools."
