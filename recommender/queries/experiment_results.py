"""What an experiment shows until now, for its page, its downloads and the API."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from analytics.queries.arm_readings import ArmHour, ArmSums, arm_sums
from analytics.queries.arm_units import ArmUnits, arm_units
from recommender.experimenting.always_valid import Counted, Sample
from recommender.experimenting.results import Against, ArmFigures, Moment, against
from recommender.experimenting.sample_ratio import SampleRatio, sample_ratio
from recommender.models import Experiment, ExperimentArm
from recommender.queries.experiment_readings import planned_percents, reading_of

WHOLE: Final = 100


@dataclass(frozen=True)
class ArmResult:
    """`planned_percent` is what it gets now; `beside` the comparison with the control,
    None of the control itself."""

    arm: ExperimentArm
    planned_percent: float
    figures: ArmFigures
    beside: Against | None
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True)
class Results:
    """From `since` on. `is_step`: of the present step of a canary alone. `units` are
    the different users or conversations (or requests by themselves), `switched` those
    that were in more than one arm."""

    since: datetime.datetime
    until: datetime.datetime
    is_step: bool
    arms: tuple[ArmResult, ...]
    ratio: SampleRatio
    units: int = 0
    switched: int = 0

    @property
    def requests(self) -> int:
        return sum(one.figures.reading.requests for one in self.arms)

    @property
    def control(self) -> ArmResult:
        return next(one for one in self.arms if one.arm.is_control)

    @property
    def candidates(self) -> list[ArmResult]:
        return [one for one in self.arms if not one.arm.is_control]


def results_of(experiment: Experiment, now: datetime.datetime) -> Results | None:
    """None of an experiment that never ran. A live canary is judged by its present
    step, where both arms get requests; everything else by all of its time."""
    if experiment.started_at is None:
        return None
    until = min(now, experiment.ended_at or now)
    is_step = (
        experiment.is_canary
        and experiment.is_live
        and (experiment.step_percent or 0) < WHOLE
    )
    since = (experiment.step_started_at if is_step else None) or experiment.started_at
    arms = list(experiment.arms.all())
    models = {arm.pk: arm.ai_model_id for arm in arms}
    end = max(until, since) + datetime.timedelta(seconds=1)
    owner = experiment.organization_id
    sums = arm_sums(owner, models, since, end)
    units = arm_units(owner, list(models), since, end)
    return _results(experiment, arms, sums, units, (since, until), is_step)


def _results(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    sums: Mapping[int, ArmSums],
    units: ArmUnits,
    span: tuple[datetime.datetime, datetime.datetime],
    is_step: bool,
) -> Results:
    planned = planned_percents(experiment, arms)
    figures = {arm.pk: _figures(arm, sums[arm.pk]) for arm in arms}
    control = next(arm for arm in arms if arm.is_control)
    made = [
        ArmResult(
            arm,
            planned[arm.key],
            figures[arm.pk],
            None
            if arm.is_control
            else against(
                figures[arm.pk],
                figures[control.pk],
                experiment.max_success_drop_points,
            ),
            () if arm.is_control else _moments(sums[arm.pk], sums[control.pk]),
        )
        for arm in arms
    ]
    counted = {arm.key: units.by_arm[arm.pk] for arm in arms}
    # Over several steps the plan is no single split.
    is_one_split = is_step or not experiment.is_canary
    ratio = sample_ratio(planned if is_one_split else {}, counted, experiment.unit)
    return Results(
        span[0],
        span[1],
        is_step,
        tuple(made),
        ratio,
        units=sum(units.by_arm.values()) - units.switched,
        switched=units.switched,
    )


def _figures(arm: ExperimentArm, sums: ArmSums) -> ArmFigures:
    return ArmFigures(
        arm.key,
        reading_of(sums),
        Sample.of_sums(sums.priced, sums.usd, sums.squared_usd),
    )


def _moments(candidate: ArmSums, control: ArmSums) -> tuple[Moment, ...]:
    """At the end of each hour in which one of both had a request."""
    times = sorted({hour.at for one in (candidate, control) for hour in one.hours})
    series = [_running(one.hours, times) for one in (candidate, control)]
    return tuple(
        Moment(at + datetime.timedelta(hours=1), one, other)
        for at, one, other in zip(times, *series, strict=True)
    )


def _running(
    hours: Sequence[ArmHour], times: Sequence[datetime.datetime]
) -> list[Counted]:
    known = {hour.at: Counted(hour.good, hour.requests) for hour in hours}
    each = (known.get(at, Counted(0, 0)) for at in times)
    return list(
        accumulate(
            each,
            lambda one, more: Counted(one.hits + more.hits, one.count + more.count),
        )
    )
