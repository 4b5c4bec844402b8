"""What a feature's assignment says, now and in each of its revisions."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from registry.assignment_state import NOTHING, AssignmentState, Change, changes
from registry.models import (
    AIModel,
    Assignment,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    PromptVersion,
)
from registry.prompts.naming import PromptReference

MAX_NUMBER = 2**31 - 1
"""The largest number the column holds; a larger one names no revision."""
STEPS = Prefetch(
    "fallback_steps",
    AssignmentFallback.objects.select_related("ai_model__provider"),
)


@dataclass(frozen=True)
class HistoryEntry:
    """One revision with what it changed against the one before."""

    revision: AssignmentRevision
    changes: list[Change]
    is_current: bool


def revisions(feature: Feature) -> QuerySet[AssignmentRevision]:
    """The feature's revisions, newest first, with everything a page shows of them."""
    return (
        AssignmentRevision.objects.filter(feature=feature)
        .select_related(
            "ai_model__provider",
            "actor",
            "restored_from",
            "prompt_version__prompt",
            "pack_version__pack",
            "pack_switch",
        )
        .defer("prompt_version__text")
        .prefetch_related(STEPS)
        .order_by("-number")
    )


def current_revision(feature: Feature) -> AssignmentRevision | None:
    """The revision in force, or None for a feature that was never assigned. Always
    asks the database: another process may have switched meanwhile."""
    number = (
        Assignment.objects.filter(feature=feature)
        .values_list("revision_number", flat=True)
        .first()
    )
    return revision_at(feature, number) if number else None


def revision_at(feature: Feature, number: int) -> AssignmentRevision | None:
    if number > MAX_NUMBER:
        return None
    return revisions(feature).filter(number=number).first()


def fallbacks_of(revision: AssignmentRevision | None) -> list[AIModel]:
    """The fallbacks in their order."""
    if revision is None:
        return []
    return [step.ai_model for step in revision.fallback_steps.all()]


def state_of(revision: AssignmentRevision | None) -> AssignmentState:
    if revision is None:
        return NOTHING
    return AssignmentState(
        model=revision.ai_model.reference if revision.ai_model else None,
        fallbacks=tuple(one.reference for one in fallbacks_of(revision)),
        parameters=revision.parameters,
        prompt=prompt_words(revision.prompt_version),
    )


def prompt_words(version: PromptVersion | None) -> str | None:
    """`CODE_GENERATOR@7`; None without a version."""
    if version is None:
        return None
    return str(PromptReference(version.prompt.name, "", version.number))


def history(
    feature: Feature, current_number: int, limit: int | None = None
) -> list[HistoryEntry]:
    """Newest first, each entry with its difference to the one before. Three queries."""
    # One more than shown: the oldest shown entry is compared with it.
    rows = list(revisions(feature)[: limit and limit + 1])
    earlier = [*rows[1:], None]
    entries = [
        HistoryEntry(
            revision=revision,
            changes=changes(state_of(before), state_of(revision)),
            is_current=revision.number == current_number,
        )
        for revision, before in zip(rows, earlier, strict=False)
    ]
    return entries[:limit]
