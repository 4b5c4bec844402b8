"""What was measured of a running experiment, as decisions about it need it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.queries.arm_readings import ArmSums, arm_sums
from analytics.queries.arm_units import ArmUnits, arm_units
from recommender.experimenting.readings import ArmReading
from recommender.models import Experiment, ExperimentArm

SETTLE: Final = datetime.timedelta(seconds=5)
"""After a change so long nothing is counted: every process knows it within a second,
and requests that were drawn before must not pass for requests drawn after."""


@dataclass(frozen=True)
class Readings:
    """By the key of the arm. `requests` are all that were drawn, those too that say
    nothing of the arm's model; `spent_usd` what the candidates cost, None where the
    cost of nothing is known."""

    arms: dict[str, ArmReading]
    units: ArmUnits
    requests: int
    spent_usd: float | None

    def units_by_key(self, arms: Sequence[ExperimentArm]) -> dict[str, int]:
        return {arm.key: self.units.by_arm.get(arm.pk, 0) for arm in arms}


def readings_between(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    since: datetime.datetime,
    until: datetime.datetime,
) -> Readings:
    """Of the requests that began from `since` on and before `until`. Two queries."""
    owner = experiment.organization_id
    start = since + SETTLE
    models = {arm.pk: arm.ai_model_id for arm in arms}
    sums = arm_sums(owner, models, start, max(start, until))
    units = arm_units(owner, list(models), start, max(start, until))
    candidates = [sums[arm.pk] for arm in arms if not arm.is_control]
    is_priced = any(one.priced for one in candidates)
    return Readings(
        arms={arm.key: reading_of(sums[arm.pk]) for arm in arms},
        units=units,
        requests=units.requests,
        spent_usd=sum(one.usd for one in candidates) if is_priced else None,
    )


def reading_of(sums: ArmSums) -> ArmReading:
    return ArmReading(
        requests=sums.requests,
        successes=sums.good,
        latency=sums.latency,
        rated=sums.rated,
        thumbs_down=sums.disliked,
        cost_usd=sums.usd if sums.priced else None,
    )


def planned_percents(
    experiment: Experiment, arms: Sequence[ExperimentArm]
) -> dict[str, float]:
    """What each arm gets now, by its key."""
    share = experiment.step_percent
    if share is None:
        return {arm.key: float(arm.share_percent) for arm in arms}
    return {arm.key: float(100 - share if arm.is_control else share) for arm in arms}
