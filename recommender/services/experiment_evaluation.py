"""Looks at every running experiment and does what its rules say: pause, step, stop,
promote. Rows are the truth: it may run twice, and in two workers at once."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from recommender.experimenting.bounds import Bounds, BoundStanding
from recommender.experimenting.canary import (
    CanaryPlan,
    CanaryState,
    Decision,
    Verdict,
    decide,
)
from recommender.experimenting.sample_ratio import SampleRatio, sample_ratio
from recommender.experimenting.stop_rules import Caps, Spent, reason_to_stop
from recommender.models import (
    Experiment,
    ExperimentArm,
    ExperimentEventKind,
    ExperimentState,
)
from recommender.queries.experiment_drift import drift_of
from recommender.queries.experiment_readings import (
    Readings,
    planned_percents,
    readings_between,
    switched_between,
)
from recommender.services.experiment_changes import (
    ExperimentRefused,
    Said,
    add_event,
    locked,
)
from recommender.services.experiment_promotion import promote
from recommender.services.experiment_running import (
    pause,
    step_back,
    step_forward,
    stop,
)

ACTOR: Final = "experiment rules"
DAY_S: Final = 86_400.0
WHOLE: Final = 100
STEPS: Final = (ExperimentEventKind.STEPPED, ExperimentEventKind.STEPPED_BACK)
BEGINNINGS: Final = (
    ExperimentEventKind.STARTED,
    ExperimentEventKind.RESUMED,
    *STEPS,
    ExperimentEventKind.READY,
)

logger = logging.getLogger("modelhub.experiments")


def evaluate_running(now: datetime.datetime) -> int:
    """Every running experiment of every organisation; how many were changed. One that
    fails does not keep the others waiting."""
    changed = 0
    running = Experiment.objects.filter(state=ExperimentState.RUNNING)
    for experiment in running.select_related("organization", "feature").order_by("pk"):
        try:
            changed += evaluate(experiment, now)
        except ExperimentRefused as refused:
            # Somebody else was quicker, or the assignment says no: the next minute
            # looks at what there is then.
            logger.info("%s is left as it is: %s", experiment, refused)
        except Exception:
            logger.exception("The experiment %s cannot be evaluated", experiment)
    return changed


def evaluate(experiment: Experiment, now: datetime.datetime) -> bool:
    """Whether it was changed. `experiment` is as it was read; if it changed meanwhile,
    nothing is done. Raises ExperimentRefused."""
    begun, step_begun = experiment.started_at, experiment.step_started_at
    if begun is None or step_begun is None:
        return False
    arms = list(experiment.arms.all())
    drift = drift_of(experiment, arms)
    if drift:
        _pause(experiment, ExperimentEventKind.PAUSED, drift, {})
        return True
    step = readings_between(experiment, arms, step_begun, now)
    ratio = sample_ratio(planned_percents(experiment, arms), step.units, "unit")
    if ratio.is_off:
        facts = _ratio_facts(experiment, arms, ratio, now)
        _pause(experiment, ExperimentEventKind.RATIO_MISMATCH, ratio.text, facts)
        return True
    whole = step
    if begun != step_begun and _needs_whole(experiment):
        whole = readings_between(experiment, arms, begun, now)
    return _stopped(experiment, whole, now) or _stepped(experiment, step, whole, now)


def _needs_whole(experiment: Experiment) -> bool:
    """Whether something is decided by all of the time. Its rows may be many."""
    rules = (experiment.cost_cap_usd, experiment.max_requests)
    return experiment.step_percent == WHOLE or any(one is not None for one in rules)


def _pause(
    experiment: Experiment,
    kind: ExperimentEventKind,
    reason: str,
    facts: dict[str, Any],
) -> None:
    pause(experiment, _said(experiment, reason, facts), kind)


def _stopped(experiment: Experiment, whole: Readings, now: datetime.datetime) -> bool:
    cap = experiment.cost_cap_usd
    days = (now - (experiment.started_at or now)).total_seconds() / DAY_S
    reason = reason_to_stop(
        Caps(
            cost_usd=None if cap is None else float(cap),
            days=experiment.max_days,
            requests=experiment.max_requests,
        ),
        Spent(cost_usd=whole.spent_usd, days=days, requests=whole.requests),
    )
    if reason is None:
        return False
    facts = {"requests": whole.requests, "spent_usd": whole.spent_usd}
    stop(experiment, _said(experiment, reason, facts))
    return True


def _said(experiment: Experiment, reason: str, facts: Mapping[str, Any]) -> Said:
    """If it changed since it was read, nothing is done."""
    return Said(
        label=ACTOR,
        reason=reason,
        expected_version=experiment.version,
        facts=facts,
    )


def _stepped(
    experiment: Experiment, step: Readings, whole: Readings, now: datetime.datetime
) -> bool:
    """A canary's step, forward or back, or what comes after the last one."""
    if not experiment.is_canary:
        return False
    arm = experiment.arms.get(is_control=False)
    decision = _decision(experiment, arm, step, whole, now)
    facts = _facts(decision, step, arm)
    if decision.verdict is Verdict.STEP_BACK:
        step_back(experiment, _said(experiment, decision.text, facts))
        return True
    if decision.verdict is Verdict.STEP_FORWARD and not _has_fallen(experiment):
        step_forward(experiment, _said(experiment, decision.text, facts))
        return True
    if decision.verdict is Verdict.READY:
        return _finish(experiment, arm, decision, facts)
    return False


def _decision(
    experiment: Experiment,
    arm: ExperimentArm,
    step: Readings,
    whole: Readings,
    now: datetime.datetime,
) -> Decision:
    """Compared with the control of this step; where it gets nothing any more, with what
    it did before."""
    control = next(one for one in experiment.arms.all() if one.is_control)
    beside = whole if experiment.step_percent == WHOLE else step
    begun = experiment.step_started_at or now
    plan = CanaryPlan(
        steps=experiment.steps,
        bounds=Bounds(
            experiment.max_success_drop_points,
            experiment.max_p95_rise_percent,
            experiment.max_thumbs_down_rise_points,
        ),
        min_requests_per_step=experiment.min_requests_per_step,
        min_hours_per_step=experiment.min_hours_per_step,
    )
    state = CanaryState(
        step_index=experiment.step_index,
        step_requests=step.arms[arm.key].requests,
        step_hours=(now - begun).total_seconds() / 3600,
    )
    return decide(plan, state, beside.arms[control.key], step.arms[arm.key])


def _has_fallen(experiment: Experiment) -> bool:
    """Whether the last step was one back. Then a person decides about the next one: by
    itself it would go back and forth for ever."""
    last = experiment.events.filter(kind__in=STEPS).first()
    return last is not None and last.kind == ExperimentEventKind.STEPPED_BACK


def _finish(
    experiment: Experiment,
    arm: ExperimentArm,
    decision: Decision,
    facts: dict[str, Any],
) -> bool:
    if not experiment.promote_by_itself:
        return _say_ready(experiment, decision, facts)
    promote(experiment, _said(experiment, decision.text, facts), arm=arm)
    return True


@transaction.atomic
def _say_ready(
    experiment: Experiment, decision: Decision, facts: dict[str, Any]
) -> bool:
    """Once in a step."""
    row = locked(experiment, experiment.version)
    last = row.events.filter(kind__in=BEGINNINGS).first()
    if last is not None and last.kind == ExperimentEventKind.READY:
        return False
    add_event(
        row,
        ExperimentEventKind.READY,
        decision.text,
        actor_label=ACTOR,
        facts=facts,
    )
    return True


def _ratio_facts(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    ratio: SampleRatio,
    now: datetime.datetime,
) -> dict[str, Any]:
    begun = experiment.step_started_at or now
    switched = switched_between(experiment, arms, begun, now)
    return {
        "planned_percent": dict(ratio.planned),
        "seen_percent": dict(ratio.seen),
        "p_value": ratio.p_value,
        "switched_units": switched.switched,
    }


def _facts(decision: Decision, step: Readings, arm: ExperimentArm) -> dict[str, Any]:
    reading = step.arms[arm.key]
    return {
        "requests": reading.requests,
        "successes": reading.successes,
        "bounds": [_standing(one) for one in decision.standings],
    }


def _standing(one: BoundStanding) -> dict[str, Any]:
    found = one.interval
    high = None if found is None or found.high == float("inf") else found.high
    return {
        "bound": one.label,
        "unit": one.unit.strip(),
        "limit": one.limit,
        "state": one.state.value,
        "now": one.now,
        "low": None if found is None else found.low,
        "high": high,
    }
