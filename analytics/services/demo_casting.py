"""Finds the models of the sample data in the catalogue, and what they cost."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from analytics.demo.cast import NEEDED, PACKS
from analytics.demo.features import Part
from registry.models import AIModel, Organization, Price
from registry.models.ai_model import AIModelQuerySet
from registry.queries.references import resolve_references
from registry.resolution.price_book import PriceBook, PriceRow
from registry.services.catalog_sync import sync_from_sources

Casts = tuple[Mapping[Part, AIModel], ...]


class SampleRefused(Exception):
    """There is or can be no sample data; the text says why and what to do."""


def ensure_catalogue() -> None:
    """Load the catalogue where there is none yet: sample data has real prices."""
    if not AIModel.objects.filter(organization=None, is_listed=True).exists():
        sync_from_sources(
            prices=settings.MODELHUB_CATALOG_PRICES,
            facts=settings.MODELHUB_CATALOG_FACTS,
        )


def cast_models(organization: Organization, at: datetime.datetime) -> Casts:
    """For each of `PACKS` the model of each part: the first wish that can be used at
    `at`, else the newest model that can. Raises SampleRefused."""
    wishes = [pack.wishes for pack in PACKS]
    wanted = {one for wish in wishes for names in wish.values() for one in names}
    known = resolve_references(wanted, organization)
    usable = {
        one.pk: one for one in _usable(at).filter(pk__in=[m.pk for m in known.values()])
    }
    return tuple(
        {part: _first(names, known, usable, at) for part, names in wish.items()}
        for wish in wishes
    )


def price_book(organization: Organization, models: Iterable[AIModel]) -> PriceBook:
    """The prices of these models, with those that the organisation negotiated."""
    rows = Price.objects.filter(
        Q(organization=None) | Q(organization=organization), ai_model__in=list(models)
    )
    columns = (
        "pk",
        "ai_model_id",
        "organization_id",
        "effective_from",
        "effective_to",
        Cast("rates", TextField()),
        "discount_percent",
    )
    return PriceBook.of(PriceRow(*row) for row in rows.order_by().values_list(*columns))


def _first(
    names: tuple[str, ...],
    known: Mapping[str, AIModel],
    usable: Mapping[int, AIModel],
    at: datetime.datetime,
) -> AIModel:
    for name in names:
        if name in known and known[name].pk in usable:
            return usable[known[name].pk]
    newest = _usable(at).order_by(F("released_on").desc(nulls_last=True), "pk").first()
    if newest is None:
        raise SampleRefused(
            "The catalogue has no model with a price that the sample data could use. "
            "Run `modelhub catalog sync` and try again."
        )
    return newest


def _usable(at: datetime.datetime) -> AIModelQuerySet:
    priced = Price.objects.filter(
        organization=None, output_usd_per_million__gt=0
    ).in_force(at)
    return AIModel.objects.filter(
        Q(retired_on=None) | Q(retired_on__gt=at.date()),
        organization=None,
        is_listed=True,
        capabilities__contains=list(NEEDED),
        pk__in=priced.values("ai_model"),
    ).select_related("provider")
