"""The five-step indicators on cards and in tables, and where each comes from.

Pure. A level is 0 (free, for costs) or 1 to 5; None where nothing is known.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

# Arena score (overall) from which the level begins. Of the 245 models rated on
# 2026-10-20, about a fifth falls into each band.
ACCURACY_FROM: Final = ((1455, 5), (1420, 4), (1365, 3), (1295, 2), (0, 1))
# Dollars per million tokens, three input to one output, below which the level holds.
COST_BELOW: Final = (
    (Decimal("0.3"), 1),
    (Decimal(1), 2),
    (Decimal(4), 3),
    (Decimal(12), 4),
)
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
    return next((level for below, level in COST_BELOW if blended < below), 5)


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
    source = f"{overall.get('source', 'Arena')}, read {overall.get('read_on', '–')}"
    return Level(
        level, f"{score:.0f}", f"Accuracy: {level} of 5. {ACCURACY_RULE} Source: {source}."
    )
