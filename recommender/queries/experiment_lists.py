"""Experiments for the list of them and for forms."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from analytics.queries.arm_requests import arm_requests
from recommender.models import Experiment, ExperimentArm, ExperimentState
from registry.models import Organization
from registry.queries.features import feature_rows, features_of

SHOWN: Final = 100
AHEAD: Final = datetime.timedelta(minutes=5)
"""Clocks of machines differ."""
BY_STATE: Final = {
    "draft": (ExperimentState.DRAFT,),
    "live": (ExperimentState.RUNNING, ExperimentState.PAUSED),
    "over": (
        ExperimentState.STOPPED,
        ExperimentState.PROMOTED,
        ExperimentState.STEPPED_BACK,
    ),
}
TONES: Final = {
    ExperimentState.RUNNING: "info",
    ExperimentState.PAUSED: "warning",
    ExperimentState.PROMOTED: "success",
    ExperimentState.STEPPED_BACK: "danger",
}


@dataclass(frozen=True)
class ListedExperiment:
    """`requests` got an arm of it."""

    experiment: Experiment
    requests: int

    @property
    def arms(self) -> str:
        return ", ".join(
            arm.reference.rpartition("/")[2] for arm in self.experiment.arms.all()
        )

    @property
    def tone(self) -> str:
        return TONES.get(ExperimentState(self.experiment.state), "")

    @property
    def result(self) -> str:
        return result_of(self.experiment)


def experiments_of(
    organization: Organization, *, state: str = "", words: str = "", feature: str = ""
) -> QuerySet[Experiment]:
    """The newest first. `state` is a group of `BY_STATE` or one state; empty: all."""
    arms = ExperimentArm.objects.select_related(
        "ai_model__provider", "prompt_version__prompt"
    ).defer("prompt_version__text")
    found = (
        Experiment.objects.filter(organization=organization)
        .select_related("organization", "feature", "winner_arm")
        .prefetch_related(Prefetch("arms", arms))
    )
    if state:
        found = found.filter(state__in=BY_STATE.get(state, (state,)))
    if feature:
        found = found.filter(feature__key=feature)
    for word in words.replace("\x00", "").split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(slug__icontains=word)
            | Q(feature__name__icontains=word)
            | Q(feature__key__icontains=word)
        )
    return found


def listed(experiments: Iterable[Experiment]) -> list[ListedExperiment]:
    """With their requests. Two queries more."""
    found = list(experiments)
    requests = requests_by_arm(found)
    return [
        ListedExperiment(one, sum(requests.get(arm.pk, 0) for arm in one.arms.all()))
        for one in found
    ]


def requests_by_arm(experiments: Iterable[Experiment]) -> dict[int, int]:
    """By the row id of the arm; since each began."""
    begun = [one for one in experiments if one.started_at]
    if not begun:
        return {}
    since = min(one.started_at for one in begun if one.started_at)
    arms = [arm.pk for one in begun for arm in one.arms.all()]
    owner = begun[0].organization_id
    return arm_requests(owner, arms, since, timezone.now() + AHEAD)


def result_of(one: Experiment) -> str:
    """How it stands in a few words."""
    share = f", {one.step_percent}%" if one.is_canary else ""
    if one.state == ExperimentState.RUNNING:
        return f"Running{share}"
    if one.state == ExperimentState.PROMOTED and one.winner_arm:
        return f"{one.winner_arm.reference.rpartition('/')[2]} promoted"
    if one.state == ExperimentState.STOPPED:
        return "Stopped, control kept"
    if one.state == ExperimentState.STEPPED_BACK:
        return "Stepped back, control kept"
    return str(one.get_state_display())


def feature_choices(
    organization: Organization, now: datetime.datetime
) -> list[tuple[str, str]]:
    """Key and words of each feature, with what answers for it now."""
    rows = feature_rows(
        features_of(organization).order_by("name", "key"), organization, now
    )
    return [
        (
            row.feature.key,
            f"{row.feature.name}, now {row.current.ai_model.reference}"
            if row.current
            else f"{row.feature.name}, no model yet",
        )
        for row in rows
    ]
