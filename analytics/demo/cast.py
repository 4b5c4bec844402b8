"""Which models the sample product uses, with each of its packs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.demo.features import FEATURES, Part

Wishes = Mapping[Part, tuple[str, ...]]
"""By part the references of models, the best first."""

NEEDED: Final = ("text_generation", "image_analysis", "tools")
"""Whoever is cast may also have to stand in for somebody else."""
LARGE_MODELS: Final = (
    "anthropic/claude-sonnet-5",
    "anthropic/claude-sonnet-4-6",
    "anthropic/claude-sonnet-4-5-20250929",
)
FIRST: Final[Wishes] = {
    Part.SMALL: ("openai/gpt-5.6-luna", "openai/gpt-5-mini"),
    Part.LARGE: LARGE_MODELS,
    Part.CODE: ("anthropic/claude-opus-5", "anthropic/claude-opus-4-8"),
    Part.VISION: ("google/gemini-3.5-flash", "google/gemini-2.5-flash"),
    Part.THINKER: ("openai/gpt-5.6-sol", "openai/gpt-5.4"),
}
SECOND: Final[Wishes] = {
    Part.SMALL: ("openai/gpt-6-luna", "openai/gpt-5.4-nano", "openai/gpt-5-nano"),
    Part.LARGE: LARGE_MODELS,
    Part.CODE: ("anthropic/claude-opus-5-5", "anthropic/claude-opus-4-6"),
    Part.VISION: ("google/gemini-3.5-flash-lite", "google/gemini-2.5-flash-lite"),
    Part.THINKER: ("openai/gpt-6-sol", "openai/gpt-5.1", "openai/gpt-5"),
}
STAND_INS: Final[Mapping[Part, tuple[Part, ...]]] = {
    Part.SMALL: (Part.VISION, Part.LARGE),
    Part.LARGE: (Part.THINKER, Part.SMALL),
    Part.CODE: (Part.THINKER, Part.LARGE),
    Part.VISION: (Part.SMALL, Part.THINKER),
    Part.THINKER: (Part.LARGE,),
}
TEMPERATURES: Final = {
    "directCodeEditor.creative": 0.8,
    "directCodeEditor.surgical": 0.2,
    "chat": 0.6,
}
PROMPTS: Final = {one.prompt: one for one in FEATURES if one.prompt}
"""One feature that each prompt is for."""


@dataclass(frozen=True)
class DemoPack:
    slug: str
    name: str
    description: str
    wishes: Wishes


PACKS: Final = (
    DemoPack(
        "house-pack",
        "House pack",
        "What the team began with: one good model for each kind of work.",
        FIRST,
    ),
    DemoPack(
        "lean-pack",
        "Lean pack",
        "Newer models, and smaller ones where they are good enough.",
        SECOND,
    ),
)


def chain(part: Part) -> tuple[Part, ...]:
    """A part and those that stand in for it, in order."""
    return (part, *STAND_INS[part])
