"""What an adjustment makes of a recorded call. Pure.

The prices of an adjustment are written down with it, as a list of

    {"price_id": 7, "rates": {…}, "from": "2026-11-01T00:00:00+00:00" or null, "to": …}

in which a call takes the one that holds when it started."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from analytics.cost_text import breakdown_text
from analytics.costing import USAGE_ESTIMATED, cost_of_call
from registry.cost import Cost, CostState
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.usage import Usage

PeriodFacts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of a call that an adjustment may change."""

    ai_model_id: int | None
    price_id: int | None
    cost_state: str
    cost_usd: Decimal | None
    breakdown: str


class Recorded(Protocol):
    """A usage record, as far as it matters here."""

    started_at: datetime.datetime
    ai_model_id: int | None
    price_id: int | None
    cost_state: str
    cost_usd: Decimal | None
    breakdown: str

    @property
    def usage(self) -> Usage | None: ...

    @property
    def cost(self) -> Cost: ...


def standing(record: Recorded) -> Standing:
    return Standing(
        record.ai_model_id,
        record.price_id,
        record.cost_state,
        record.cost_usd,
        record.breakdown,
    )


def adjusted(
    record: Recorded, ai_model_id: int, periods: Sequence[PricePeriod]
) -> Standing | None:
    """How the call stands once it is a call of this model at these prices; None where
    nothing changes. What the provider reported it charged stays, and so does a known
    cost where no price holds: knowing less is no adjustment."""
    now = standing(record)
    new = Standing(
        ai_model_id, now.price_id, now.cost_state, now.cost_usd, now.breakdown
    )
    usage = record.usage
    price = next((one for one in periods if one.holds_at(record.started_at)), None)
    if usage is not None and price and now.cost_state != CostState.REPORTED.value:
        cost, price_id = cost_of_call(
            usage,
            price,
            record.started_at,
            is_estimated=USAGE_ESTIMATED in record.cost.notes,
        )
        if cost.total_usd is not None:
            new = Standing(
                ai_model_id,
                price_id,
                cost.state.value,
                cost.total_usd,
                breakdown_text(cost),
            )
    return None if new == now else new


def period_facts(periods: Iterable[PricePeriod]) -> list[PeriodFacts]:
    """Prices as they are written down."""
    return [
        {
            "price_id": one.price_id,
            "rates": one.rates.document,
            "from": one.effective_from and one.effective_from.isoformat(),
            "to": one.effective_to and one.effective_to.isoformat(),
        }
        for one in periods
    ]


def periods_from(facts: Iterable[PeriodFacts]) -> tuple[PricePeriod, ...]:
    """The same as they are used."""
    return tuple(
        PricePeriod(
            one["price_id"],
            Rates(one["rates"]),
            _moment(one["from"]),
            _moment(one["to"]),
        )
        for one in facts
    )


def whatever_time(period: PricePeriod) -> PricePeriod:
    """A price as though it had always held."""
    return PricePeriod(period.price_id, period.rates, None, None)


def said_readings(name: str) -> list[tuple[str, str]]:
    """Provider and model as they may have been told of a call whose record says
    `provider/model`, or a model of which nobody said who serves it."""
    provider, slash, model = name.partition("/")
    if not slash or not provider or not model:
        return [("", name)]
    return [(provider.lower(), model), (provider.lower(), name), ("", name)]


def _moment(text: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if text else None
