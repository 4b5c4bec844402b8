"""Every model that may be thought of, as few facts as a first look needs. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from recommender.scoring.evidence import documented_chance
from recommender.scoring.weights import Weights
from recommender.use_cases import Fit, FitFacts, UseCase, fit
from registry.requirements import ModelFacts, Requirements, check

Column = npt.NDArray[np.float64]
UNRATED: Final = 25.0
"""Points of quality in the first look of a model that nobody rated: an even chance,
cautiously."""
UNKNOWN_COST: Final = 10.0
Refusals = tuple[str, ...]
MOST_KEPT: Final = 64
"""Sets of requirements whose refusals are kept."""
NO_TEXT: Final = "does not write text"


@dataclass(frozen=True, slots=True)
class PoolModel:
    """`rating` is the overall Arena rating; prices are dollars per million tokens at
    the lowest tier, with the organisation's discount."""

    pk: int
    provider: str
    model_name: str
    facts: ModelFacts
    fit_facts: FitFacts
    rating: float | None
    input_usd: float | None
    output_usd: float | None
    cache_read_usd: float | None
    writes_text: bool = True

    @property
    def reference(self) -> str:
        return f"{self.provider}/{self.model_name}"


@dataclass(frozen=True)
class MeanMonth:
    """Tokens of a month, for a first estimate; `input_tokens` includes cached ones."""

    input_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0

    @property
    def kinds(self) -> tuple[int, int, int]:
        """Plain input, cached input, output."""
        plain = max(self.input_tokens - self.cache_read_tokens, 0)
        return plain, self.cache_read_tokens, self.output_tokens


@dataclass(frozen=True)
class Wanted:
    """What is hard: a model that breaks it is excluded with a reason. `providers`
    empty: any. `is_any_model`: those that are not enabled may be chosen too."""

    requirements: Requirements = Requirements()
    providers: frozenset[str] = frozenset()
    is_any_model: bool = False


def refusals(model: PoolModel, wanted: Wanted, today: datetime.date) -> Refusals:
    """Why the model cannot have the job at all; each reads on after its name."""
    found = [
        reason.text
        for reason in check(wanted.requirements, model.facts, today).refusals
        if not (wanted.is_any_model and reason.code == "not_enabled")
    ]
    if not model.writes_text:
        found.insert(0, NO_TEXT)
    if wanted.providers and model.provider not in wanted.providers:
        found.append("is of a provider that was not asked for")
    return tuple(found)


class Pool:
    """Models with what is worked out of them once, however many features ask."""

    def __init__(self, models: Sequence[PoolModel]) -> None:
        self.models = tuple(models)
        self.by_pk = {one.pk: one for one in models}
        self._places = {one.pk: place for place, one in enumerate(models)}
        self._fits: dict[str, list[Fit]] = {}
        self._points: dict[str, Column] = {}
        self._refusals: dict[tuple[Wanted, datetime.date], list[Refusals]] = {}

    def place(self, pk: int) -> int:
        """Of a model in `models` and in every column."""
        return self._places[pk]

    def refusals(self, wanted: Wanted, today: datetime.date) -> list[Refusals]:
        """Of each model, in their order."""
        key = (wanted, today)
        if key not in self._refusals:
            if len(self._refusals) >= MOST_KEPT:
                self._refusals.clear()
            self._refusals[key] = [refusals(one, wanted, today) for one in self.models]
        return self._refusals[key]

    @cached_property
    def quality(self) -> Column:
        """Points by the rating alone, 0 to 100."""
        chances = [documented_chance(one.rating) for one in self.models]
        return np.array([UNRATED if one is None else 100 * one for one in chances])

    @cached_property
    def rates(self) -> Column:
        """Dollars per million tokens of plain input, cached input and output; NaN
        where no price is known."""
        rows = [_rates(one) for one in self.models]
        return np.array(rows, dtype=np.float64).reshape(-1, 3)

    def fits(self, use_case: UseCase) -> list[Fit]:
        if use_case.key not in self._fits:
            found = [fit(use_case, one.fit_facts) for one in self.models]
            self._fits[use_case.key] = found
            self._points[use_case.key] = np.array(
                [UNRATED if one.score is None else float(one.score) for one in found]
            )
        return self._fits[use_case.key]

    def suitability(self, use_case: UseCase) -> Column:
        """Points, 0 to 100."""
        self.fits(use_case)
        return self._points[use_case.key]

    def first_look(
        self, use_case: UseCase, weights: Weights, month: MeanMonth
    ) -> Column:
        """Points of each model by rating, suitability and list price alone: enough to
        tell which of thousands are worth pricing call by call."""
        share = weights.shares
        tokens = np.array(month.kinds, dtype=np.float64)
        monthly = self.rates @ tokens / 1e6
        known = monthly[~np.isnan(monthly)]
        middle = float(np.median(known)) if len(known) else 0.0
        if middle > 0:
            cheap = np.nan_to_num(100 / (1 + monthly / middle), nan=UNKNOWN_COST)
        else:
            cheap = np.full(len(monthly), 50.0)
        return np.asarray(
            share["quality"] * self.quality
            + share["suitability"] * self.suitability(use_case)
            + share["cost"] * cheap
        )


def _rates(model: PoolModel) -> tuple[float, float, float]:
    if model.input_usd is None or model.output_usd is None:
        return (np.nan, np.nan, np.nan)
    cached = model.cache_read_usd
    return (
        model.input_usd,
        model.input_usd if cached is None else cached,
        model.output_usd,
    )


def discounted(model: PoolModel, percent: Decimal) -> PoolModel:
    """With a negotiated discount of `percent` (0–100) on every rate."""
    factor = float(1 - percent / 100)

    def less(value: float | None) -> float | None:
        return None if value is None else value * factor

    return replace(
        model,
        input_usd=less(model.input_usd),
        output_usd=less(model.output_usd),
        cache_read_usd=less(model.cache_read_usd),
    )
