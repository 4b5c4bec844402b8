"""What a person decides about a recommendation: apply, undo, snooze, dismiss, open."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from recommender.models import (
    Recommendation,
    RecommendationFollowUp,
    RecommendationKind,
    RecommendationState,
)
from registry.acting import actor_name
from registry.audit import record_change
from registry.models import User
from registry.queries.assignments import current_revision, fallbacks_of
from registry.services.assignments import (
    AssignmentRefused,
    StaleAssignment,
    assign_model,
    roll_back,
)
from registry.templatetags.display import usd

FOLLOW_UP_DAYS: Final = (7, 30)
SNOOZE_DAYS: Final = (7, 30, 90)
LONGEST_REASON: Final = 400
LONGEST_NOTE: Final = 200


class RecommendationRefused(Exception):
    """Nothing was changed; the text says why."""


@transaction.atomic
def apply(*, recommendation: Recommendation, actor: User | None) -> Recommendation:
    """Assign the proposed model with the parameters, prompt and fallbacks that are in
    force. Raises RecommendationRefused where the feature changed since, or the model
    may not be used."""
    one = _locked(recommendation)
    if not one.is_live:
        raise RecommendationRefused(_over(one))
    _assign(one, actor)
    _decide(one, RecommendationState.APPLIED, actor, "applied")
    RecommendationFollowUp.objects.filter(recommendation=one).delete()
    RecommendationFollowUp.objects.bulk_create(
        RecommendationFollowUp(
            recommendation=one,
            days=days,
            due_at=_now(one) + datetime.timedelta(days=days),
            promised_usd=one.saving_usd,
        )
        for days in FOLLOW_UP_DAYS
    )
    return one


def _assign(one: Recommendation, actor: User | None) -> None:
    """Keeps the numbers of the revisions before and after in the row."""
    before = current_revision(one.feature)
    if before is None or before.ai_model_id != one.current_model_id:
        now = before.ai_model.reference if before and before.ai_model else "no model"
        raise RecommendationRefused(
            f"{one.feature.name} is on {now} by now; this was found for "
            f"{one.current_reference}. Look again for what fits today."
        )
    model = one.proposed_model
    if model is None:
        raise RecommendationRefused(f"{one.proposed_reference} is gone.")
    try:
        made = assign_model(
            feature=one.feature,
            ai_model=model,
            fallbacks=[each for each in fallbacks_of(before) if each != model],
            parameters=dict(before.parameters),
            prompt_version=before.prompt_version,
            actor=actor,
            expected_revision=before.number,
            note=_note(one),
        )
    except (AssignmentRefused, StaleAssignment) as refused:
        raise RecommendationRefused(str(refused)) from refused
    one.applied_revision, one.revision_number = made.number, before.number


def _note(one: Recommendation) -> str:
    if one.kind != RecommendationKind.SAVING:
        return f"Recommended: {one.trouble}"[:LONGEST_NOTE]
    return f"Recommended: saves about {usd(one.saving_usd)} a month."


@transaction.atomic
def undo(*, recommendation: Recommendation, actor: User | None) -> Recommendation:
    """The assignment from before, and the recommendation open again. Raises
    RecommendationRefused where the assignment was changed since."""
    one = _locked(recommendation)
    if one.state != RecommendationState.APPLIED or one.applied_revision is None:
        raise RecommendationRefused("It is not applied.")
    try:
        roll_back(
            feature=one.feature,
            to_revision=one.revision_number,
            actor=actor,
            expected_revision=one.applied_revision,
            note="Recommendation taken back.",
        )
    except StaleAssignment as stale:
        raise RecommendationRefused(
            "The assignment was changed after that; take it back on the feature's page."
        ) from stale
    except AssignmentRefused as refused:
        raise RecommendationRefused(str(refused)) from refused
    one.follow_ups.filter(measured_at=None).delete()
    one.applied_revision = None
    _reopen(one, actor)
    return one


@transaction.atomic
def snooze(
    *, recommendation: Recommendation, days: int, actor: User | None, reason: str = ""
) -> Recommendation:
    """Out of sight for so many days. Raises RecommendationRefused."""
    if days not in SNOOZE_DAYS:
        choices = ", ".join(map(str, SNOOZE_DAYS))
        raise RecommendationRefused(f"Snooze it for one of {choices} days.")
    one = _locked(recommendation)
    if not one.is_live:
        raise RecommendationRefused(_over(one))
    one.snoozed_until = timezone.now() + datetime.timedelta(days=days)
    one.reason = reason.strip()[:LONGEST_REASON]
    _decide(one, RecommendationState.SNOOZED, actor, "snoozed")
    return one


@transaction.atomic
def dismiss(
    *, recommendation: Recommendation, reason: str, actor: User | None
) -> Recommendation:
    """The model is not proposed for the feature again for 90 days. Raises
    RecommendationRefused without a reason."""
    if not reason.strip():
        raise RecommendationRefused("Say why, so that others understand it later.")
    one = _locked(recommendation)
    if not one.is_live:
        raise RecommendationRefused(_over(one))
    one.reason = reason.strip()[:LONGEST_REASON]
    one.snoozed_until = None
    _decide(one, RecommendationState.DISMISSED, actor, "dismissed")
    return one


@transaction.atomic
def reopen(*, recommendation: Recommendation, actor: User | None) -> Recommendation:
    """Take a snooze or a dismissal back. Raises RecommendationRefused."""
    one = _locked(recommendation)
    taken_back = (RecommendationState.SNOOZED, RecommendationState.DISMISSED)
    if one.state not in taken_back:
        raise RecommendationRefused(_over(one))
    _reopen(one, actor)
    return one


def _reopen(one: Recommendation, actor: User | None) -> None:
    others = Recommendation.objects.filter(
        feature=one.feature,
        state__in=(RecommendationState.OPEN, RecommendationState.SNOOZED),
    ).exclude(pk=one.pk)
    if others.exists():
        raise RecommendationRefused(
            f"There is a newer recommendation for {one.feature.name}."
        )
    one.reason, one.snoozed_until = "", None
    _decide(one, RecommendationState.OPEN, actor, "reopened")


def _locked(recommendation: Recommendation) -> Recommendation:
    return (
        Recommendation.objects.select_for_update(of=("self",))
        .select_related(
            "organization",
            "feature__organization",
            "proposed_model__provider",
        )
        .get(pk=recommendation.pk)
    )


def _decide(
    one: Recommendation, state: RecommendationState, actor: User | None, verb: str
) -> None:
    before = one.state
    one.state = state
    one.decided_by, one.decided_by_label = actor, actor_name(actor)
    one.decided_at = timezone.now()
    one.full_clean(validate_unique=False, validate_constraints=False)
    one.save()
    after: dict[str, Any] = {"state": state, "model": one.proposed_reference}
    record_change(
        organization=one.organization,
        actor=actor,
        action=f"recommendation.{verb}",
        target=one,
        before={"state": before, "model": one.current_reference},
        after=after,
        note=one.reason,
    )


def _now(one: Recommendation) -> datetime.datetime:
    return one.decided_at or timezone.now()


def _over(one: Recommendation) -> str:
    return f"It is {one.get_state_display().lower()} already."
