"""Changing which model a feature uses. Every change is a new revision; the number in
force is compared and set in one guarded UPDATE, so nobody's change is lost silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.assignment_state import AssignmentState
from registry.audit import record_change
from registry.models import (
    AIModel,
    Assignment,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    Prompt,
    PromptVersion,
    User,
)
from registry.parameters import clean_parameters
from registry.queries.assignments import (
    current_revision,
    fallbacks_of,
    prompt_words,
    revision_at,
    state_of,
)
from registry.queries.candidates import load_candidates, requirements_of
from registry.requirements import Reason

MAX_FALLBACKS = 8
NOTE_LENGTH = 400


@dataclass(frozen=True)
class Outcome:
    """The revision in force after the call. `is_new` is False where it already said
    the same: a double submit adds nothing."""

    revision: AssignmentRevision | None
    is_new: bool

    @property
    def number(self) -> int:
        return self.revision.number if self.revision else 0


@dataclass(frozen=True)
class Refusal:
    """Why one model may not be part of the assignment."""

    ai_model: AIModel
    reason: Reason

    def __str__(self) -> str:
        return f"{self.ai_model.reference} {self.reason.text}."


class AssignmentRefused(Exception):
    """The assignment breaks a rule; nothing was changed."""

    def __init__(self, refusals: Sequence[Refusal] = (), message: str = "") -> None:
        self.refusals = list(refusals)
        self.message = message
        super().__init__(message or " ".join(str(refusal) for refusal in refusals))


class StaleAssignment(Exception):
    """Someone else changed the assignment meanwhile; nothing was changed. `current`
    is what is in force now."""

    def __init__(self, current: AssignmentRevision | None) -> None:
        self.current = current
        number = current.number if current else 0
        super().__init__(f"The assignment was changed meanwhile: it is at r{number}.")


def assign_model(
    *,
    feature: Feature,
    ai_model: AIModel,
    fallbacks: Sequence[AIModel] = (),
    parameters: dict[str, Any] | None = None,
    prompt_version: PromptVersion | None = None,
    actor: User | None,
    expected_revision: int,
    note: str = "",
    actor_label: str = "",
) -> Outcome:
    """Make `ai_model` with ordered `fallbacks`, `parameters` and the system prompt
    `prompt_version` answer for `feature`. None is no prompt: whoever changes something
    else hands in the version in force.

    `expected_revision` is the number the person saw (0: never assigned). Raises
    StaleAssignment, AssignmentRefused, and ParameterError for wrong parameters.
    """
    cleaned = clean_parameters(
        parameters or {}, max_output_tokens=ai_model.max_output_tokens
    )
    _check_shape(ai_model, fallbacks)
    draft = _draft(feature, actor, actor_label, note)
    draft.ai_model = ai_model
    draft.parameters = cleaned
    draft.prompt_version = prompt_version
    return _put_in_force(draft, fallbacks, expected_revision, "assignment.changed")


def unassign(
    *,
    feature: Feature,
    actor: User | None,
    expected_revision: int,
    note: str = "",
    actor_label: str = "",
) -> Outcome:
    """Take the model away; the feature stays, without an answer. Raises
    StaleAssignment."""
    draft = _draft(feature, actor, actor_label, note)
    return _put_in_force(draft, (), expected_revision, "assignment.removed")


def roll_back(
    *,
    feature: Feature,
    to_revision: int,
    actor: User | None,
    expected_revision: int,
    note: str = "",
    actor_label: str = "",
) -> Outcome:
    """Say again what revision `to_revision` said (0: nothing), as a new revision. Its
    models are checked again: what was allowed then may be retired now. Raises
    StaleAssignment and AssignmentRefused."""
    source = revision_at(feature, to_revision)
    if source is None and to_revision != 0:
        raise AssignmentRefused(message=f"There is no revision r{to_revision}.")
    draft = _draft(feature, actor, actor_label, note)
    draft.restored_from = source
    if source:
        draft.ai_model = source.ai_model
        draft.parameters = source.parameters
        draft.prompt_version = source.prompt_version
    return _put_in_force(
        draft, fallbacks_of(source), expected_revision, "assignment.rolled_back"
    )


def _draft(
    feature: Feature, actor: User | None, actor_label: str, note: str
) -> AssignmentRevision:
    return AssignmentRevision(
        feature=feature,
        actor=actor,
        actor_label=actor_name(actor, actor_label),
        note=note.strip(),
    )


def _check_shape(ai_model: AIModel, fallbacks: Sequence[AIModel]) -> None:
    keys = [one.pk for one in fallbacks]
    if ai_model.pk in keys:
        refusal = Refusal(
            ai_model, Reason("own_fallback", "cannot be its own fallback")
        )
        raise AssignmentRefused([refusal])
    if len(set(keys)) != len(keys):
        twice = next(one for one in fallbacks if keys.count(one.pk) > 1)
        raise AssignmentRefused(
            [Refusal(twice, Reason("fallback_twice", "is listed twice as a fallback"))]
        )
    if len(keys) > MAX_FALLBACKS:
        raise AssignmentRefused(
            message=f"At most {MAX_FALLBACKS} fallbacks; these are {len(keys)}."
        )


def _refusals(feature: Feature, ai_models: Sequence[AIModel]) -> list[Refusal]:
    now = timezone.now()
    requirements = requirements_of(feature)
    candidates = load_candidates(ai_models, feature.organization, now)
    foreign = Reason("foreign", "belongs to another organisation")
    return [
        Refusal(one, reason)
        for one in ai_models
        for reason in (
            candidates[one.pk].verdict(requirements, now.date()).refusals
            if one.organization_id in {None, feature.organization_id}
            else (foreign,)
        )
    ]


def _put_in_force(
    draft: AssignmentRevision,
    fallbacks: Sequence[AIModel],
    expected: int,
    action: str,
) -> Outcome:
    """Check the draft, then add it as revision `expected + 1` and set it."""
    feature = draft.feature
    current = current_revision(feature)
    if _says_the_same(current, draft, fallbacks):
        return Outcome(current, is_new=False)
    if (current.number if current else 0) != expected:
        raise StaleAssignment(current)
    if feature.archived_at is not None:
        raise AssignmentRefused(message="This feature is archived. Restore it first.")
    used = [*([draft.ai_model] if draft.ai_model else []), *fallbacks]
    refusals = _refusals(feature, used)
    if refusals:
        raise AssignmentRefused(refusals)
    _check_prompt(draft)
    draft.number = expected + 1
    try:
        _write(draft, fallbacks, state_of(current), action)
    except (IntegrityError, _Overtaken):
        winner = current_revision(feature)
        if _says_the_same(winner, draft, fallbacks):
            return Outcome(winner, is_new=False)
        raise StaleAssignment(winner) from None
    return Outcome(revision_at(feature, draft.number), is_new=True)


def _check_prompt(draft: AssignmentRevision) -> None:
    if draft.prompt_version is None:
        return
    prompt = draft.prompt_version.prompt
    if prompt.organization_id != draft.feature.organization_id:
        message = f"The prompt {prompt.name} belongs to another organisation."
        raise AssignmentRefused(message=message)
    if prompt.archived_at is not None:
        message = f"The prompt {prompt.name} is archived. Restore it first."
        raise AssignmentRefused(message=message)


class _Overtaken(Exception):
    """The guarded UPDATE found another number than expected."""


@transaction.atomic
def _write(
    draft: AssignmentRevision,
    fallbacks: Sequence[AIModel],
    before: AssignmentState,
    action: str,
) -> None:
    feature = draft.feature
    _keep_prompt(draft)
    # `{}` is a valid set of parameters, but an empty value to a form field.
    draft.full_clean(
        exclude=["parameters"], validate_unique=False, validate_constraints=False
    )
    # The unique (feature, number) makes a second writer wait here and then fail.
    draft.save(force_insert=True)
    AssignmentFallback.objects.bulk_create(
        AssignmentFallback(revision=draft, ai_model=one, position=position)
        for position, one in enumerate(fallbacks, start=1)
    )
    _compare_and_set(draft)
    record_change(
        organization=feature.organization,
        actor=draft.actor,
        actor_label=draft.actor_label,
        action=action,
        target=feature,
        before=before.as_json(),
        after=_draft_state(draft, fallbacks).as_json(),
        note=draft.note,
    )


def _keep_prompt(draft: AssignmentRevision) -> None:
    """Hold the prompt until the end of the transaction, so that nobody archives it
    while it comes into use."""
    if draft.prompt_version is None:
        return
    kept = Prompt.objects.select_for_update().filter(
        pk=draft.prompt_version.prompt_id, archived_at=None
    )
    if kept.first() is None:
        message = f"The prompt {draft.prompt_version.prompt} was archived meanwhile."
        raise AssignmentRefused(message=message)


def _compare_and_set(draft: AssignmentRevision) -> None:
    if draft.number == 1:
        Assignment.objects.create(
            feature=draft.feature, revision=draft, revision_number=1
        )
        return
    updated = Assignment.objects.filter(
        feature=draft.feature, revision_number=draft.number - 1
    ).update(revision=draft, revision_number=draft.number, updated_at=timezone.now())
    if updated != 1:
        raise _Overtaken


def _says_the_same(
    current: AssignmentRevision | None,
    draft: AssignmentRevision,
    fallbacks: Sequence[AIModel],
) -> bool:
    if current is None:
        return draft.ai_model is None
    return (
        current.ai_model_id == draft.ai_model_id
        and fallbacks_of(current) == list(fallbacks)
        and current.parameters == draft.parameters
        and current.prompt_version_id == draft.prompt_version_id
    )


def _draft_state(
    draft: AssignmentRevision, fallbacks: Sequence[AIModel]
) -> AssignmentState:
    return AssignmentState(
        model=draft.ai_model.reference if draft.ai_model else None,
        fallbacks=tuple(one.reference for one in fallbacks),
        parameters=draft.parameters,
        prompt=prompt_words(draft.prompt_version),
    )
