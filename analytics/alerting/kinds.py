"""What alerts can be about, and how much they matter. Pure."""

from typing import Final

from django.db.models import TextChoices


class AlertKind(TextChoices):
    BUDGET = "budget", "Budget"
    COST_ANOMALY = "cost_anomaly", "Unusual cost"
    SUCCESS_DROP = "success_drop", "Success rate fell"
    LATENCY_RISE = "latency_rise", "Latency rose"
    CONNECTION_DOWN = "connection_down", "Connection down"
    PRICE_CHANGE = "price_change", "Price changed"
    RETIREMENT = "retirement", "Retirement near"


class AlertSeverity(TextChoices):
    INFO = "info", "For your information"
    WARNING = "warning", "Warning"
    DANGER = "danger", "Urgent"


SEVERITY_ORDER: Final = (
    AlertSeverity.INFO,
    AlertSeverity.WARNING,
    AlertSeverity.DANGER,
)
"""From the least to the most urgent."""


def is_at_least(severity: str, least: str) -> bool:
    order = [str(one) for one in SEVERITY_ORDER]
    return order.index(severity) >= order.index(least)
