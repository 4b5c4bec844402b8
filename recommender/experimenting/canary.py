"""Whether a canary holds, steps forward, steps back or is ready. Pure.

It steps back as soon as the whole always-valid interval of a bounded figure lies beyond
its bound: that is no accident, however often one looked. It steps forward once the step
had its requests and hours and every bounded figure is within its bound. A figure that
is beyond without certainty holds the step; after `PATIENCE` times the requests it steps
back too, for nobody can then say that the candidate is fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from recommender.experimenting.bounds import (
    Bounds,
    BoundStanding,
    BoundState,
    bound_problems,
    standings,
)
from recommender.experimenting.readings import ArmReading

PATIENCE: Final = 3


class Verdict(StrEnum):
    HOLD = "hold"
    STEP_FORWARD = "step_forward"
    STEP_BACK = "step_back"
    READY = "ready"


@dataclass(frozen=True)
class CanaryPlan:
    """`steps` are percent of traffic, rising; the minimums hold for each of them."""

    steps: Sequence[float]
    bounds: Bounds
    min_requests_per_step: int = 0
    min_hours_per_step: float = 0.0


@dataclass(frozen=True)
class CanaryState:
    """`step_requests` are the candidate's in this step, `step_hours` how long it
    lasts."""

    step_index: int
    step_requests: int
    step_hours: float


@dataclass(frozen=True)
class Decision:
    """`text` is one sentence with numbers; `standings` how each bound stood."""

    verdict: Verdict
    text: str
    standings: tuple[BoundStanding, ...] = ()


def decide(
    plan: CanaryPlan, state: CanaryState, control: ArmReading, candidate: ArmReading
) -> Decision:
    """What to do now. The readings are what is to be compared: those of this step, or
    at 100 %, where the control gets nothing, those of the whole experiment. A plan that
    cannot be followed holds, with what is wrong."""
    wrong = plan_problems(plan)
    if wrong:
        return Decision(Verdict.HOLD, f"Held: {' '.join(wrong)}")
    if not 0 <= state.step_index < len(plan.steps):
        return Decision(
            Verdict.HOLD,
            f"Held: there is no step {state.step_index + 1} of {len(plan.steps)}.",
        )
    stood = tuple(standings(control, candidate, plan.bounds))
    worse = [one for one in stood if one.state == BoundState.SURELY_BEYOND]
    if worse:
        return Decision(Verdict.STEP_BACK, f"Stepped back. {_said(worse)}", stood)
    waiting = _waiting(plan, state)
    if waiting:
        return Decision(
            Verdict.HOLD, f"Holds at {_share(plan, state)}: {waiting}", stood
        )
    return _after_minimums(plan, state, stood)


def plan_problems(plan: CanaryPlan) -> list[str]:
    """What is wrong with a plan, in sentences; empty where it can be followed."""
    found = bound_problems(plan.bounds)
    steps = list(plan.steps)
    if not steps:
        found.append("There is no step.")
    elif any(not math.isfinite(one) or not 0 < one <= 100 for one in steps):
        found.append("A step is more than 0 and at most 100 percent.")
    elif any(
        later <= earlier for earlier, later in zip(steps, steps[1:], strict=False)
    ):
        found.append("Each step is larger than the one before.")
    if plan.min_requests_per_step < 0:
        found.append("The least number of requests of a step is below 0.")
    if not math.isfinite(plan.min_hours_per_step) or plan.min_hours_per_step < 0:
        found.append("The least hours of a step are not a number from 0 on.")
    return found


def _after_minimums(
    plan: CanaryPlan, state: CanaryState, stood: tuple[BoundStanding, ...]
) -> Decision:
    beyond = [one for one in stood if one.state == BoundState.BEYOND]
    share = _share(plan, state)
    if beyond:
        patience = PATIENCE * plan.min_requests_per_step
        if state.step_requests >= max(patience, 1) and plan.min_requests_per_step:
            text = (
                f"Stepped back after {state.step_requests:,} requests. {_said(beyond)}"
            )
            return Decision(Verdict.STEP_BACK, text, stood)
        return Decision(Verdict.HOLD, f"Holds at {share}: {_said(beyond)}", stood)
    unknown = [one for one in stood if one.state == BoundState.UNKNOWN]
    # Ratings are optional: a product that sends none is not held up for ever.
    if any(one.label != "Thumbs down rise" for one in unknown):
        return Decision(Verdict.HOLD, f"Holds at {share}: {_said(unknown)}", stood)
    held = _said([one for one in stood if one.state == BoundState.HOLDS])
    if state.step_index == len(plan.steps) - 1:
        text = f"Ready to be promoted after the step at {share}. {held}"
        return Decision(Verdict.READY, text.strip(), stood)
    further = f"{plan.steps[state.step_index + 1]:g}%"
    text = f"Steps from {share} to {further}. {held}"
    return Decision(Verdict.STEP_FORWARD, text.strip(), stood)


def _waiting(plan: CanaryPlan, state: CanaryState) -> str:
    missing = []
    if state.step_requests < plan.min_requests_per_step:
        missing.append(
            f"{state.step_requests:,} of {plan.min_requests_per_step:,} requests"
        )
    # What is no number of hours has not passed.
    if not state.step_hours >= plan.min_hours_per_step:
        missing.append(f"{state.step_hours:.1f} of {plan.min_hours_per_step:g} hours")
    return f"{' and '.join(missing)} of this step." if missing else ""


def _said(found: Sequence[BoundStanding]) -> str:
    return " ".join(one.text for one in found)


def _share(plan: CanaryPlan, state: CanaryState) -> str:
    return f"{plan.steps[state.step_index]:g}%"
