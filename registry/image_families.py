"""Which models count images by which rule: one row a family, with its source.

Read in November 2026. A pattern is matched from the start of the model id without its
host's prefix (`openai/`, `us.anthropic.`), in lower case; the first row that matches
wins. A model that no row names is not known, and so has no number of tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.image_rules import (
    Fixed,
    Grid,
    Limit,
    Patches,
    PixelArea,
    Rule,
    SmallOrTiles,
    Tiles,
)

OPENAI: Final = "https://developers.openai.com/api/docs/guides/images-vision"
ANTHROPIC: Final = "https://platform.claude.com/docs/en/build-with-claude/vision"
GEMINI_TOKENS: Final = "https://ai.google.dev/gemini-api/docs/tokens"
GEMINI_MEDIA: Final = "https://ai.google.dev/gemini-api/docs/media-resolution"

DATED: Final = r"(?:-20\d\d-?\d\d-?\d\d)?"
PLAIN: Final = rf"(?:-pro|-chat|-chat-latest|-latest)?{DATED}$"
SMALL: Final = Limit(patches=1_536, edge_px=2_048)
WIDE: Final = Limit(patches=2_500, edge_px=2_048)
HUGE: Final = Limit(patches=10_000, edge_px=6_000)
UNSHRUNK: Final = Limit(patches=10**9, edge_px=65_535)
TEXT_OUT: Final = r"(?!.*(?:-image|-live|-tts|-audio|embedding))"


@dataclass(frozen=True)
class Family:
    """Models whose id matches `pattern`. `doubt` says why a row is uncertain."""

    name: str
    pattern: str
    rule: Rule
    source: str
    doubt: str = ""


FAMILIES: Final = (
    Family(
        "GPT-4o mini, tiles",
        rf"gpt-4o-mini{DATED}$",
        Tiles(base=2_833, tile=5_667),
        OPENAI,
    ),
    Family(
        "GPT-4o, 4.1, 4.5 and 4 Turbo, tiles",
        rf"(?:chatgpt-4o-latest|gpt-4o{DATED}|gpt-4\.1{DATED}|gpt-4\.5-preview{DATED}"
        rf"|gpt-4-turbo{DATED}|gpt-4-vision-preview)$",
        Tiles(base=85, tile=170),
        OPENAI,
    ),
    Family(
        "GPT-5 and 5.1, tiles",
        rf"gpt-5(?:\.1)?{PLAIN}",
        Tiles(base=70, tile=140),
        OPENAI,
    ),
    Family(
        "o1 and o3, tiles",
        rf"(?:o1|o3)(?:-pro)?{DATED}$",
        Tiles(base=75, tile=150),
        OPENAI,
    ),
    Family(
        "Computer use preview, tiles",
        rf"computer-use(?:-preview)?{DATED}$",
        Tiles(base=65, tile=129),
        OPENAI,
    ),
    Family(
        "GPT mini, patches",
        rf"gpt-(?:4\.1|5|5\.4)-mini{DATED}$",
        Patches(factor_percent=162, high=SMALL),
        OPENAI,
    ),
    Family(
        "GPT nano, patches",
        rf"gpt-(?:4\.1|5|5\.4)-nano{DATED}$",
        Patches(factor_percent=246, high=SMALL),
        OPENAI,
    ),
    Family(
        "o4-mini, patches",
        rf"o4-mini{DATED}$",
        Patches(factor_percent=172, high=SMALL),
        OPENAI,
    ),
    Family(
        "GPT-5.2, patches",
        rf"gpt-5\.2{PLAIN}",
        Patches(factor_percent=120, high=SMALL),
        OPENAI,
        doubt="Sources differ: the guide states no factor for GPT-5.2, users were "
        "billed × 1.2.",
    ),
    Family(
        "GPT-5.4, patches",
        rf"gpt-5\.4{PLAIN}",
        Patches(factor_percent=120, high=WIDE, original=HUGE),
        OPENAI,
    ),
    Family(
        "GPT-5.5, patches",
        rf"gpt-5\.5{PLAIN}",
        Patches(factor_percent=120, high=WIDE, original=HUGE, is_auto_original=True),
        OPENAI,
    ),
    Family(
        "GPT-5.6 and 6, patches",
        rf"gpt-(?:5\.6|6)(?:-(?:astra|sol|terra|luna))?{PLAIN}",
        Patches(
            factor_percent=120,
            high=Limit(patches=2_500, edge_px=65_535),
            original=UNSHRUNK,
            is_auto_original=True,
            refused_above=30_000,
        ),
        OPENAI,
    ),
    Family(
        "Claude 4.7 and later, 28 px grid",
        r"claude-(?:opus|sonnet|haiku|fable|mythos)-"
        r"(?:4[-.](?:[7-9]|[1-9]\d)(?!\d)|(?:[5-9]|[1-9]\d)(?!\d))",
        Grid(edge_px=2_576, max_tokens=4_784),
        ANTHROPIC,
    ),
    Family(
        "Claude 4 to 4.6, 28 px grid",
        r"claude-(?:(?:opus|sonnet|haiku)-4(?!\d)"
        r"|4(?:[-.][0-6])?-(?:opus|sonnet|haiku))",
        Grid(edge_px=1_568, max_tokens=1_568),
        ANTHROPIC,
    ),
    Family(
        "Claude 3, pixels ÷ 750",
        r"claude-3(?!\d)",
        PixelArea(pixels_per_token=750, edge_px=1_568, max_tokens=1_600),
        "https://docs.anthropic.com/en/docs/vision",
    ),
    Family(
        "Gemini 3 and later, by media resolution",
        rf"{TEXT_OUT}gemini-(?:[3-9]|[1-9]\d)(?!\d)",
        Fixed(low=280, medium=560, high=1_120, original=2_240),
        GEMINI_MEDIA,
    ),
    Family(
        "Gemini 2, tiles",
        rf"{TEXT_OUT}gemini-2(?!\d)",
        SmallOrTiles(),
        GEMINI_TOKENS,
    ),
    Family(
        "Gemini 1, one number",
        rf"{TEXT_OUT}gemini-1(?!\d)",
        Fixed(low=258, medium=258, high=258, original=258),
        GEMINI_TOKENS,
    ),
)
