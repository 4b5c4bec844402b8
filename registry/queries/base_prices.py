"""Base rates of the prices in force, slim enough for the whole catalogue at once."""

import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from registry.models import Organization, Price


class BasePrice(NamedTuple):
    """Dollars per million tokens, lowest tier; None where there is no such rate."""

    input_usd: Decimal | None
    output_usd: Decimal | None
    is_negotiated: bool = False


NO_PRICE: Final = BasePrice(None, None)


def base_prices(
    organization: Organization, at: datetime.datetime
) -> dict[int, BasePrice]:
    """Of every model with a price in force, by primary key, as `quotes` would choose
    it: an organisation's own price wins. One query."""
    rows = (
        Price.objects.in_force(at)
        .for_organization(organization)
        .values_list(
            "ai_model_id",
            "organization_id",
            "discount_percent",
            "input_usd_per_million",
            "output_usd_per_million",
        )
    )
    catalogue: dict[int, BasePrice] = {}
    own: dict[int, tuple[Decimal | None, BasePrice]] = {}
    for pk, owner, discount, input_usd, output_usd in rows:
        if owner is None:
            catalogue.setdefault(pk, BasePrice(input_usd, output_usd))
        else:
            own.setdefault(pk, (discount, BasePrice(input_usd, output_usd, True)))
    for pk, (discount, price) in own.items():
        if discount is None:
            catalogue[pk] = price
        elif pk in catalogue:
            catalogue[pk] = _discounted(catalogue[pk], discount)
    return catalogue


def _discounted(price: BasePrice, percent: Decimal) -> BasePrice:
    factor = (100 - percent) / 100
    input_usd, output_usd = (
        None if rate is None else rate * factor
        for rate in (price.input_usd, price.output_usd)
    )
    return BasePrice(input_usd, output_usd, is_negotiated=True)
