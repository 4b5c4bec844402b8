"""The five-step indicators on cards and in tables, and where each comes from.

Pure. A level is 0 (free, for costs) or 1 to 5; None where nothing is known.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

# Arena score (overall) from which the level begins. Of the 245 models rated on
# 2026-10-20, about a fifth falls into each band.
ACCURACY_FROM: Final = ((1455, 5), (1420, 4), (1365, 3), (1295, 2), (0, 1))
# Dollars per million tokens, three input to one output, where levels 2 to 5 begin.
COST_FROM: Final = (Decimal("0.3"), Decimal(1), Decimal(4), Decimal(12))
COST_WORDS: Final = ("free", "very low", "low", "medium", "high", "very high")
COST_RULE: Final = (
    "From the price in force per million tokens, three input to one output: "
    "1 below $0.30, 2 below $1, 3 below $4, 4 below $12, 5 from $12."
)
ACCURACY_RULE: Final = (
    "From the Arena rating, all tasks: 2 from 1295, 3 from 1365, 4 from 1420, "
    "5 from 1455."
)


@dataclass(frozen=True)
class Level:
    """One indicator: `value` 0–5 or None, `text` beside it, `source` in words."""

    value: int | None
    text: str
    source: str

    @property
    def value_text(self) -> str:
        """The text beside the segments; nothing beside the dash of an unknown."""
        return "" if self.value is None else self.text


SPEED_UNKNOWN: Final = Level(
    None, "–", "Speed: not measured yet. No source in the catalogue states it."
)


def blended_usd(
    input_usd: Decimal | None, output_usd: Decimal | None
) -> Decimal | None:
    """Dollars per million tokens at three input tokens to one output token; the input
    price alone where there is no output price (embeddings)."""
    if input_usd is None:
        return output_usd
    if output_usd is None:
        return input_usd
    return (3 * input_usd + output_usd) / 4


def cost_level(input_usd: Decimal | None, output_usd: Decimal | None) -> int | None:
    blended = blended_usd(input_usd, output_usd)
    if blended is None:
        return None
    if blended == 0:
        return 0
    return 1 + bisect_right(COST_FROM, blended)


def cost(level: int | None) -> Level:
    """The cost indicator of a model with this cost level."""
    if level is None:
        return Level(None, "–", "Cost: no token price is known.")
    return Level(level, COST_WORDS[level], f"Cost: {level} of 5. {COST_RULE}")


def accuracy(ratings: dict[str, Any]) -> Level:
    """The accuracy indicator from a model's stored ratings."""
    overall = ratings.get("overall") or {}
    score = overall.get("score")
    if score is None:
        return Level(None, "–", "Accuracy: not rated. No source in the catalogue.")
    level = next(level for start, level in ACCURACY_FROM if score >= start)
    source = f"Source: {overall.get('source', 'Arena')}, {overall.get('read_on', '–')}."
    return Level(
        level,
        f"{score:.0f}",
        f"Accuracy: {level} of 5. {ACCURACY_RULE} {source}",
    )
