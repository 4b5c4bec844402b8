"""What a month of the feature would be on a candidate, and how long steps take."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from recommender.queries.experiment_results import ArmResult, Results
from recommender.queries.feature_traffic import usage_of
from recommender.recommending.month import FEWEST_DAYS, MONTH_DAYS
from registry.models import Feature


@dataclass(frozen=True)
class Outlook:
    """Of one candidate against the control. Dollars are a month of the feature's own
    requests at what a request of each arm cost; None where too few are known."""

    arm: ArmResult
    before_usd: Decimal | None
    after_usd: Decimal | None
    change_low_usd: Decimal | None
    change_high_usd: Decimal | None


def month_requests(feature: Feature, now: datetime.datetime) -> float | None:
    """From the last thirty days; None of fewer than three days with requests."""
    traffic = usage_of(feature.organization, now, feature.pk).of(feature.pk)
    if not traffic.is_enough:
        return None
    return traffic.requests * float(traffic.month_factor)


def outlooks(results: Results, requests: float | None) -> list[Outlook]:
    control = results.control.figures.cost
    found = []
    for one in results.candidates:
        cost = one.beside.cost if one.beside else None
        if requests is None or cost is None:
            found.append(Outlook(one, None, None, None, None))
            continue
        found.append(
            Outlook(
                one,
                _usd(requests * control.mean),
                _usd(requests * one.figures.cost.mean),
                _usd(requests * cost.low),
                _usd(requests * cost.high),
            )
        )
    return found


def pace(requests: float | None, share_percent: float, wanted: int) -> str:
    """How long it takes until an arm with `share_percent` got `wanted` requests, in a
    sentence; empty where nobody can tell."""
    if not requests or share_percent <= 0:
        return (
            f"Too few days with requests to tell how long it takes: {FEWEST_DAYS} of "
            f"the last {MONTH_DAYS} are needed."
        )
    a_day = requests / MONTH_DAYS
    days = wanted / (a_day * share_percent / 100)
    took = f"{days:,.1f} days" if days >= 1 else f"{max(24 * days, 0.1):,.1f} hours"
    return (
        f"At about {a_day:,.0f} requests a day, {wanted:,} requests at "
        f"{share_percent:g}% take about {took}."
    )


def _usd(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
