"""What the records of calls say that a budget has cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from analytics.budget_records_sql import OUTSIDE, statement
from analytics.models import Budget

FOR_EVER: Final = "infinity"


@dataclass(frozen=True)
class Recorded:
    """`unpriced_calls` are in neither sum."""

    inside_usd: Decimal
    outside_usd: Decimal
    unpriced_calls: int

    @property
    def total_usd(self) -> Decimal:
        return self.inside_usd + self.outside_usd


def recorded(budget: Budget) -> Recorded:
    """Of the window of `budget`, by where the calls passed: exactly what its records
    add up to, from rollups as far as they are right. One statement."""
    definition = budget.definition
    name = definition.tag_name if definition else ""
    value = definition.tag_value if definition else ""
    parameters: dict[str, Any] = {
        "organization_id": budget.organization_id,
        "scope_id": budget.scope_id,
        "tag_name": name,
        "tag_value": value,
        "tags": json.dumps({name: value}),
        "zone": definition.time_zone if definition else "UTC",
        "low": budget.starts_at,
        "high": budget.ends_at or FOR_EVER,
        "outside": list(OUTSIDE),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(budget.scope_kind), parameters)
        inside, outside, unpriced = cursor.fetchone()
    return Recorded(inside, outside, unpriced)
