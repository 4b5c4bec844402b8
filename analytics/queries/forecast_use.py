"""What a forecast is made of, read from rollups, bands and prices."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

from analytics.bands.band import Band, CutBandError
from analytics.bands.repricing import price_band
from analytics.forecasting.methods import WINDOW_DAYS
from analytics.forecasting.use import ONE, ZERO, Line, Pair, Step, Use
from analytics.queries.bands import BandQuestion, bands_between
from analytics.queries.measures import measure
from analytics.questions import Dimension, Part, Question
from analytics.questions import Step as Cut
from analytics.time_steps import DAY, hour_before, midnight
from registry.models import Organization
from registry.price_periods import changes_of
from registry.pricing import EXACT
from registry.queries.price_books import price_book
from registry.rates import Rates
from registry.resolution.price_book import PriceBook

HISTORY_DAYS: Final = 84
AHEAD: Final = datetime.timedelta(days=400)
"""Prices that change later than this are not looked for."""
BAND_KEYS: Final = (
    "feature_id",
    "ai_model_id",
    "is_counted",
    "is_priced",
    "is_batch",
    "is_short_audio",
    "kinds",
    "above_tokens",
    "other_names",
)


def forecast_use(organization: Organization, at: datetime.datetime) -> Use:
    """The use of the twelve weeks before `at` (aware) and of its month, with prices
    that are known to change."""
    days = _Days(organization, at)
    parts = measure(
        Question(
            organization_id=organization.pk,
            start=min(days.start, days.month_start),
            end=max(at, days.start + DAY),
            zone=organization.zone,
            step=Cut.DAY,
            split=(Dimension.FEATURE, Dimension.MODEL),
        )
    ).parts
    reading = _Reading(days, parts)
    return Use(
        dates=reading.dates,
        today=days.today,
        today_left=days.today_left,
        month_end=days.month_end,
        lines=reading.lines(),
        seed=organization.pk * 1_000_003 + days.today.toordinal(),
    )


@dataclass(frozen=True)
class _Days:
    organization: Organization
    at: datetime.datetime

    @property
    def today(self) -> datetime.date:
        return self.at.astimezone(self.organization.zone).date()

    @property
    def month_start(self) -> datetime.datetime:
        return self.begin(self.today.replace(day=1))

    @property
    def month_end(self) -> datetime.date:
        last = calendar.monthrange(self.today.year, self.today.month)[1]
        return self.today.replace(day=last)

    @property
    def start(self) -> datetime.datetime:
        return self.begin(self.today - HISTORY_DAYS * DAY)

    @property
    def today_left(self) -> float:
        begun, ends = self.begin(self.today), self.begin(self.today + DAY)
        return max(0.0, (ends - self.at) / (ends - begun))

    def begin(self, date: datetime.date) -> datetime.datetime:
        return midnight(date, self.organization.zone)

    def date_of(self, moment: datetime.datetime) -> datetime.date:
        return moment.astimezone(self.organization.zone).date()


@dataclass
class _Reading:
    """Recorded parts by pair and day, put into today's prices where a price changed."""

    days: _Days
    parts: Iterable[Part]
    by_pair: dict[Pair, dict[datetime.date, Part]] = field(default_factory=dict)
    dates: tuple[datetime.date, ...] = ()

    def __post_init__(self) -> None:
        found: defaultdict[Pair, dict[datetime.date, Part]] = defaultdict(dict)
        for part in self.parts:
            assert part.start is not None  # noqa: S101  # for mypy: it is cut
            pair = (_row_id(part.keys[0]), _row_id(part.keys[1]))
            found[pair][part.start.date()] = part
        self.by_pair = dict(found)
        used = {date for by_date in found.values() for date in by_date}
        first = max(
            min(used, default=self.days.today), self.days.date_of(self.days.start)
        )
        number = (self.days.today - first).days
        self.dates = tuple(first + one * DAY for one in range(number))

    def lines(self) -> dict[Pair, Line]:
        models = {pair[1] for pair in self.by_pair if pair[1] is not None}
        book = price_book(self.days.organization, models)
        changes = repriced_changes(self.days, book, models)
        steps = steps_ahead(self.days, book, models)
        return {
            pair: self._line(pair, by_date, changes.get(pair, {}), steps.get(pair, ()))
            for pair, by_date in self.by_pair.items()
        }

    def _line(
        self,
        pair: Pair,
        by_date: dict[datetime.date, Part],
        changes: dict[datetime.date, Decimal],
        steps: tuple[Step, ...],
    ) -> Line:
        month = self.days.today.replace(day=1)
        spent = [
            by_date[date].sums.cost_usd if date in by_date else ZERO
            for date in self.dates
        ]
        constant = [
            max(ZERO, usd + changes.get(date, ZERO))
            for date, usd in zip(self.dates, spent, strict=True)
        ]
        recent = [by_date[date].sums for date in by_date if date >= month]
        return Line(
            constant_usd=tuple(constant),
            spent_usd=tuple(spent),
            month_usd=sum((one.cost_usd for one in recent), ZERO),
            steps=steps,
            calls=sum(one.sums.calls for one in by_date.values()),
            unpriced_calls=sum(one.sums.unpriced_calls for one in by_date.values()),
        )


def repriced_changes(
    days: _Days, book: PriceBook, models: Collection[int]
) -> dict[Pair, dict[datetime.date, Decimal]]:
    """What the calls of a day would cost more today than they did, where the price of
    their model has changed since."""
    found: defaultdict[Pair, dict[datetime.date, Decimal]] = defaultdict(
        lambda: defaultdict(lambda: ZERO)
    )
    for model_id in models:
        changed_at = _last_change(days, book, model_id)
        if changed_at is None or changed_at <= days.start:
            continue
        for band in _bands(days, days.start, min(changed_at, days.at), model_id):
            usd = _priced(days, book, band, days.at)
            if usd is not None and band.is_priced:
                pair = (band.feature_id, band.ai_model_id)
                found[pair][days.date_of(band.at)] += usd - band.cost_usd
    return found


def steps_ahead(
    days: _Days, book: PriceBook, models: Collection[int]
) -> dict[Pair, tuple[Step, ...]]:
    """By how much costs change when a price that is known to change does: the calls of
    the last four weeks, at both prices."""
    found: dict[Pair, tuple[Step, ...]] = {}
    for model_id in models:
        moments = _changes_ahead(days, book, model_id)
        if not moments:
            continue
        start = days.begin(days.today - WINDOW_DAYS * DAY)
        by_pair: defaultdict[Pair, list[Band]] = defaultdict(list)
        for band in _bands(days, start, days.at, model_id, is_by_day=False):
            by_pair[(band.feature_id, band.ai_model_id)].append(band)
        for pair, bands in by_pair.items():
            steps = [_step(days, book, bands, moment) for moment in moments]
            found[pair] = tuple(one for one in steps if one)
    return found


def _step(
    days: _Days, book: PriceBook, bands: list[Band], moment: datetime.datetime
) -> Step | None:
    now = later = ZERO
    with localcontext(EXACT):
        for band in bands:
            usd = _priced(days, book, band, days.at)
            then = _priced(days, book, band, moment)
            if usd is not None and then is not None:
                now, later = now + usd, later + then
    return (days.date_of(moment), (later / now) if now else ONE)


def _priced(
    days: _Days, book: PriceBook, band: Band, at: datetime.datetime
) -> Decimal | None:
    """What a band costs at the prices in force at `at`, at its own time of day."""
    rates = _rates(days, book, band.ai_model_id or 0, at)
    if rates is None:
        return None
    clock = band.at.astimezone(datetime.UTC).timetz()
    moment = datetime.datetime.combine(at.astimezone(datetime.UTC).date(), clock)
    try:
        return price_band(band, rates, moment).usd
    except CutBandError:
        return None


def _rates(
    days: _Days, book: PriceBook, model_id: int, at: datetime.datetime
) -> Rates | None:
    period = book.price(days.organization.pk, model_id, at)
    return period.rates if period else None


def _last_change(
    days: _Days, book: PriceBook, model_id: int
) -> datetime.datetime | None:
    """When what the model costs today began to hold."""
    period = book.price(days.organization.pk, model_id, days.at)
    if period is None:
        return None
    return max((one for one in changes_of([period]) if one <= days.at), default=None)


def _changes_ahead(
    days: _Days, book: PriceBook, model_id: int
) -> list[datetime.datetime]:
    periods = book.periods(days.organization.pk, model_id)
    until = days.at + AHEAD
    return sorted(one for one in changes_of(periods) if days.at < one < until)


def _bands(
    days: _Days,
    start: datetime.datetime,
    end: datetime.datetime,
    model_id: int,
    is_by_day: bool = True,
) -> list[Band]:
    """Where days begin within an hour in UTC, bands are told apart at the hour."""
    number = (end - start).days + 2
    begun = [
        hour_before(days.begin(days.date_of(start) + one * DAY))
        for one in range(number)
    ]
    return bands_between(
        BandQuestion(
            organization_id=days.organization.pk,
            start=start,
            end=end,
            keys=BAND_KEYS,
            moments=frozenset(one for one in begun if start < one < end)
            if is_by_day
            else frozenset(),
            only={"ai_model_id": frozenset({model_id})},
        )
    )


def _row_id(key: object) -> int | None:
    return key if isinstance(key, int) else None
