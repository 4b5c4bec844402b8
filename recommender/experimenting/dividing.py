"""Puts the arm of a running experiment in front of a plan. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from recommender.experimenting.running import (
    Experiments,
    RunningArm,
    RunningExperiment,
)
from recommender.experimenting.sticky import BUCKETS
from registry.prompts.template import TemplateError
from registry.resolution.plan import (
    ArmMark,
    Candidate,
    NotResolved,
    Plan,
    Selection,
    Skipped,
)

SOURCE: Final = "experiment"
REQUEST: Final = "request"

Find = Callable[[Selection], Plan]
"""Resolves a selection for the same request. Raises NotResolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Whoever may keep an arm, in the client's own words; empty where it said
    nothing."""

    request_id: str
    user: str = ""
    conversation: str = ""

    def value(self, wanted: str) -> tuple[str, str]:
        """The kind and the value that the arm is kept by: the wanted one, else the
        nearest that is known."""
        known = {"user": self.user, "conversation": self.conversation}
        for kind in (wanted, *known):
            if known.get(kind) and wanted != REQUEST:
                return kind, known[kind]
        return REQUEST, self.request_id


def divided(
    plan: Plan,
    experiments: Experiments,
    unit: Unit,
    find: Find,
    variables: Mapping[str, object],
) -> Plan:
    """The plan with the arm of this unit in front, if an experiment runs on its
    feature. All that answered without it stays behind as fallback. Requests under a
    profile get what the profile says."""
    feature = plan.feature
    experiment = experiments.get(feature.id) if feature else None
    if experiment is None or feature is None or plan.profile:
        return plan
    if not experiment.is_on(feature):
        waits = f"The experiment {experiment.name} waits: the assignment has changed."
        return replace(plan, trace=(*plan.trace, waits))
    kind, value = unit.value(experiment.unit)
    drawn = experiment.draw(value)
    arm = experiment.arm_of(drawn.bucket)
    line = _line(experiment, arm, kind, drawn.bucket)
    mark = ArmMark(arm.id, None if kind == REQUEST else drawn.unit_hash, line)
    plan = replace(plan, arm=mark, trace=(*plan.trace, line))
    if arm is experiment.control:
        return plan
    return _led_by(plan, arm, find, variables)


def _line(
    experiment: RunningExperiment, arm: RunningArm, kind: str, bucket: int
) -> str:
    by = {REQUEST: "this request"}.get(kind, f"its {kind}")
    return (
        f"The experiment {experiment.name} gives it the arm {arm.key} "
        f"({arm.reference}), drawn by {by}: bucket {bucket:,} of {BUCKETS:,}."
    )


def _led_by(
    plan: Plan, arm: RunningArm, find: Find, variables: Mapping[str, object]
) -> Plan:
    selection = plan.selection
    wanted = Selection(
        model=arm.reference,
        has_fallback=False,
        local_only=selection.local_only,
        connection_id=selection.connection_id,
    )
    found, skipped = _candidates(arm, find, wanted, variables)
    trace = (*plan.trace, *(f"{one.reference} {one.reason}." for one in skipped))
    plan = replace(plan, skipped=(*plan.skipped, *skipped), trace=trace)
    if not found:
        return plan
    behind = [] if not selection.has_fallback else plan.candidates
    return replace(
        plan,
        candidates=(
            *found,
            *(
                replace(one, position=one.position + 1)
                for one in behind
                if one.model.id != arm.model_id
            ),
        ),
    )


def _candidates(
    arm: RunningArm, find: Find, wanted: Selection, variables: Mapping[str, object]
) -> tuple[list[Candidate], tuple[Skipped, ...]]:
    problem = _prompt_problem(arm, variables)
    if problem:
        return [], (Skipped(arm.reference, "prompt", problem),)
    try:
        plan = find(wanted)
    except NotResolved as error:
        reason = f"cannot be asked: {error.message.rstrip('.')}"
        return [], (Skipped(arm.reference, "not_resolved", reason),)
    found = [
        replace(
            one,
            parameters={**one.parameters, **arm.parameters},
            position=1,
            source=SOURCE,
            prompt=arm.prompt,
        )
        for one in plan.candidates
        if one.model.id == arm.model_id
    ]
    return found, plan.skipped


def _prompt_problem(arm: RunningArm, variables: Mapping[str, object]) -> str:
    """A prompt that an arm tries out must not fail a request that would do without."""
    if arm.prompt_version_id is not None and arm.prompt is None:
        return "has a prompt that is gone"
    if arm.prompt is None:
        return ""
    try:
        arm.prompt.template.render(variables, arm.prompt.title)
    except TemplateError as error:
        return f"has a prompt that does not fit this request: {str(error).rstrip('.')}"
    return ""
