"""What a model would cost for a use that is only planned."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from analytics.months import Month
from registry.cost import Cost
from registry.models import AIModel, Organization
from registry.pricing import EXACT, cost_of
from registry.queries.price_books import price_book
from registry.resolution.price_book import PriceBook
from registry.usage import Usage

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class UsageProjection:
    """A month's use: `requests`, and tokens of each. `cached_share` (0 to 1) of the
    input is read from a cache, `batch_share` of the requests is sent as batches.
    `growth_percent` a month over `months`."""

    requests: int
    input_tokens: int = 0
    output_tokens: int = 0
    cached_share: Decimal = ZERO
    batch_share: Decimal = ZERO
    growth_percent: Decimal = ZERO
    months: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.cached_share <= 1 and 0 <= self.batch_share <= 1):
            raise ValueError("A share is between 0 and 1.")
        if self.requests < 0 or self.months < 1 or self.growth_percent <= -100:
            raise ValueError("Requests, months and growth must make a use.")


@dataclass(frozen=True)
class PredictedMonth:
    """`usd` None: no price is known for that month. `notes` say what its price does
    not tell."""

    first: datetime.date
    requests: int
    usd: Decimal | None
    price_id: int | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PredictedCosts:
    ai_model: AIModel
    projection: UsageProjection
    months: tuple[PredictedMonth, ...]

    @property
    def total_usd(self) -> Decimal | None:
        """None where a month has no price."""
        known = [one.usd for one in self.months if one.usd is not None]
        return sum(known, ZERO) if len(known) == len(self.months) else None

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for one in self.months for note in one.notes))

    @property
    def price_changes(self) -> bool:
        return len({one.price_id for one in self.months}) > 1


def predict_model_costs(
    ai_model: AIModel,
    organization: Organization,
    projection: UsageProjection,
    at: datetime.datetime,
) -> PredictedCosts:
    """By month from `at` (aware) on, at the prices that are in force then, those that
    are known to change included. Raises ValueError for a use that is none."""
    book = price_book(organization, {ai_model.pk})
    found = []
    month = Month.of(at)
    for number in range(projection.months):
        here = month.plus(number)
        moment = max(at, here.start)
        found.append(_month(ai_model, organization, book, projection, moment, number))
    return PredictedCosts(ai_model, projection, tuple(found))


def _month(
    ai_model: AIModel,
    organization: Organization,
    book: PriceBook,
    projection: UsageProjection,
    moment: datetime.datetime,
    number: int,
) -> PredictedMonth:
    with localcontext(EXACT):
        grown = (1 + projection.growth_percent / 100) ** number
        requests = _whole(projection.requests * grown)
    first = Month.of(moment).start.date()
    period = book.price(organization.pk, ai_model.pk, moment)
    rates = period.rates if period else None
    batches = _whole(requests * projection.batch_share)
    costs: list[Cost] = [
        cost_of(_usage(projection, count, is_batch), rates, moment)
        for count, is_batch in ((requests - batches, False), (batches, True))
        if count or (not requests and not is_batch)
    ]
    known = [one.total_usd for one in costs if one.total_usd is not None]
    return PredictedMonth(
        first,
        requests,
        sum(known, ZERO) if len(known) == len(costs) else None,
        period.price_id if period else None,
        tuple(dict.fromkeys(note for one in costs for note in one.notes)),
    )


def _usage(projection: UsageProjection, requests: int, is_batch: bool) -> Usage:
    return Usage(
        input_tokens=projection.input_tokens,
        output_tokens=projection.output_tokens,
        cache_read_tokens=_whole(projection.input_tokens * projection.cached_share),
        requests=requests,
        is_batch=is_batch,
    )


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
