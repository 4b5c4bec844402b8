"""Looking for what people should know, organisation by organisation.

Everything here may run in many workers at once and as often as one likes: what was told
is not told again (`raise_alert`), and what is over is noted once.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded

from analytics.alerting import wording
from analytics.alerting.cost_anomaly import WEEKS, judge_day
from analytics.alerting.kinds import AlertKind
from analytics.models import Alert
from analytics.queries.alert_evidence import DailyCosts, daily_costs
from analytics.queries.alert_rules import rules_of
from analytics.services.alert_things import (
    watch_connections,
    watch_prices,
    watch_retirements,
)
from analytics.services.alert_usage import watch_usage
from analytics.services.alerts import raise_finding, resolve_alerts
from registry.models import Organization

__all__ = [
    "watch_all",
    "watch_connections",
    "watch_costs",
    "watch_models",
    "watch_usage",
]

OLD_NEWS: Final = datetime.timedelta(days=14)
"""After it a changed price is over, whether or not somebody saw it."""

logger = logging.getLogger("modelhub.alerts")

Watch = Callable[[Organization, datetime.datetime], list[Alert]]


def watch_all(watch: Watch, at: datetime.datetime) -> int:
    """Every organisation; how many alerts were raised. One that fails keeps none of the
    others from being watched; its error is raised at the end."""
    raised, failure = 0, None
    for organization in Organization.objects.order_by("pk"):
        try:
            raised += len(watch(organization, at))
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # raised again below
            logger.exception("Organisation %s was not watched.", organization.slug)
            failure = error
    if failure is not None:
        raise failure
    return raised


def watch_costs(organization: Organization, at: datetime.datetime) -> list[Alert]:
    """Yesterday and today so far, which can only grow. An alert stands until the day
    after the day that it is about is over."""
    rule = rules_of(organization)[AlertKind.COST_ANOMALY]
    if not rule.is_on:
        return []
    today = at.astimezone(organization.zone).date()
    days = (today - datetime.timedelta(days=1), today)
    findings = []
    for subject, daily in daily_costs(organization, today, at).items():
        for day in days:
            judged = judge_day(daily.costs, day, _first_day(daily, today), rule)
            if judged is not None and judged.is_anomaly:
                unpriced = daily.unpriced.get(day, 0.0)
                findings.append(
                    wording.cost_anomaly(subject, judged, unpriced, day == today)
                )
    occasions = {one.occasion for one in findings}
    resolve_alerts(
        organization, kind=AlertKind.COST_ANOMALY, at=at, but_occasions=occasions
    )
    raised = (raise_finding(organization, one, at) for one in findings)
    return [one for one in raised if one is not None]


def watch_models(organization: Organization, at: datetime.datetime) -> list[Alert]:
    """Prices that changed and models that retire."""
    rules = rules_of(organization)
    old = Alert.objects.filter(
        organization=organization,
        kind=AlertKind.PRICE_CHANGE,
        raised_at__lt=at - OLD_NEWS,
        resolved_at=None,
    )
    old.update(resolved_at=at)
    prices = watch_prices(organization, at, rules[AlertKind.PRICE_CHANGE])
    return prices + watch_retirements(organization, at, rules[AlertKind.RETIREMENT])


def _first_day(daily: DailyCosts, today: datetime.date) -> datetime.date:
    """A subject whose use begins inside the weeks asked for is new."""
    earliest = today - datetime.timedelta(weeks=WEEKS, days=1)
    return max(min(daily.costs), earliest)
