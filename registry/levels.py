"""The five-step indicators on cards and in tables, and where each comes from.

Pure. A level is 0 (free, for costs) or 1 to 5; None where nothing is known.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from registry.measured import Indicator, Measured, best

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


# Output tokens a second of whole calls, where levels 2 to 5 begin. 15 keep ahead of a
# quick reader; from 150 on a page is there in a few seconds.
SPEED_FROM: Final = (15, 40, 80, 150)
SPEED_RULE: Final = (
    "From output tokens a second of whole calls: 2 from 15, 3 from 40, 4 from 80, "
    "5 from 150."
)
RELIABILITY_FROM: Final = (0.95, 0.99, 0.995, 0.999)
RELIABILITY_RULE: Final = (
    "From the share of calls that were answered: 2 from 95%, 3 from 99%, 4 from 99.5%, "
    "5 from 99.9%."
)
SCORES_FROM: Final = (40, 60, 75, 90)
SCORES_RULE: Final = (
    "From the mean score of its cases: 2 from 40, 3 from 60, 4 from 75, 5 from 90."
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
    None,
    "–",
    "Speed: not measured yet. No source in the catalogue states it; a benchmark or "
    "calls in production do.",
)
RELIABILITY_UNKNOWN: Final = Level(
    None, "–", "Reliability: not measured yet by a benchmark or calls in production."
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


def speed(found: Iterable[Measured]) -> Level:
    """The speed indicator: nobody documents it, so it is measured or not known."""
    measured = best(found, Indicator.SPEED)
    if measured is None:
        return SPEED_UNKNOWN
    level = 1 + bisect_right(SPEED_FROM, measured.value)
    source = f"Speed: {level} of 5. Measured {measured.words}. {SPEED_RULE}"
    return Level(level, measured.text, source)


def reliability(found: Iterable[Measured]) -> Level:
    """The share of calls that were answered, measured or not known."""
    measured = best(found, Indicator.RELIABILITY)
    if measured is None:
        return RELIABILITY_UNKNOWN
    level = 1 + bisect_right(RELIABILITY_FROM, measured.value)
    source = f"Reliability: {level} of 5. Measured {measured.words}. {RELIABILITY_RULE}"
    return Level(level, measured.text, source)


def accuracy(ratings: dict[str, Any], found: Iterable[Measured] = ()) -> Level:
    """The accuracy indicator from a model's stored ratings, with what was measured
    beside it. A model that nobody rates has the level of its own benchmarks."""
    measured = best(found, Indicator.ACCURACY)
    documented = _documented(ratings)
    if measured is None:
        return documented
    if documented.value is not None:
        beside = f"{documented.source} Measured: {measured.words}."
        return replace(documented, source=beside)
    level = 1 + bisect_right(SCORES_FROM, measured.value)
    said = f"Accuracy: {level} of 5, of your own benchmarks; no source rates it."
    return Level(
        level, measured.text, f"{said} Measured {measured.words}. {SCORES_RULE}"
    )


def _documented(ratings: dict[str, Any]) -> Level:
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
