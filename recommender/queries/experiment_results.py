"""What an experiment shows until now, for its page, its downloads and the API."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from analytics.queries.arm_cover import ArmCover, arm_cover
from analytics.queries.arm_readings import ArmHourSums, ArmSums, arm_sums
from analytics.queries.arm_units import SwitchedUnits, arm_units, switched_units
from recommender.experimenting.always_valid import Counted
from recommender.experimenting.results import Against, ArmFigures, Moment, against
from recommender.experimenting.sample_ratio import SampleRatio, sample_ratio
from recommender.models import Experiment, ExperimentArm
from recommender.queries.arm_figures import cost_of, reading_of
from recommender.queries.experiment_readings import planned_percents

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
    the different users or conversations (or requests by themselves) of all arms."""

    since: datetime.datetime
    until: datetime.datetime
    is_step: bool
    arms: tuple[ArmResult, ...]
    ratio: SampleRatio
    units: SwitchedUnits

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
    end = max(until, since) + datetime.timedelta(seconds=1)
    cover = arm_cover(experiment.organization_id, since, end)
    return _results(experiment, arms, cover, until, is_step)


def _results(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    cover: ArmCover,
    until: datetime.datetime,
    is_step: bool,
) -> Results:
    owner = experiment.organization_id
    models = {arm.pk: arm.ai_model_id for arm in arms}
    sums = arm_sums(owner, models, cover, with_hours=True)
    units = arm_units(owner, sums, cover)
    planned = planned_percents(experiment, arms)
    figures = {arm.pk: _figures(arm, sums[arm.pk], units[arm.pk]) for arm in arms}
    control = next(arm for arm in arms if arm.is_control)
    ours = sums[control.pk], figures[control.pk]
    drop = experiment.max_success_drop_points
    made = [
        ArmResult(arm, planned[arm.key], figures[arm.pk], None)
        if arm.is_control
        else _candidate(
            arm, planned[arm.key], (sums[arm.pk], figures[arm.pk]), ours, drop
        )
        for arm in arms
    ]
    counted = {arm.key: units[arm.pk] for arm in arms}
    # Over several steps the plan is no single split.
    is_one_split = is_step or not experiment.is_canary
    ratio = sample_ratio(planned if is_one_split else {}, counted, experiment.unit)
    return Results(
        cover.since,
        until,
        is_step,
        tuple(made),
        ratio,
        switched_units(owner, sums, cover),
    )


def _candidate(
    arm: ExperimentArm,
    planned: float,
    mine: tuple[ArmSums, ArmFigures],
    control: tuple[ArmSums, ArmFigures],
    drop_points: float,
) -> ArmResult:
    """Beside the control."""
    beside = against(mine[1], control[1], drop_points)
    moments = _moments(mine[0], control[0], mine[1], control[1])
    return ArmResult(arm, planned, mine[1], beside, moments)


def _figures(arm: ExperimentArm, sums: ArmSums, units: int) -> ArmFigures:
    return ArmFigures(arm.key, reading_of(sums, units), cost_of(sums, units))


def _moments(
    candidate: ArmSums, control: ArmSums, one: ArmFigures, other: ArmFigures
) -> tuple[Moment, ...]:
    """At the end of each hour in which one of both had a request. How much requests of
    the same users resemble each other is known of the whole time alone."""
    times = sorted({hour.at for sums in (candidate, control) for hour in sums.hours})
    series = [
        _running(sums.hours, times, figures.reading.success_effect)
        for sums, figures in ((candidate, one), (control, other))
    ]
    return tuple(
        Moment(at + datetime.timedelta(hours=1), mine, theirs)
        for at, mine, theirs in zip(times, *series, strict=True)
    )


def _running(
    hours: Sequence[ArmHourSums], times: Sequence[datetime.datetime], effect: float
) -> list[Counted]:
    known = {hour.at: Counted(hour.good, hour.told, effect) for hour in hours}
    each = (known.get(at, Counted(0, 0, effect)) for at in times)
    return list(
        accumulate(
            each,
            lambda one, more: Counted(
                one.hits + more.hits, one.count + more.count, effect
            ),
        )
    )
