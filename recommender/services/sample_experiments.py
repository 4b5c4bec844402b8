"""The experiments of the sample organisation: one that runs, and one that was promoted
when the sample product switched to its second pack."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from analytics.demo.features import Part
from analytics.demo.story import Story
from analytics.demo.trials import Arm, Trial
from analytics.demo.world import Route, World
from recommender.experiment_drafts import ArmDraft, ExperimentDraft
from recommender.experimenting.sticky import BUCKETS, draw
from recommender.models import (
    CONTROL,
    Experiment,
    ExperimentArm,
    ExperimentEventKind,
    ExperimentKind,
    ExperimentState,
)
from recommender.queries.experiment_control import control_of
from recommender.services.experiment_changes import Said, add_event
from recommender.services.experiment_running import start
from recommender.services.experiments import create_experiment
from registry.audit import record_change
from registry.models import AIModel, Feature, Organization

SOMEBODY: Final = "sample data"
RUNNING, PROMOTED = "chat", "search"
RUNNING_SHARE, PROMOTED_SHARE = 0.1, 0.14
"""Of the whole period, how long they ran."""
SALT: Final = "sample"
FEWEST_DAYS: Final = datetime.timedelta(days=2)
HALF: Final = Decimal(50)
BEGINNINGS: Final = (ExperimentEventKind.CREATED, ExperimentEventKind.STARTED)
QUESTION: Final = (
    "Most chats are short. Is the small model good enough for them, at what cost?"
)
ANSWER: Final = "The newer small model should answer as well, at a lower price."


def prepare_sample(organization: Organization, world: World) -> tuple[Trial, ...]:
    """Made before the calls are, which say then whose arm they had."""
    return (_running(organization, world), _promoted(organization, world))


def _running(organization: Organization, world: World) -> Trial:
    """Drafted and started like any other, then put into the past."""
    story, routes = world.story, world.eras[-1].routes
    candidate = next(
        one for found in routes.values() for one in found if one.part is Part.SMALL
    )
    feature = organization.features.get(key=RUNNING)
    control = control_of(feature)
    made = create_experiment(
        organization=organization,
        feature=feature,
        draft=ExperimentDraft(
            name="A small model for chat",
            hypothesis=QUESTION,
            kind=ExperimentKind.SPLIT,
            candidates=[
                ArmDraft(
                    ai_model=AIModel.objects.get(pk=candidate.ai_model_id),
                    # All but the model as it is: or nobody knew what did it.
                    parameters=control.parameters if control else {},
                    prompt_version=control.prompt_version if control else None,
                    share_percent=HALF,
                )
            ],
            control_share_percent=HALF,
        ),
        actor=None,
        actor_label=SOMEBODY,
    )
    # The same calls each time: nobody draws by chance here.
    Experiment.objects.filter(pk=made.pk).update(salt=SALT)
    made = start(made, Said(label=SOMEBODY))
    begun = story.ends_at - _length(story, RUNNING_SHARE)
    _date(made, begun)
    return _trial(made, (begun, story.ends_at), candidate)


def _length(story: Story, share: float) -> datetime.timedelta:
    return max((story.ends_at - story.starts_at) * share, FEWEST_DAYS)


def _promoted(organization: Organization, world: World) -> Trial:
    """Not by the services: the assignment of its time is the past by now, and the pack
    was what assigned the winner."""
    story = world.story
    ended = story.switched_at
    begun = max(story.starts_at, ended - _length(story, PROMOTED_SHARE))
    feature = organization.features.get(key=PROMOTED)
    eras = world.era_at(begun), world.era_at(ended)
    before, after = (era.routes[PROMOTED][0] for era in eras)
    prompt = eras[0].prompt_version_ids.get(PROMOTED)
    made = Experiment.objects.create(
        organization=organization,
        feature=feature,
        slug="newer-search-model",
        name="A newer model for search",
        hypothesis=ANSWER,
        kind=ExperimentKind.SPLIT,
        state=ExperimentState.PROMOTED,
        salt=SALT,
        steps=[],
        ended_at=ended,
    )
    arms = [
        _arm(made, key, name, route, prompt)
        for key, name, route in (
            (CONTROL, "Assignment", before),
            ("b", after.reference, after),
        )
    ]
    Experiment.objects.filter(pk=made.pk).update(winner_arm=arms[1])
    _tell(made, feature, begun, ended, after.reference)
    _date(made, begun)
    return _trial(made, (begun, ended), after)


def _arm(
    made: Experiment, key: str, name: str, route: Route, prompt: int | None
) -> ExperimentArm:
    return ExperimentArm.objects.create(
        experiment=made,
        key=key,
        name=name,
        is_control=key == CONTROL,
        ai_model_id=route.ai_model_id,
        reference=route.reference,
        prompt_version_id=prompt,
        share_percent=HALF,
        position=int(key != CONTROL),
    )


def _tell(
    made: Experiment,
    feature: Feature,
    begun: datetime.datetime,
    ended: datetime.datetime,
    winner: str,
) -> None:
    kinds = ExperimentEventKind
    for kind, at, text in (
        (kinds.CREATED, begun, f"Drafted for {feature.name}."),
        (kinds.STARTED, begun, "Started: 50 % to control, 50 % to b."),
        (kinds.PROMOTED, ended, f"Promoted b: {winner} came with the lean pack."),
    ):
        add_event(made, kind, text, actor_label=SOMEBODY, at=at)
    record_change(
        organization=made.organization,
        actor=None,
        actor_label=SOMEBODY,
        action="experiment.created",
        target=made,
        before=None,
        after={"feature": feature.key, "state": made.state},
        note="A finished experiment of the sample data.",
    )


def _date(made: Experiment, begun: datetime.datetime) -> None:
    """What was written just now was written then."""
    Experiment.objects.filter(pk=made.pk).update(
        created_at=begun, started_at=begun, step_started_at=begun
    )
    made.events.filter(at__gt=begun, kind__in=BEGINNINGS).update(at=begun)


def _trial(
    made: Experiment,
    span: tuple[datetime.datetime, datetime.datetime],
    candidate: Route,
) -> Trial:
    arms = {arm.key: arm.pk for arm in made.arms.all()}
    drawn = partial(_drawn, made, arms, candidate)
    return Trial(made.feature.key, *span, drawn)


def _drawn(made: Experiment, arms: dict[str, int], candidate: Route, user: str) -> Arm:
    found = draw(made.salt, user)
    key = "b" if found.bucket < BUCKETS * HALF / 100 else CONTROL
    return Arm(
        arms[key],
        found.unit_hash,
        candidate if key == "b" else None,
        f"The experiment {made.name} gives it the arm {key}.",
    )
