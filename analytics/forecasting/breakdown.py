"""A forecast by feature and model. Pure.

What features are expected to cost is scaled so that it adds up to the forecast of the
total, which has more to go by ("forecast proportions": Athanasopoulos, Ahmed & Hyndman
2009, Hierarchical forecasts for Australian domestic tourism).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from analytics.forecasting.choosing import SeriesForecast, forecast
from analytics.forecasting.made import FeatureMade, LineMade, Spread, Trial
from analytics.forecasting.methods import SIMPLE_WAYS, WINDOW_DAYS, Values
from analytics.forecasting.use import (
    ZERO,
    Line,
    Pair,
    Use,
    factors,
    series,
    shared_out,
    usd,
)

TOP_FEATURES: Final = 12
"""Features beyond these have an expected cost and no interval."""
PERCENTS: Final = (10, 50, 90)


def features_made(use: Use, rest_usd: Decimal) -> tuple[FeatureMade, ...]:
    """The dearest first; what they are expected to cost yet adds up to `rest_usd`."""
    by_feature: defaultdict[int | None, list[Line]] = defaultdict(list)
    for (feature_id, _), line in use.lines.items():
        by_feature[feature_id].append(line)
    order = sorted(
        by_feature,
        key=lambda one: (-_base(by_feature[one]), -_spent(by_feature[one]), str(one)),
    )
    own = {
        one: _own_forecast(use, one, by_feature[one]) for one in order[:TOP_FEATURES]
    }
    weights = [_weight(use, by_feature[one], own.get(one)) for one in order]
    rests = shared_out(rest_usd, weights)
    made = [
        _feature(one, _spent(by_feature[one]), rest, weight, own.get(one))
        for one, rest, weight in zip(order, rests, weights, strict=True)
    ]
    return tuple(sorted(made, key=lambda one: -one.expected_usd))


def lines_made(use: Use, features: Sequence[FeatureMade]) -> tuple[LineMade, ...]:
    """Each feature by its models, as they shared its last four weeks; in the order of
    the features, the dearest model first."""
    rests = {one.feature_id: one.expected_usd - one.spent_usd for one in features}
    pairs: defaultdict[int | None, list[Pair]] = defaultdict(list)
    for pair in use.lines:
        pairs[pair[0]].append(pair)
    found = []
    for feature_id in [one.feature_id for one in features] or list(pairs):
        mine = pairs[feature_id]
        weights = [_mean_weight(use, [use.lines[pair]]) for pair in mine]
        shares = shared_out(rests.get(feature_id, ZERO), weights)
        made = [_line(use, pair, rest) for pair, rest in zip(mine, shares, strict=True)]
        found += sorted(made, key=lambda one: -one.expected_usd)
    return tuple(found)


def _own_forecast(
    use: Use, feature_id: int | None, lines: list[Line]
) -> tuple[SeriesForecast, Values]:
    """And what its rest of the month costs in each possible future."""
    history = series(lines, len(use.dates))
    seed = (use.seed, 1 + (feature_id or 0))
    found = forecast(history, len(use.ahead), seed, SIMPLE_WAYS)
    return found, (found.paths * factors(use, lines)).sum(axis=1)


def _weight(
    use: Use, lines: list[Line], own: tuple[SeriesForecast, Values] | None
) -> Decimal:
    return usd(float(np.median(own[1]))) if own else _mean_weight(use, lines)


def _mean_weight(use: Use, lines: list[Line]) -> Decimal:
    """The rest of the month at the mean of the last four weeks."""
    days = min(WINDOW_DAYS, len(use.dates)) or 1
    return usd(float(_base(lines)) / days * float(factors(use, lines).sum()))


def _feature(
    feature_id: int | None,
    spent_usd: Decimal,
    rest_usd: Decimal,
    weight: Decimal,
    own: tuple[SeriesForecast, Values] | None,
) -> FeatureMade:
    expected = spent_usd + rest_usd
    if own is None:
        return FeatureMade(feature_id, spent_usd, expected)
    found, rests = own
    scale = float(rest_usd / weight) if weight else 1.0
    low, _, high = (usd(scale * one) for one in np.percentile(rests, PERCENTS))
    spread = Spread(
        min(expected, spent_usd + low), expected, max(expected, spent_usd + high)
    )
    test = found.back_test
    tested = Trial(
        found.method.value,
        test.weeks if test else 0,
        test.error_share if test else None,
    )
    return FeatureMade(feature_id, spent_usd, expected, spread, tested)


def _line(use: Use, pair: Pair, rest_usd: Decimal) -> LineMade:
    line = use.lines[pair]
    return LineMade(
        *pair,
        spent_usd=line.month_usd,
        expected_usd=line.month_usd + rest_usd,
        base_usd=line.base_usd,
        base_days=min(WINDOW_DAYS, len(use.dates)),
        steps=line.steps,
    )


def _base(lines: list[Line]) -> Decimal:
    return sum((one.base_usd for one in lines), ZERO)


def _spent(lines: list[Line]) -> Decimal:
    return sum((one.month_usd for one in lines), ZERO)
