"""Return on investment: what a month brings, less what it costs. Pure, in `Decimal`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Final

from registry.pricing import EXACT

MONTHS: Final = 12
TENTH: Final = Decimal("0.1")


class Payback(StrEnum):
    """When the set-up cost has come back."""

    AT_ONCE = "at_once"
    AFTER = "after"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Roi:
    """Dollars a month, exact. `percent` is net by cost (None where nothing is spent,
    for there is no such ratio), rounded to a tenth; `payback_months` likewise."""

    value_usd: Decimal
    cost_usd: Decimal
    net_usd: Decimal
    setup_usd: Decimal
    percent: Decimal | None
    payback: Payback
    payback_months: Decimal | None
    first_year_net_usd: Decimal
    first_year_percent: Decimal | None


def return_on_investment(
    *,
    items: int,
    value_per_item_usd: Decimal,
    monthly_cost_usd: Decimal,
    setup_usd: Decimal = Decimal(0),
) -> Roi:
    """What `items` a month are worth against what they cost. `setup_usd` is paid
    once, before the first month; the first year is twelve months less set-up."""
    with localcontext(EXACT):
        value = value_per_item_usd * items
        net = value - monthly_cost_usd
        year = net * MONTHS - setup_usd
        spent = monthly_cost_usd * MONTHS + setup_usd
        payback, months = _payback(net, setup_usd)
        return Roi(
            value_usd=value,
            cost_usd=monthly_cost_usd,
            net_usd=net,
            setup_usd=setup_usd,
            percent=percent_of(net, monthly_cost_usd),
            payback=payback,
            payback_months=months,
            first_year_net_usd=year,
            first_year_percent=percent_of(year, spent),
        )


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`, to a tenth; None where the whole is zero."""
    if not whole:
        return None
    with localcontext(EXACT):
        return (part * 100 / whole).quantize(TENTH, ROUND_HALF_UP)


def _payback(net: Decimal, setup: Decimal) -> tuple[Payback, Decimal | None]:
    if net <= 0:
        return (Payback.NEVER, None) if setup or net < 0 else (Payback.AT_ONCE, None)
    if not setup:
        return Payback.AT_ONCE, None
    return Payback.AFTER, (setup / net).quantize(TENTH, ROUND_HALF_UP)
