"""All prices of some models, for many calls at many moments."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from registry.models import Organization, Price
from registry.resolution.loading import price_rows
from registry.resolution.price_book import PriceBook


def price_book(
    organization: Organization | int,
    ai_model_ids: Collection[int],
    *,
    with_negotiated: bool = True,
) -> PriceBook:
    """The catalogue's prices of the models and, unless `with_negotiated` is False, the
    organisation's own; one query."""
    if not ai_model_ids:
        return PriceBook.of(())
    owner = Q(organization=None)
    if with_negotiated:
        owner |= Q(organization=organization)
    prices = Price.objects.filter(owner, ai_model__in=ai_model_ids)
    return PriceBook.of(price_rows(prices))
