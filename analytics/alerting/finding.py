"""Something that a rule found, before it is an alert. Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from analytics.alerting.kinds import AlertKind, AlertSeverity

ORGANIZATION: Final = "organization"


@dataclass(frozen=True)
class Subject:
    """What a finding is about. `key` names it for programs (`feature:12`), `label` for
    people; `address` is its page."""

    key: str
    label: str
    address: str = ""


@dataclass(frozen=True)
class Finding:
    """What to tell people. Told again under the same `occasion` it is one alert."""

    kind: AlertKind
    subject: Subject
    occasion: str
    title: str
    text: str
    severity: AlertSeverity = AlertSeverity.WARNING


def hour_key(at: datetime.datetime) -> str:
    return f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H}"
