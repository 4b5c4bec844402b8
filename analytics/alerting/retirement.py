"""Is the day near on which a provider takes a model away? Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from analytics.alerting.kinds import AlertSeverity
from analytics.alerting.limits import Rule

PAST: Final = datetime.timedelta(days=30)
"""A model that is gone for longer is no news."""


@dataclass(frozen=True)
class Notice:
    """`step` is the number of days that it was reached at; 0: it is gone. `days` are
    left, negative once gone."""

    step: int
    days: int
    severity: AlertSeverity


def notice(
    retired_on: datetime.date, today: datetime.date, rule: Rule
) -> Notice | None:
    """The most urgent step that is reached, or None where the day is far or long gone.
    Steps passed before the date was known are not made up for."""
    days = (retired_on - today).days
    if -days > PAST.days:
        return None
    if days <= 0:
        return Notice(0, days, AlertSeverity.DANGER)
    steps = sorted(
        int(rule[name]) for name in ("last_days", "second_days", "first_days")
    )
    severities = (AlertSeverity.DANGER, AlertSeverity.WARNING, AlertSeverity.INFO)
    for step, severity in zip(steps, severities, strict=True):
        if days <= step:
            return Notice(step, days, severity)
    return None
