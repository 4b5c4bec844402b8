"""Why the recorded cost of two times differs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from analytics.bands.band import Band
from analytics.bands.change_steps import Cell, RatesOf, substitute
from analytics.bands.change_words import CostChange, CostStep, in_words
from analytics.queries.bands import BandQuestion, Filters, bands_between
from analytics.questions import Dimension, Key
from registry.models import AIModel, Feature
from registry.price_periods import changes_of, clocks_of
from registry.queries.price_books import price_book
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.resolution.price_book import PriceBook

__all__ = ["CostChange", "CostStep", "Range", "cost_change"]

Range = tuple[datetime.datetime, datetime.datetime]
"""Aware moments: from, to before."""
KEYS: Final = (
    "feature_id",
    "ai_model_id",
    "price_id",
    "is_counted",
    "is_priced",
    "is_batch",
    "is_short_audio",
    "above_tokens",
    "other_names",
)
COLUMNS: Final = {
    Dimension.FEATURE: "feature_id",
    Dimension.MODEL: "ai_model_id",
    Dimension.CONNECTION: "connection_id",
    Dimension.SOURCE: "source",
}


def cost_change(
    organization_id: int,
    before: Range,
    after: Range,
    only: Mapping[Dimension, frozenset[Key]] | None = None,
) -> CostChange:
    """Steps from the recorded cost of `before` to that of `after`, in the order of
    `analytics.bands.change_steps`, that add up to the last digit. `only` narrows both.

    Raises ValueError for a dimension that sums of calls by size are not kept by:
    anything but feature, model, provider, connection and source."""
    filters = _filters(only or {})
    questions = [
        BandQuestion(
            organization_id=organization_id,
            start=start,
            end=end,
            keys=KEYS,
            only=filters,
        )
        for start, end in (before, after)
    ]
    found = [bands_between(one) for one in questions]
    ids = {band.ai_model_id for bands in found for band in bands}
    models = {pk for pk in ids if pk is not None}
    book = price_book(organization_id, models)
    periods = [period for pk in models for period in book.periods(organization_id, pk)]
    moments, clocks = _moving(book, periods), clocks_of(periods)
    if moments or clocks:
        found = [
            bands_between(replace(one, moments=moments, clocks=clocks))
            for one in questions
        ]
    substitution = substitute(found[0], found[1], _rates_of(book, organization_id))
    return in_words(substitution, _names(organization_id, substitution.mix_usd, models))


def _filters(only: Mapping[Dimension, frozenset[Key]]) -> Filters:
    filters = dict[str, frozenset[Key]]()
    for dimension, wanted in only.items():
        if dimension == Dimension.PROVIDER:
            column, wanted = "ai_model_id", _models_of(wanted)
        elif dimension in COLUMNS:
            column = COLUMNS[dimension]
        else:
            raise ValueError(f"Costs are not explained by {dimension}.")
        filters[column] = filters.get(column, wanted) & wanted
    return filters


def _models_of(providers: Iterable[Key]) -> frozenset[Key]:
    ids = [one for one in providers if isinstance(one, int)]
    found = AIModel.objects.filter(provider__in=ids).order_by()
    return frozenset(found.values_list("pk", flat=True))


def _moving(
    book: PriceBook, periods: Iterable[PricePeriod]
) -> frozenset[datetime.datetime]:
    """When a price changes under the same row: a discount moves with the catalogue's
    price, and a variant may begin."""
    rows = [row for found in book.rows.values() for row in found]
    discounted = {row.id for row in rows if row.discount_percent is not None}
    return changes_of(
        one
        for one in periods
        if one.price_id in discounted
        or any(
            "starts_on" in entry for entry in one.rates.document.get("variants") or ()
        )
    )


def _rates_of(book: PriceBook, organization_id: int) -> RatesOf:
    def rates_of(band: Band) -> Rates | None:
        if band.ai_model_id is None or band.price_id is None:
            return None
        same = [
            one
            for one in book.periods(organization_id, band.ai_model_id)
            if one.price_id == band.price_id
        ]
        holding = [one for one in same if one.holds_at(band.at)] or same[-1:]
        return holding[0].rates if holding else None

    return rates_of


@dataclass(frozen=True)
class _Names:
    features: Mapping[int, str]
    models: Mapping[int, str]

    def __call__(self, cell: Cell) -> str:
        feature, model = cell
        words = [self.features.get(feature, "a removed feature")] if feature else []
        words.append(
            self.models.get(model, "a removed model") if model else "unknown models"
        )
        return " on ".join(words)


def _names(organization_id: int, cells: Iterable[Cell], models: set[int]) -> _Names:
    features = {feature for feature, _ in cells if feature is not None}
    known = Feature.objects.filter(organization=organization_id, pk__in=features)
    named = AIModel.objects.filter(pk__in=models).select_related("provider")
    return _Names(
        {one.pk: one.name for one in known}, {one.pk: one.reference for one in named}
    )
