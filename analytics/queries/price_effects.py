"""How prices of used models changed, and what that did to the bill."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from analytics.bands.price_effects import Effect, PriceChange, effect_of, price_changes
from analytics.months import Month
from analytics.queries.bands import BandQuestion, bands_between
from analytics.queries.measures import measure
from analytics.questions import Dimension, Question
from registry.charts import PricePoint
from registry.models import AIModel, Organization, Price
from registry.price_periods import clocks_of
from registry.pricing import EXACT, ZERO
from registry.queries.price_books import price_book
from registry.rates import base_rate
from registry.resolution.price_book import PriceBook

KEYS: Final = (
    "ai_model_id",
    "is_counted",
    "is_priced",
    "is_batch",
    "is_short_audio",
    "kinds",
    "above_tokens",
    "other_names",
)


@dataclass(frozen=True)
class ShownEffect:
    """`price` is the row that came into force; None where it is gone."""

    effect: Effect
    model: AIModel
    price: Price | None

    @property
    def change(self) -> PriceChange:
        return self.effect.change

    @property
    def rates(self) -> list[tuple[str, Decimal | None, Decimal | None]]:
        """Name, before and after of the base rates that changed."""
        before, after = self.change.before.rates, self.change.after.rates
        found = [
            (name, base_rate(before.document, key), base_rate(after.document, key))
            for name, key in RATE_NAMES.items()
        ]
        return [one for one in found if one[1] != one[2]]


RATE_NAMES: Final = {
    "Input": "input_mtok",
    "Output": "output_mtok",
    "Cache read": "cache_read_mtok",
    "Cache write": "cache_write_mtok",
}


@dataclass(frozen=True)
class PriceEffects:
    """The newest change first. `used` are the models with calls in the range, the
    dearest first, with their bill."""

    effects: tuple[ShownEffect, ...]
    used: tuple[tuple[AIModel, Decimal], ...]
    points: Mapping[int, list[PricePoint]]

    @property
    def usd(self) -> Decimal:
        with localcontext(EXACT):
            return sum((one.effect.usd for one in self.effects), ZERO)

    @property
    def bill_usd(self) -> Decimal:
        return sum((usd for _, usd in self.used), ZERO)


def price_effects(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> PriceEffects:
    """Of models with calls from `start` to before `end` (aware), as the organisation
    pays them. One question of bands for each model whose price changed."""
    used = _used(organization, start, end)
    models = {model.pk: model for model, _ in used}
    book = price_book(organization, set(models))
    found: list[Effect] = []
    for model_id in models:
        periods = book.periods(organization.pk, model_id)
        changes = price_changes(model_id, periods, start, end)
        if changes:
            found += _effects(organization, book, changes, end)
    prices = Price.objects.in_bulk({one.change.after.price_id for one in found})
    shown = [
        ShownEffect(
            one, models[one.change.model_id], prices.get(one.change.after.price_id)
        )
        for one in sorted(found, key=lambda one: one.change.at, reverse=True)
    ]
    points = {pk: _points(organization, book, pk, end) for pk in models}
    return PriceEffects(tuple(shown), tuple(used), points)


def _used(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> list[tuple[AIModel, Decimal]]:
    question = Question(
        organization_id=organization.pk,
        start=start,
        end=end,
        zone=organization.zone,
        split=(Dimension.MODEL,),
    )
    bills = {
        part.keys[0]: part.sums.cost_usd
        for part in measure(question).parts
        if isinstance(part.keys[0], int)
    }
    models = AIModel.objects.select_related("provider").in_bulk(
        [pk for pk in bills if isinstance(pk, int)]
    )
    return [(models[pk], usd) for pk, usd in bills.items() if pk in models]


def _effects(
    organization: Organization,
    book: PriceBook,
    changes: list[PriceChange],
    end: datetime.datetime,
) -> list[Effect]:
    start, model_id = changes[0].at, changes[0].model_id
    moments = {one.at for one in changes}
    month = Month.of(start).plus(1)
    while month.start < end:
        moments.add(month.start)
        month = month.plus(1)
    bands = bands_between(
        BandQuestion(
            organization_id=organization.pk,
            start=start,
            end=end,
            keys=KEYS,
            moments=frozenset(moments),
            clocks=clocks_of(book.periods(organization.pk, model_id)),
            only={"ai_model_id": frozenset({model_id})},
        )
    )
    return [effect_of(one, bands) for one in changes]


def _points(
    organization: Organization, book: PriceBook, model_id: int, end: datetime.datetime
) -> list[PricePoint]:
    """Base rates per million tokens since each price. One that holds since ever is
    drawn for half a year."""
    periods = book.periods(organization.pk, model_id)
    past = [one for one in periods if (one.effective_from or end) <= end]
    found = []
    for one in past:
        since = one.effective_from
        if since is None:
            until = min(one.effective_to or end, end)
            since = until - datetime.timedelta(days=180)
        document = one.rates.document
        found.append(
            PricePoint(
                since.date(),
                base_rate(document, "input_mtok"),
                base_rate(document, "output_mtok"),
            )
        )
    return found
