"""The forecast of this month's cost, as it stands."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from analytics.forecast_words import made_words, missing_words
from analytics.forecasting.made import MonthMade, Spread
from analytics.models import CostForecast
from analytics.queries.measures import measure
from analytics.questions import Question
from analytics.time_steps import midnight
from registry.models import Organization


@dataclass(frozen=True, kw_only=True)
class MonthForecast:
    """What this month costs. `spent_usd` is of this moment. The quantiles are of the
    whole month and never below it; None: there is no forecast, and `words` say why.
    `made` has the rest: fan, features, models. `method` is one of
    forecasting.methods.Method; `error_share` of its back-test, None where unknown."""

    spent_usd: Decimal
    p10_usd: Decimal | None = None
    p50_usd: Decimal | None = None
    p90_usd: Decimal | None = None
    method: str = ""
    error_share: float | None = None
    words: str
    made_at: datetime.datetime | None = None
    missing_days: int = 0
    made: MonthMade | None = None

    @property
    def is_known(self) -> bool:
        return self.p50_usd is not None


def month_forecast(organization: Organization, at: datetime.datetime) -> MonthForecast:
    """What this month has cost until `at` (aware) and what it will have cost at its
    end. Cheap: reads the forecast that was made last (see services.forecasts)."""
    row = CostForecast.objects.filter(organization=organization).first()
    return month_forecast_of(organization, row, at)


def month_forecast_of(
    organization: Organization, row: CostForecast | None, at: datetime.datetime
) -> MonthForecast:
    """The same of a row that was read already."""
    spent = _spent(organization, at)
    made = made_of(row)
    if made is None or not is_of_month(made, organization, at):
        return MonthForecast(spent_usd=spent, words="The forecast is not made yet.")
    if made.spread is None:
        return MonthForecast(
            spent_usd=spent,
            words=missing_words(made),
            made_at=made.at,
            missing_days=made.missing_days,
            made=made,
        )
    spread = at_least(made.spread, spent)
    return MonthForecast(
        spent_usd=spent,
        p10_usd=spread.p10_usd,
        p50_usd=spread.p50_usd,
        p90_usd=spread.p90_usd,
        method=made.tested.method if made.tested else "",
        error_share=made.tested.error_share if made.tested else None,
        words=made_words(made),
        made_at=made.at,
        made=made,
    )


def made_of(row: CostForecast | None) -> MonthMade | None:
    if row is None or row.document is None:
        return None
    return msgspec.convert(row.document, MonthMade)


def is_of_month(
    made: MonthMade, organization: Organization, at: datetime.datetime
) -> bool:
    today = at.astimezone(organization.zone).date()
    return made.zone == organization.time_zone and (
        made.month_start <= today <= made.month_end
    )


def is_of_today(row: CostForecast, at: datetime.datetime) -> bool:
    """Whether it was made on this day of the organisation, in its time zone of now."""
    if row.made_at is None or row.document is None:
        return False
    zone = row.organization.zone
    is_same_day = row.made_at.astimezone(zone).date() == at.astimezone(zone).date()
    return is_same_day and row.document.get("zone") == row.organization.time_zone


def _spent(organization: Organization, at: datetime.datetime) -> Decimal:
    first = at.astimezone(organization.zone).date().replace(day=1)
    start = midnight(first, organization.zone)
    if start >= at:
        return Decimal(0)
    question = Question(
        organization_id=organization.pk, start=start, end=at, zone=organization.zone
    )
    return measure(question).total.cost_usd


def at_least(spread: Spread, usd: Decimal) -> Spread:
    return Spread(
        max(spread.p10_usd, usd), max(spread.p50_usd, usd), max(spread.p90_usd, usd)
    )
