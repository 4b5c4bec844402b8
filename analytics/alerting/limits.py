"""What each kind of alert asks for before it speaks: the numbers, their defaults and
their bounds. One table, from which the rules, the form and the documentation read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from analytics.alerting.kinds import AlertKind


@dataclass(frozen=True)
class Limit:
    """One number that an organisation may set. `unit` stands behind it; `places` are
    the decimals it may have."""

    name: str
    label: str
    unit: str
    default: Decimal
    least: Decimal
    most: Decimal
    places: int = 0
    help: str = ""


def _limit(  # noqa: PLR0913  # one line of a table
    name: str,
    label: str,
    unit: str,
    default: str,
    least: str,
    most: str,
    places: int = 0,
    help_text: str = "",
) -> Limit:
    numbers = (Decimal(default), Decimal(least), Decimal(most))
    return Limit(name, label, unit, *numbers, places, help_text)


LIMITS: Final[Mapping[AlertKind, tuple[Limit, ...]]] = {
    AlertKind.BUDGET: (),
    AlertKind.COST_ANOMALY: (
        _limit(
            "z_score",
            "Away from the median",
            "MADs",
            "3.5",
            "1",
            "100",
            1,
            "Scaled median absolute deviations of the same weekday.",
        ),
        _limit("floor_usd", "At least more by", "$", "10", "0", "1000000", 2),
        _limit("floor_percent", "and by", "%", "25", "0", "10000"),
    ),
    AlertKind.SUCCESS_DROP: (
        _limit("floor_points", "At least lower by", "points", "5", "0.1", "100", 1),
        _limit(
            "min_calls",
            "From calls in an hour",
            "calls",
            "50",
            "10",
            "1000000",
            0,
            "Of a feature: requests. The 24 hours before need four times as many.",
        ),
    ),
    AlertKind.LATENCY_RISE: (
        _limit("floor_percent", "p95 at least higher by", "%", "50", "1", "10000"),
        _limit("floor_ms", "and by", "ms", "500", "1", "3600000"),
        _limit(
            "min_calls",
            "From calls in an hour",
            "calls",
            "100",
            "20",
            "1000000",
            0,
            "The four weeks before need five times as many.",
        ),
    ),
    AlertKind.CONNECTION_DOWN: (
        _limit(
            "after_minutes",
            "When down for",
            "min",
            "5",
            "0",
            "1440",
            0,
            "Connections are asked every five minutes.",
        ),
    ),
    AlertKind.PRICE_CHANGE: (
        _limit("floor_percent", "A rate changed by at least", "%", "1", "0", "1000", 1),
    ),
    AlertKind.RETIREMENT: (
        _limit("first_days", "First told", "days before", "60", "1", "365"),
        _limit("second_days", "again", "days before", "30", "1", "365"),
        _limit("last_days", "and", "days before", "7", "1", "365"),
    ),
}


@dataclass(frozen=True)
class Rule:
    """How one kind of alert is set: on or off, and its numbers by name."""

    is_on: bool
    numbers: Mapping[str, Decimal]

    def __getitem__(self, name: str) -> Decimal:
        return self.numbers[name]


def default_rule(kind: AlertKind) -> Rule:
    return Rule(True, {one.name: one.default for one in LIMITS[kind]})


def rule_of(kind: AlertKind, is_on: bool, stored: Mapping[str, Any]) -> Rule:
    """A stored rule; a number that is missing or out of its bounds is the default."""
    numbers = {one.name: _number(stored.get(one.name), one) for one in LIMITS[kind]}
    return Rule(is_on, numbers)


def _number(text: Any, limit: Limit) -> Decimal:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return limit.default
    return number if limit.least <= number <= limit.most else limit.default
