"""What was measured of a running experiment, as decisions about it need it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.queries.arm_cover import ArmCover, arm_cover
from analytics.queries.arm_readings import ArmSums, arm_sums
from analytics.queries.arm_units import SwitchedUnits, arm_units, switched_units
from recommender.experimenting.readings import ArmReading
from recommender.models import Experiment, ExperimentArm
from recommender.queries.arm_figures import reading_of

SETTLE: Final = datetime.timedelta(seconds=5)
"""After a change so long nothing is counted: every process knows it within a second,
and requests that were drawn before must not pass for requests drawn after."""


@dataclass(frozen=True)
class Readings:
    """`arms` and `units`, the different ones, by the key of the arm. `requests` are all
    that were drawn, those too that say nothing of the arm's model; `spent_usd` what the
    candidates cost, None where the cost of nothing is known."""

    arms: dict[str, ArmReading]
    units: dict[str, int]
    requests: int
    spent_usd: float | None


def readings_between(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    since: datetime.datetime,
    until: datetime.datetime,
) -> Readings:
    """Of the requests that began from `since` on and before `until`. Three queries."""
    owner = experiment.organization_id
    cover = _cover(experiment, since, until)
    sums = arm_sums(owner, _models(arms), cover)
    units = arm_units(owner, sums, cover)
    return Readings(
        arms={arm.key: reading_of(sums[arm.pk], units[arm.pk]) for arm in arms},
        units={arm.key: units[arm.pk] for arm in arms},
        requests=sum(one.number("requests") for one in sums.values()),
        spent_usd=_spent(sums, arms),
    )


def spent_between(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    since: datetime.datetime,
    until: datetime.datetime,
) -> float | None:
    """What the candidates cost, as `Readings` have it."""
    cover = _cover(experiment, since, until)
    sums = arm_sums(experiment.organization_id, _models(arms), cover)
    return _spent(sums, arms)


def switched_between(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    since: datetime.datetime,
    until: datetime.datetime,
) -> SwitchedUnits:
    owner = experiment.organization_id
    cover = _cover(experiment, since, until)
    return switched_units(owner, arm_sums(owner, _models(arms), cover), cover)


def planned_percents(
    experiment: Experiment, arms: Sequence[ExperimentArm]
) -> dict[str, float]:
    """What each arm gets now, by its key."""
    share = experiment.step_percent
    if share is None:
        return {arm.key: float(arm.share_percent) for arm in arms}
    return {arm.key: float(100 - share if arm.is_control else share) for arm in arms}


def _cover(
    experiment: Experiment, since: datetime.datetime, until: datetime.datetime
) -> ArmCover:
    return arm_cover(experiment.organization_id, since + SETTLE, until)


def _models(arms: Sequence[ExperimentArm]) -> dict[int, int | None]:
    return {arm.pk: arm.ai_model_id for arm in arms}


def _spent(sums: Mapping[int, ArmSums], arms: Sequence[ExperimentArm]) -> float | None:
    candidates = [sums[arm.pk] for arm in arms if not arm.is_control]
    if not any(one.number("priced") for one in candidates):
        return None
    return sum(one.usd for one in candidates)
