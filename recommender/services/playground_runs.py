"""Starts runs of the playground, shares them and gives away their names."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundRun
from recommender.playground_request import Inputs
from registry.audit import record_change
from registry.models import AIModel, Feature, Organization, PromptVersion, User


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a run is for and where it came from."""

    feature: Feature | None = None
    prompt_version: PromptVersion | None = None
    parent: PlaygroundRun | None = None


@transaction.atomic
def start_run(
    *,
    organization: Organization,
    actor: User,
    inputs: Inputs,
    ai_models: Sequence[AIModel],
    image_digests: Sequence[str] = (),
    is_blind: bool = False,
    origin: Origin | None = None,
) -> PlaygroundRun:
    """A run whose answers wait to be asked for. The answers of a blind one stand in an
    order that says nothing."""
    origin = origin or Origin()
    run = PlaygroundRun.objects.create(
        organization=organization,
        created_by=actor,
        system=inputs.system,
        messages=[dict(one) for one in inputs.messages],
        variables=dict(inputs.variables),
        parameters=dict(inputs.parameters),
        response_schema=inputs.response_schema,
        image_digests=list(image_digests),
        is_blind=is_blind,
        feature=origin.feature,
        prompt_version=origin.prompt_version,
        parent=origin.parent,
        search_text=_search_text(inputs, ai_models),
    )
    order = list(ai_models)
    if is_blind:
        random.SystemRandom().shuffle(order)
    PlaygroundAnswer.objects.bulk_create(
        PlaygroundAnswer(run=run, position=place, reference=one.reference, ai_model=one)
        for place, one in enumerate(order)
    )
    return run


def run_again(*, run: PlaygroundRun, actor: User) -> PlaygroundRun:
    """The same question to the same models, as far as the catalogue still has them."""
    answers = run.answers.exclude(ai_model=None).select_related("ai_model__provider")
    return start_run(
        organization=run.organization,
        actor=actor,
        inputs=inputs_of(run),
        ai_models=[one.ai_model for one in answers if one.ai_model],
        image_digests=run.image_digests,
        is_blind=run.is_blind,
        origin=Origin(
            feature=run.feature, prompt_version=run.prompt_version, parent=run
        ),
    )


def inputs_of(run: PlaygroundRun) -> Inputs:
    return Inputs(
        system=run.system,
        messages=run.messages,
        variables=run.variables,
        parameters=run.parameters,
        response_schema=run.response_schema,
    )


@transaction.atomic
def share_run(*, run: PlaygroundRun, actor: User) -> PlaygroundRun:
    """Give the run a link that nobody can guess; it keeps the one it has."""
    locked = PlaygroundRun.objects.select_for_update().get(pk=run.pk)
    if locked.share_key is None:
        locked.share_key = secrets.token_urlsafe(24)
        locked.save(update_fields=["share_key"])
        _record(locked, actor, "playground.shared", False, True)
    return locked


@transaction.atomic
def unshare_run(*, run: PlaygroundRun, actor: User) -> PlaygroundRun:
    """The link leads nowhere from now on."""
    locked = PlaygroundRun.objects.select_for_update().get(pk=run.pk)
    if locked.share_key is not None:
        locked.share_key = None
        locked.save(update_fields=["share_key"])
        _record(locked, actor, "playground.unshared", True, False)
    return locked


def reveal_names(*, run: PlaygroundRun) -> bool:
    """Name the models of a blind run, for good. False where they are named already."""
    hidden = PlaygroundRun.objects.filter(pk=run.pk, is_blind=True, revealed_at=None)
    return bool(hidden.update(revealed_at=timezone.now()))


def ask_again(*, answer: PlaygroundAnswer) -> bool:
    """Let an answer that failed, was stopped or was lost be asked for once more."""
    row = PlaygroundAnswer.objects.filter(pk=answer.pk, state=answer.state)
    states = (AnswerState.FAILED, AnswerState.STOPPED)
    if answer.state not in states and not answer.is_lost:
        return False
    fresh = PlaygroundAnswer(state=AnswerState.WAITING)
    names = ("text", "error", "trace", "finish_reason", "cost_state", "request_id")
    figures = ("latency_ms", "ttft_ms", "cost_usd", "asked_at", "finished_at")
    kinds = ("input", "output", "cache_read", "cache_write", "reasoning")
    fields = (*names, *figures, *(f"{kind}_tokens" for kind in kinds), "state")
    return bool(row.update(**{name: getattr(fresh, name) for name in fields}))


def _record(
    run: PlaygroundRun, actor: User, action: str, before: bool, after: bool
) -> None:
    record_change(
        organization=run.organization,
        actor=actor,
        action=action,
        target=run,
        before={"is_shared": before},
        after={"is_shared": after},
    )


def _search_text(inputs: Inputs, ai_models: Sequence[AIModel]) -> str:
    said = [inputs.system, *(one["content"] for one in inputs.messages)]
    names = [one.reference for one in ai_models]
    return "\n".join([*said, *names]).lower()
