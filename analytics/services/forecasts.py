"""Making forecasts: claimed as a row, so that one process makes each."""

from __future__ import annotations

import datetime
import logging
from typing import Final

import msgspec
from django.db.models import Q

from analytics.forecasting.month import month_made
from analytics.models import CostForecast, ForecastState
from analytics.queries.forecast import is_of_today
from analytics.queries.forecast_use import forecast_use
from registry.models import Organization

LEFT_AFTER: Final = datetime.timedelta(minutes=5)
"""Whoever claimed it so long ago is dead."""
FRESH_FOR: Final = datetime.timedelta(hours=6)
RETRY_AFTER: Final = datetime.timedelta(hours=1)
logger = logging.getLogger("modelhub.forecasts")


def fresh_forecast(organization: Organization, at: datetime.datetime) -> CostForecast:
    """The forecast, made now where there is none of today or it is hours old. Where
    somebody else is making it, the one there is."""
    row, _ = CostForecast.objects.get_or_create(organization=organization)
    if _is_fresh(row, at):
        return row
    return make_forecast(row, at)


def make_forecast(row: CostForecast, at: datetime.datetime) -> CostForecast:
    """Make it anew, unless somebody else is at it. What goes wrong is kept in the row,
    with the forecast that was there before."""
    if not _claim(row, at):
        row.refresh_from_db()
        return row
    organization = row.organization
    try:
        made = month_made(forecast_use(organization, at), at, organization.time_zone)
    except Exception as error:
        logger.exception("The forecast of %s failed.", organization)
        _release(row, at, state=ForecastState.FAILED, problem=str(error)[:500])
    else:
        document = msgspec.to_builtins(made)
        _release(
            row,
            at,
            state=ForecastState.DONE,
            problem="",
            document=document,
            made_at=at,
        )
    row.refresh_from_db()
    return row


def sweep_forecasts(at: datetime.datetime) -> int:
    """Make what is not of today yet, each organisation by its own midnight; how many.
    Safe to run twice, by several workers too."""
    missing = Organization.objects.filter(cost_forecast=None)
    CostForecast.objects.bulk_create(
        [CostForecast(organization=one) for one in missing], ignore_conflicts=True
    )
    made = 0
    for row in CostForecast.objects.select_related("organization"):
        if not is_of_today(row, at) and not _is_resting(row, at):
            make_forecast(row, at)
            made += 1
    return made


def _is_fresh(row: CostForecast, at: datetime.datetime) -> bool:
    if row.made_at is None or not is_of_today(row, at):
        return False
    return abs(at - row.made_at) < FRESH_FOR


def _is_resting(row: CostForecast, at: datetime.datetime) -> bool:
    """It failed a short while ago."""
    is_failed = row.state == ForecastState.FAILED and row.claimed_at is not None
    return is_failed and at - (row.claimed_at or at) < RETRY_AFTER


def _claim(row: CostForecast, at: datetime.datetime) -> bool:
    is_free = ~Q(state=ForecastState.RUNNING) | Q(claimed_at__lt=at - LEFT_AFTER)
    claimed = CostForecast.objects.filter(is_free, pk=row.pk).update(
        state=ForecastState.RUNNING, claimed_at=at
    )
    return claimed == 1


def _release(row: CostForecast, claimed_at: datetime.datetime, **facts: object) -> None:
    mine = CostForecast.objects.filter(pk=row.pk, claimed_at=claimed_at)
    mine.update(**facts)
