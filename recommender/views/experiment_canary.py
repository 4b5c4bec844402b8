"""How a canary stands, made ready for the template."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommender.experimenting.bounds import Bounds, BoundStanding, BoundState
from recommender.experimenting.canary import (
    CanaryPlan,
    CanaryState,
    Decision,
    decide,
)
from recommender.models import Experiment
from recommender.queries.experiment_readings import spent_between
from recommender.queries.experiment_results import Results
from recommender.words_experiments import signed

TONES: Final = {
    BoundState.HOLDS: "success",
    BoundState.BEYOND: "warning",
    BoundState.SURELY_BEYOND: "danger",
    BoundState.UNKNOWN: "",
}
HOUR: Final = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Bound:
    """A bound of a canary with how it stands, in words."""

    label: str
    limit: str
    now: str
    tone: str


def canary_context(
    experiment: Experiment, results: Results, now: datetime.datetime
) -> dict[str, Any]:
    """The same figures as the evaluation decides by."""
    control, candidate = results.control, results.candidates[0]
    done = candidate.figures.reading.requests
    began = experiment.step_started_at or now
    hours = max((now - began) / HOUR, 0.0)
    decision = decide(
        plan_of(experiment),
        CanaryState(experiment.step_index, done, hours),
        control.figures.reading,
        candidate.figures.reading,
    )
    return {
        "decision": decision,
        "step_requests": min(done, experiment.min_requests_per_step),
        "steps": [
            (number, percent, number < experiment.step_index)
            for number, percent in enumerate(experiment.steps)
        ],
        "next_percent": _at(experiment.steps, experiment.step_index + 1),
        "back_percent": _at(experiment.steps, experiment.step_index - 1),
        "bounds": [*_bounds(decision), *_cost_cap(experiment, now)],
    }


def _at(steps: Sequence[int], index: int) -> int | None:
    return steps[index] if 0 <= index < len(steps) else None


def _bounds(decision: Decision) -> Iterator[Bound]:
    for one in decision.standings:
        yield Bound(
            f"{one.label}, steps back above",
            f"{one.limit:g}{one.unit}",
            _now(one),
            TONES[one.state],
        )


def _now(one: BoundStanding) -> str:
    return "not known yet" if one.now is None else f"{signed(one.now)}{one.unit} now"


def _cost_cap(experiment: Experiment, now: datetime.datetime) -> Iterator[Bound]:
    cap, begun = experiment.cost_cap_usd, experiment.started_at
    if cap is None or begun is None:
        return
    spent = spent_between(experiment, list(experiment.arms.all()), begun, now)
    used = "cost not known" if spent is None else f"${spent:,.2f} since the start"
    yield Bound("Candidate costs at most", f"${cap:,.2f}", used, "")


def plan_of(experiment: Experiment) -> CanaryPlan:
    bounds = Bounds(
        experiment.max_success_drop_points,
        experiment.max_p95_rise_percent,
        experiment.max_thumbs_down_rise_points,
    )
    return CanaryPlan(
        tuple(experiment.steps),
        bounds,
        experiment.min_requests_per_step,
        experiment.min_hours_per_step,
    )
