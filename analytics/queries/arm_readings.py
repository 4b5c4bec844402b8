"""What was recorded of the arms of experiments."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from analytics.arm_sql import COLUMNS, GROUPS, SUMS, sums_of_arms
from analytics.histogram import HIGHEST, PAIR, Histogram
from analytics.queries.arm_cover import ArmCover
from analytics.queries.uncompiled import uncompiled_cursor

_ADDED: Final = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
READ: Final = f"""
WITH own AS (
    SELECT * FROM unnest(%(arms)s::bigint[], %(models)s::bigint[])
        AS arm (arm_id, model_id)
),
part AS MATERIALIZED (
    SELECT {", ".join(COLUMNS)} FROM (
        SELECT {", ".join(COLUMNS)}
        FROM unnest(%(hour_lows)s::timestamptz[], %(hour_highs)s::timestamptz[])
            AS stretch (low, high)
        JOIN analytics_armhour ON organization_id = %(organization)s
            AND arm_id = ANY(%(arms)s) AND hour >= low AND hour < high
        UNION ALL
        SELECT {", ".join(COLUMNS)}
        FROM ({sums_of_arms("arm_id = ANY(%(arms)s)")}) AS read
    ) AS both_parts JOIN own USING (arm_id)
    WHERE ai_model_id IS NULL OR ai_model_id = model_id
)
SELECT arm_id, NULL::timestamptz AS hour, unit_group, {_ADDED},
    string_agg(latency, ''::bytea)
FROM part GROUP BY arm_id, unit_group
UNION ALL
SELECT arm_id, hour, NULL, {_ADDED}, NULL::bytea
FROM part WHERE %(with_hours)s GROUP BY arm_id, hour
ORDER BY hour
"""  # noqa: S608  # our own names


@dataclass(frozen=True)
class ArmHourSums:
    """Of one arm in the UTC hour that begins at `at`: requests that its model came to
    an end with, and those that it answered well."""

    at: datetime.datetime
    told: int
    good: int


@dataclass
class ArmSums:
    """Of one arm. The columns of `analytics.arm_sql.SUMS` by group of units, and how
    often each bucket of latency was met in each group. `hours` where asked for."""

    by_group: dict[str, np.ndarray] = field(
        default_factory=lambda: {name: np.zeros(GROUPS) for name in SUMS}
    )
    latencies: np.ndarray = field(
        default_factory=lambda: np.zeros((GROUPS, HIGHEST + 1), np.int64)
    )
    hours: list[ArmHourSums] = field(default_factory=list)

    def number(self, name: str) -> int:
        return round(float(self.by_group[name].sum()))

    @property
    def usd(self) -> float:
        return float(self.by_group["usd"].sum())

    @property
    def squared_usd(self) -> float:
        return float(self.by_group["squared_usd"].sum())

    @cached_property
    def latency(self) -> Histogram:
        """Of requests that were answered well."""
        counts = self.latencies.sum(axis=0)
        return Histogram(counts) if counts.any() else Histogram()


def arm_sums(
    organization_id: int,
    models: Mapping[int, int | None],
    cover: ArmCover,
    *,
    with_hours: bool = False,
) -> dict[int, ArmSums]:
    """By the row id of the arm, of which `models` names its own model; those without a
    request have sums of nothing. One query."""
    found = {pk: ArmSums() for pk in models}
    if not found:
        return {}
    values: dict[str, Any] = {
        "organization": organization_id,
        "arms": list(models),
        "models": list(models.values()),
        "with_hours": with_hours,
        **cover.parameters,
    }
    with uncompiled_cursor() as cursor:
        cursor.execute(READ, values)
        for arm, hour, group, *sums, latency in cursor.fetchall():
            if hour is None:
                _put(found[arm], group, sums, latency)
            else:
                told, good = (int(sums[SUMS.index(name)]) for name in ("told", "good"))
                found[arm].hours.append(ArmHourSums(hour, told, good))
    return found


def _put(arm: ArmSums, group: int, sums: list[Any], latency: bytes) -> None:
    for name, value in zip(SUMS, sums, strict=True):
        arm.by_group[name][group] = float(value)
    if latency:
        pairs = np.frombuffer(latency, PAIR)
        np.add.at(arm.latencies[group], pairs["bucket"], pairs["count"])
