"""What the same traffic would have cost on other models. Pure, in `Decimal`.

Every call is taken as it was: the same tokens, of the same kinds. Another model would
count and write somewhat differently, which a page has to say.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

from analytics.bands.band import ZERO, Band, CutBandError, merged, side_of
from analytics.bands.repricing import price_band
from registry.pricing import EXACT
from registry.rates import CASES, Rates

SAME: Final = None
"""The model of an alternative that leaves a feature as it was."""


class Unfit(StrEnum):
    """What becomes of calls that the other model could not have taken."""

    STAY = "stay"
    PRICE = "price"


@dataclass(frozen=True)
class ModelFacts:
    """A model to re-price on. `window_tokens` None: not known."""

    model_id: int
    reference: str
    window_tokens: int | None
    capabilities: frozenset[str]


@dataclass(frozen=True)
class Alternative:
    """`name` as in the address, `label` for people. `everywhere` is the model of every
    feature that `by_feature` (row ids) does not name; None: they stay as they are.
    `unknown` are models that are named and that nobody knows."""

    name: str
    label: str
    everywhere: ModelFacts | None = None
    by_feature: Mapping[int, ModelFacts] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def model_of(self, feature_id: int | None) -> ModelFacts | None:
        if feature_id is not None and feature_id in self.by_feature:
            return self.by_feature[feature_id]
        return self.everywhere

    @property
    def models(self) -> tuple[ModelFacts, ...]:
        found = {one.model_id: one for one in self.by_feature.values()}
        if self.everywhere:
            found[self.everywhere.model_id] = self.everywhere
        return tuple(found.values())


@dataclass(frozen=True)
class Pricing:
    """How calls are priced: `price_of` answers the rates of a model (row id) for the
    calls of a band, and the moment to price them at. `keeps_recorded`: calls that were
    on that model already keep the cost that was recorded. `is_cached` False: as if
    nothing had been read from or written to a cache."""

    price_of: Callable[[int, Band], tuple[Rates | None, datetime.datetime]]
    keeps_recorded: bool = True
    is_cached: bool = True
    unfit: Unfit = Unfit.STAY


@dataclass(frozen=True, kw_only=True)
class Sums:
    """`usd` is all that is known of the cost. `compared_usd` and `base_usd` are of
    the same calls, those whose cost is known both ways: after, and as recorded.
    `moved_calls` would have gone to another model, `unfit_…` could not have,
    `unpriced_calls` have no price there. `is_cut`: sums wait to be built again, and
    `usd` is not to be shown."""

    usd: Decimal = ZERO
    compared_usd: Decimal = ZERO
    base_usd: Decimal = ZERO
    calls: int = 0
    moved_calls: int = 0
    too_long_requests: int = 0
    incapable_requests: int = 0
    unpriced_calls: int = 0
    partly_priced_calls: int = 0
    cut_calls: int = 0

    def __add__(self, other: Sums) -> Sums:
        with localcontext(EXACT):
            return Sums(
                **{name: value + getattr(other, name) for name, value in _items(self)}
            )

    @property
    def is_cut(self) -> bool:
        return self.cut_calls > 0

    @property
    def is_known(self) -> bool:
        """Whether there is a sum to show."""
        return not self.is_cut and (not self.calls or self.unpriced_calls < self.calls)

    @property
    def is_same(self) -> bool:
        return not self.moved_calls and not self.is_cut

    @property
    def unfit_requests(self) -> int:
        return self.too_long_requests + self.incapable_requests

    @property
    def change_usd(self) -> Decimal:
        with localcontext(EXACT):
            return self.compared_usd - self.base_usd

    @property
    def change_percent(self) -> Decimal | None:
        return self.change_usd / self.base_usd * 100 if self.base_usd else None


@dataclass(frozen=True)
class Cell:
    """One feature on one alternative. `model` None: it stays as it is. `missing` are
    capabilities that the feature requires and the model is not known to have."""

    model: ModelFacts | None
    sums: Sums
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """The traffic of one feature; `models` by row id with their calls, the most used
    first. `unknown_calls` have no recorded cost (and were not refused)."""

    feature_id: int | None
    calls: int
    requests: int
    actual_usd: Decimal
    unknown_calls: int
    models: tuple[tuple[int | None, int], ...]
    cells: tuple[Cell, ...]


def reprice(
    bands: Iterable[Band],
    alternatives: Sequence[Alternative],
    pricing: Pricing,
    required: Mapping[int, Sequence[str]],
) -> list[Row]:
    """One row a feature, the dearest first. `required` are the capabilities that each
    feature asks for."""
    by_feature: defaultdict[int | None, list[Band]] = defaultdict(list)
    for band in bands:
        by_feature[band.feature_id].append(band)
    rows = [
        _row(feature, found, alternatives, pricing, required.get(feature or 0, ()))
        for feature, found in by_feature.items()
    ]
    return sorted(rows, key=lambda row: (-row.actual_usd, -row.calls))


def _row(
    feature_id: int | None,
    bands: list[Band],
    alternatives: Sequence[Alternative],
    pricing: Pricing,
    required: Sequence[str],
) -> Row:
    models: Counter[int | None] = Counter()
    for band in bands:
        models[band.ai_model_id] += band.calls
    whole = merged([replace(band, other_counts={}) for band in bands])
    return Row(
        feature_id,
        whole.calls,
        whole.requests,
        whole.cost_usd,
        sum(one.calls - one.failed_calls for one in bands if not one.is_priced),
        tuple(models.most_common()),
        tuple(
            _cell(bands, one.model_of(feature_id), pricing, required)
            for one in alternatives
        ),
    )


def _cell(
    bands: list[Band],
    model: ModelFacts | None,
    pricing: Pricing,
    required: Sequence[str],
) -> Cell:
    if model is SAME:
        return Cell(None, _added(_kept(band) for band in bands))
    missing = tuple(word for word in required if word not in model.capabilities)
    repricing = _Repricing(model, pricing, bool(missing))
    for band in bands:
        repricing.take(band)
    return Cell(model, repricing.sums(), missing, tuple(repricing.notes))


class _Repricing:
    """Sorts the calls of a feature into those that stay and those that are priced, and
    prices these together where their price allows."""

    def __init__(self, model: ModelFacts, pricing: Pricing, is_incapable: bool) -> None:
        self.model, self.pricing, self.is_incapable = model, pricing, is_incapable
        self.groups: defaultdict[tuple[object, ...], list[Band]] = defaultdict(list)
        self.parts: list[Sums] = []
        self.notes: dict[str, None] = {}

    def take(self, band: Band) -> None:
        if not band.is_counted and band.failed_calls == band.calls:
            self.parts.append(_kept(band))
            return
        if self.pricing.keeps_recorded and band.ai_model_id == self.model.model_id:
            self.parts.append(_kept(band))
            return
        try:
            is_unfit = self._is_unfit(band)
            if is_unfit and self.pricing.unfit == Unfit.STAY:
                self.parts.append(_kept(band))
            else:
                self._group(band)
        except CutBandError as error:
            self.notes[str(error)] = None
            self.parts.append(Sums(calls=band.calls, cut_calls=band.calls))

    def _is_unfit(self, band: Band) -> bool:
        if self.is_incapable:
            self.parts.append(Sums(incapable_requests=band.requests))
            return True
        window = self.model.window_tokens
        if window is None or not side_of(band, (window,)):
            return False
        self.parts.append(Sums(too_long_requests=band.requests))
        return True

    def _group(self, band: Band) -> None:
        rates, at = self.pricing.price_of(self.model.model_id, band)
        side = side_of(band, rates.thresholds) if rates else 0
        key = (
            band.is_counted,
            band.is_priced,
            band.is_batch,
            band.is_short_audio,
            band.kinds,
            band.other_names,
            side,
            id(rates),
            at if rates and _depends_on_time(rates) else None,
        )
        self.groups[key].append(band if self.pricing.is_cached else _uncached(band))

    def sums(self) -> Sums:
        return _added([*self.parts, *map(self._priced, self.groups.values())])

    def _priced(self, bands: list[Band]) -> Sums:
        rates, at = self.pricing.price_of(self.model.model_id, bands[0])
        band = merged(bands)
        cost = price_band(band, rates, at)
        for note in cost.notes:
            self.notes[note] = None
        moved = Sums(calls=band.calls, moved_calls=band.calls)
        if cost.usd is None:
            return replace(moved, unpriced_calls=band.calls - band.failed_calls)
        return replace(
            moved,
            usd=cost.usd,
            compared_usd=cost.usd if band.is_priced else ZERO,
            base_usd=band.cost_usd,
            partly_priced_calls=band.calls if cost.missing else 0,
        )


def _kept(band: Band) -> Sums:
    """As it was recorded."""
    unknown = 0 if band.is_priced else band.calls - band.failed_calls
    usd = band.cost_usd
    return Sums(
        usd=usd,
        compared_usd=usd,
        base_usd=usd,
        calls=band.calls,
        unpriced_calls=unknown,
    )


def _uncached(band: Band) -> Band:
    return replace(
        band, cache_read_tokens=0, cache_write_tokens=0, cache_write_1h_tokens=0
    )


def _depends_on_time(rates: Rates) -> bool:
    return any(rates.document.get(part) for part in CASES)


def _added(parts: Iterable[Sums]) -> Sums:
    totals: dict[str, Decimal | int] = dict(_items(Sums()))
    with localcontext(EXACT):
        for one in parts:
            for name, value in _items(one):
                totals[name] += value
    return Sums(**totals)  # type: ignore[arg-type]  # each as it was


def total(rows: Iterable[Row], place: int) -> Sums:
    """Of the alternative at `place`, over all features."""
    return _added(row.cells[place].sums for row in rows)


def _items(sums: Sums) -> Iterable[tuple[str, Decimal | int]]:
    return vars(sums).items()
