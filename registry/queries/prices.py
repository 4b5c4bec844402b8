"""Which price holds for a model, an organisation and a moment."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from registry.models import AIModel, Organization, Price
from registry.rates import Rates


@dataclass(frozen=True)
class Quote:
    """The price in force and the rates to calculate with. For a negotiated discount
    `catalogue_price` is the price it was taken from."""

    price: Price
    rates: Rates
    catalogue_price: Price | None = None


def quotes(
    ai_models: Iterable[AIModel],
    organization: Organization | None,
    at: datetime.datetime,
) -> dict[int, Quote]:
    """The quote of each model by its primary key; a model without a price in force at
    `at` is absent. One query, however many models."""
    rows = (
        Price.objects.in_force(at)
        .for_organization(organization)
        .filter(ai_model__in=list(ai_models))
    )
    catalogue: dict[int, Price] = {}
    own: dict[int, Price] = {}
    for price in rows:
        chosen = catalogue if price.organization_id is None else own
        chosen.setdefault(price.ai_model_id, price)
    found = {pk: Quote(price, Rates(price.rates)) for pk, price in catalogue.items()}
    for pk, price in own.items():
        quote = _negotiated(price, catalogue.get(pk))
        if quote:
            found[pk] = quote
    return found


def quote_for(
    ai_model: AIModel, organization: Organization | None, at: datetime.datetime
) -> Quote | None:
    return quotes([ai_model], organization, at).get(ai_model.pk)


def _negotiated(price: Price, catalogue_price: Price | None) -> Quote | None:
    if price.discount_percent is None:
        return Quote(price, Rates(price.rates), catalogue_price)
    if catalogue_price is None:
        return None
    rates = Rates(catalogue_price.rates).discounted(price.discount_percent)
    return Quote(price, rates, catalogue_price)


def own_prices(
    ai_model: AIModel, organization: Organization, at: datetime.datetime
) -> list[Price]:
    """The organisation's own prices of a model that hold at `at` or are planned."""
    return list(
        Price.objects.filter(ai_model=ai_model, organization=organization)
        .exclude(effective_to__lte=at)
        .order_by("effective_from")
    )
