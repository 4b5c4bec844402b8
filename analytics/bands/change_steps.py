"""Why the cost of one time differs from that of another: steps that add up. Pure, in
`Decimal`.

One thing after the other is taken from after instead of before (sequential
substitution), in this order, so that each step says what it changes given the steps
above it:

1. volume: the number of calls;
2. tokens per call, of each feature on each model, at the cache share of before;
3. cache share: how much of the input was read from and written to a cache;
4. mix: which share of the calls each feature on each model has;
5. price: what the calls of after cost more than at the prices of before. A model that
   was not used before has no price of before: it is a matter of mix;
6. the share of calls whose cost is known.

Recorded costs are the ends, and what a provider reported is not doubted: only the
differences between two prices, and between two cache shares, are worked out.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any, Final

from analytics.bands.band import ZERO, Band, CutBandError, merged, side_of
from analytics.bands.repricing import price_band
from registry.pricing import EXACT
from registry.rates import Rates

Cell = tuple[int | None, int | None]
"""Row ids of a feature and a model."""
RatesOf = Callable[[Band], Rates | None]
PLACES: Final = Decimal("1E-12")
TOKEN_PLACES: Final = Decimal("1E-6")
CACHED: Final = ("cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")


@dataclass(frozen=True)
class Levels:
    """What the calls would have cost after each substitution, in US dollars. The first
    and the last are the recorded costs."""

    before: Decimal
    volume: Decimal
    known: Decimal
    tokens: Decimal
    cache: Decimal
    mix: Decimal
    after: Decimal


@dataclass
class Side:
    """Sums of one time. Refused calls, which cost nothing, are not counted."""

    calls: int = 0
    priced_calls: int = 0
    cost_usd: Decimal = ZERO
    cells: dict[Cell, CellSums] = field(default_factory=dict)

    @classmethod
    def of(cls, bands: Iterable[Band]) -> Side:
        side = cls()
        with localcontext(EXACT):
            for band in bands:
                side.calls += band.calls - band.failed_calls
                if band.is_priced:
                    side.add_priced(band)
        return side

    def add_priced(self, band: Band) -> None:
        self.priced_calls += band.calls - band.failed_calls
        self.cost_usd += band.cost_usd
        cell = self.cells.setdefault(cell_of(band), CellSums())
        cell.calls += band.calls - band.failed_calls
        cell.cost_usd += band.cost_usd
        cell.input_tokens += Decimal(band.input_tokens)
        cell.output_tokens += Decimal(band.output_tokens)
        for name in CACHED:
            cell.cached[name] += getattr(band, name)


@dataclass
class CellSums:
    """Of the priced calls of a feature on a model."""

    calls: int = 0
    cost_usd: Decimal = ZERO
    input_tokens: Decimal = ZERO
    output_tokens: Decimal = ZERO
    cached: defaultdict[str, Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )


@dataclass(frozen=True)
class Substitution:
    """The levels, and what they rest on. `price_usd` is by model, `mix_usd` by cell;
    `is_cut` says that some calls could not be told apart at a tier, and count as if
    their price and their cache share had not changed."""

    levels: Levels
    before: Side
    after: Side
    price_usd: Mapping[int | None, Decimal]
    mix_usd: Mapping[Cell, Decimal]
    is_cut: bool


def cell_of(band: Band) -> Cell:
    return band.feature_id, band.ai_model_id


def substitute(
    before: Sequence[Band], after: Sequence[Band], rates_of: RatesOf
) -> Substitution:
    """`rates_of` answers the price that a band's recorded cost came from, the same
    object for the same price, or None where that is not known."""
    with localcontext(EXACT):
        return _Substituting(before, after, rates_of).result()


@dataclass
class _Old:
    """A price of a model before, with how many calls it was used for."""

    rates: Rates
    on: datetime.date
    calls: int = 0

    def at(self, moment: datetime.datetime) -> datetime.datetime:
        """The time of day of `moment`, on the last day that it was used."""
        clock = moment.astimezone(datetime.UTC).timetz()
        return datetime.datetime.combine(self.on, clock)


class _Substituting:
    def __init__(
        self, before: Sequence[Band], after: Sequence[Band], rates_of: RatesOf
    ) -> None:
        self.before, self.after = Side.of(before), Side.of(after)
        self.old: defaultdict[int | None, dict[int, _Old]] = defaultdict(dict)
        self.rates_of = rates_of
        self.price_usd: defaultdict[int | None, Decimal] = defaultdict(Decimal)
        self.at_old_prices = {
            cell: sums.cost_usd for cell, sums in self.after.cells.items()
        }
        self.cache_usd: defaultdict[Cell, Decimal] = defaultdict(Decimal)
        self.is_cut = False
        for band in before:
            self._note_price(band)
        for band in self._alike(after):
            self._substitute_price(band)
            self._substitute_cache(band)

    def _note_price(self, band: Band) -> None:
        rates = self.rates_of(band) if band.is_priced and band.is_counted else None
        if rates is None:
            return
        day = band.at.astimezone(datetime.UTC).date()
        known = self.old[band.ai_model_id].setdefault(id(rates), _Old(rates, day))
        known.on = max(known.on, day)
        known.calls += band.calls

    def _alike(self, bands: Sequence[Band]) -> list[Band]:
        """Those whose cost may change, as few as their prices allow."""
        groups: defaultdict[tuple[object, ...], list[Band]] = defaultdict(list)
        for band in bands:
            rates = self.rates_of(band) if band.is_priced and band.is_counted else None
            olds = self.old.get(band.ai_model_id)
            if rates is None or not olds:
                continue
            thresholds = {*rates.thresholds}
            for one in olds.values():
                thresholds |= one.rates.thresholds
            try:
                side = side_of(band, thresholds)
            except CutBandError:
                self.is_cut = True
                continue
            clock = band.at.astimezone(datetime.UTC).timetz()
            is_timed = any(_is_timed(one) for one in (rates, *_rates(olds)))
            groups[
                cell_of(band),
                id(rates),
                side,
                band.is_batch,
                band.is_short_audio,
                band.other_names,
                clock if is_timed else None,
            ].append(band)
        return [merged(group) for group in groups.values()]

    def _substitute_price(self, band: Band) -> None:
        rates, olds = self.rates_of(band), self.old[band.ai_model_id]
        is_same = list(olds) == [id(rates)] and not _is_dated(rates)
        if is_same:
            return
        new = price_band(band, rates, band.at).usd
        old = self._at_old_price(band)
        if new is not None and old is not None:
            self.price_usd[band.ai_model_id] += new - old
            self.at_old_prices[cell_of(band)] -= new - old

    def _substitute_cache(self, band: Band) -> None:
        known = self.before.cells.get(cell_of(band))
        if known is None or not known.input_tokens or not band.input_tokens:
            return
        shares = {name: known.cached[name] / known.input_tokens for name in CACHED}
        cached: dict[str, Any] = {  # fields of a Band
            name: (band.input_tokens * share).quantize(TOKEN_PLACES, ROUND_DOWN)
            for name, share in shares.items()
        }
        if all(cached[name] == getattr(band, name) for name in CACHED):
            return
        new = self._at_old_price(band)
        old = self._at_old_price(replace(band, **cached))
        if new is not None and old is not None:
            self.cache_usd[cell_of(band)] += new - old

    def _at_old_price(self, band: Band) -> Decimal | None:
        """At the prices of before, each as often as it was used."""
        olds = self.old[band.ai_model_id].values()
        calls = sum(one.calls for one in olds)
        total = ZERO
        for one in olds:
            usd = price_band(band, one.rates, one.at(band.at)).usd
            if usd is None:
                return None
            total += usd if len(olds) == 1 else _rounded(usd * one.calls / calls)
        return total

    def result(self) -> Substitution:
        per_call = self._per_call()
        before, after = self.before, self.after
        levels = self._levels(per_call)
        mix = {
            cell: self.at_old_prices.get(cell, ZERO)
            - self._at_old_share(cell, per_call[cell][1])
            for cell in {*before.cells, *after.cells}
            if before.priced_calls
        }
        return Substitution(
            levels, before, after, dict(self.price_usd), mix, self.is_cut
        )

    def _per_call(self) -> dict[Cell, tuple[Decimal, Decimal]]:
        """By cell: dollars of a call at the prices of before, with the tokens of after
        and the cache share of before, and of after. As before, where there is none
        after."""
        found: dict[Cell, tuple[Decimal, Decimal]] = {}
        for cell, sums in self.before.cells.items():
            if sums.calls:
                found[cell] = (sums.cost_usd / sums.calls,) * 2
        for cell, sums in self.after.cells.items():
            if sums.calls:
                usd = self.at_old_prices[cell]
                cache = self.cache_usd.get(cell, ZERO)
                found[cell] = ((usd - cache) / sums.calls, usd / sums.calls)
        for cell in {*self.before.cells, *self.after.cells}:
            found.setdefault(cell, (ZERO, ZERO))
        return found

    def _at_old_share(self, cell: Cell, usd_per_call: Decimal) -> Decimal:
        known = self.before.cells.get(cell)
        if known is None or not self.before.priced_calls:
            return ZERO
        calls = self.after.priced_calls * Decimal(known.calls)
        return calls / self.before.priced_calls * usd_per_call

    def _levels(self, per_call: Mapping[Cell, tuple[Decimal, Decimal]]) -> Levels:
        start, end = self.before.cost_usd, self.after.cost_usd
        if not self.before.calls:
            return Levels(start, end, end, end, end, end, end)
        volume = _rounded(start * self.after.calls / self.before.calls)
        if not self.before.priced_calls:
            return Levels(start, volume, end, end, end, end, end)
        known = _rounded(start * self.after.priced_calls / self.before.priced_calls)
        tokens, cache = (
            _rounded(
                sum(
                    (
                        self._at_old_share(cell, one[place])
                        for cell, one in per_call.items()
                    ),
                    ZERO,
                )
            )
            for place in (0, 1)
        )
        mix = sum(self.at_old_prices.values(), ZERO)
        return Levels(start, volume, known, tokens, cache, mix, end)


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(PLACES)


def _rates(olds: Mapping[int, _Old]) -> list[Rates]:
    return [one.rates for one in olds.values()]


def _is_timed(rates: Rates) -> bool:
    return any(
        entry.get("from")
        for part in ("time_of_day", "variants")
        for entry in rates.document.get(part) or ()
    )


def _is_dated(rates: Rates | None) -> bool:
    variants = rates.document.get("variants") if rates else None
    return any(entry.get("starts_on") for entry in variants or ())
