"""What the traffic of the last days would have cost on other models and packs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from django.db import connection

from analytics.bands.band import Band
from analytics.bands.what_if import (
    Alternative,
    ModelFacts,
    Pricing,
    Row,
    Sums,
    Unfit,
    reprice,
    total,
)
from analytics.queries.bands import BandQuestion, bands_between
from analytics.time_steps import hour_before
from registry.models import AIModel, Feature, Organization
from registry.price_periods import changes_of, clocks_of
from registry.queries.price_books import price_book
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.resolution.price_book import PriceBook

HOUR: Final = datetime.timedelta(hours=1)
KEYS: Final = (
    "feature_id",
    "ai_model_id",
    "is_counted",
    "is_priced",
    "is_batch",
    "is_short_audio",
    "kinds",
    "other_names",
)
AS_OF: Final = (
    "SELECT min(marked_at) FROM analytics_dirtyhour WHERE organization_id = %s"
)


class Prices(StrEnum):
    """`list`: the catalogue's prices of today, without what was negotiated."""

    DAY = "day"
    TODAY = "today"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class WhatIfQuestion:
    """Traffic of the `days` until `now` (aware), of the features of `feature_ids` or,
    where that is empty, of everything."""

    organization: Organization
    now: datetime.datetime
    days: int
    alternatives: tuple[Alternative, ...] = ()
    feature_ids: frozenset[int] = frozenset()
    prices: Prices = Prices.DAY
    is_cached: bool = True
    unfit: Unfit = Unfit.STAY

    @property
    def end(self) -> datetime.datetime:
        return hour_before(self.now) + HOUR

    @property
    def start(self) -> datetime.datetime:
        return self.end - datetime.timedelta(days=self.days)


@dataclass(frozen=True)
class WhatIf:
    """Rows with a cell for each alternative. Calls recorded until `as_of` are in it;
    later ones may be. `features` and `models` by row id; what is gone is absent."""

    question: WhatIfQuestion
    rows: tuple[Row, ...]
    features: Mapping[int, Feature]
    models: Mapping[int, AIModel]
    as_of: datetime.datetime

    @cached_property
    def totals(self) -> tuple[Sums, ...]:
        """Of each alternative."""
        places = range(len(self.question.alternatives))
        return tuple(total(self.rows, place) for place in places)


def what_if(question: WhatIfQuestion) -> WhatIf:
    """Six statements; one more for each hour within which a price changed."""
    organization = question.organization
    book = price_book(
        organization,
        {one.model_id for way in question.alternatives for one in way.models},
        with_negotiated=question.prices != Prices.LIST,
    )
    bands = bands_between(_band_question(question, book))
    features = Feature.objects.filter(organization=organization).in_bulk(
        {band.feature_id for band in bands if band.feature_id}
    )
    models = AIModel.objects.select_related("provider").in_bulk(
        {band.ai_model_id for band in bands if band.ai_model_id}
    )
    rows = reprice(
        bands,
        question.alternatives,
        _pricing(question, book),
        {pk: one.required_capabilities for pk, one in features.items()},
    )
    as_of = _as_of(organization) or question.now
    return WhatIf(question, tuple(rows), features, models, as_of)


def model_facts(ai_model: AIModel) -> ModelFacts:
    return ModelFacts(
        ai_model.pk,
        ai_model.reference,
        ai_model.context_window,
        frozenset(ai_model.capabilities),
    )


def _band_question(question: WhatIfQuestion, book: PriceBook) -> BandQuestion:
    organization_id = question.organization.pk
    periods = [
        period
        for way in question.alternatives
        for model in way.models
        for period in book.periods(organization_id, model.model_id)
    ]
    only = {"feature_id": frozenset(question.feature_ids)}
    return BandQuestion(
        organization_id=organization_id,
        start=question.start,
        end=question.end,
        keys=KEYS,
        moments=changes_of(periods) if question.prices == Prices.DAY else frozenset(),
        clocks=clocks_of(periods),
        edges=_edges(question, periods),
        only=only if question.feature_ids else {},
    )


def _edges(question: WhatIfQuestion, periods: Iterable[PricePeriod]) -> frozenset[int]:
    """Sizes that matter to some alternative."""
    windows = {
        model.window_tokens for way in question.alternatives for model in way.models
    }
    starts = {start for period in periods for start in period.rates.thresholds}
    return frozenset(edge for edge in {*windows, *starts} if edge is not None)


def _pricing(question: WhatIfQuestion, book: PriceBook) -> Pricing:
    is_daily = question.prices == Prices.DAY
    today = question.now.astimezone(datetime.UTC).date()

    def price_of(model_id: int, band: Band) -> tuple[Rates | None, datetime.datetime]:
        """In force then; or in force now, at the call's time of day."""
        at = in_force = band.at
        if not is_daily:
            clock = band.at.astimezone(datetime.UTC).timetz()
            at = datetime.datetime.combine(today, clock)
            in_force = question.now
        period = book.price(question.organization.pk, model_id, in_force)
        return (period.rates if period else None), at

    return Pricing(
        price_of,
        keeps_recorded=is_daily and question.is_cached,
        is_cached=question.is_cached,
        unfit=question.unfit,
    )


def _as_of(organization: Organization) -> datetime.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(AS_OF, [organization.pk])
        (moment,) = cursor.fetchone()
    assert moment is None or isinstance(moment, datetime.datetime)  # noqa: S101  # for mypy
    return moment
