"""Looking again at every feature: asked for as a row, done by a worker or a command,
swept where somebody died over it."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping
from typing import Any, Final

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from recommender.models import LookState, RecommendationLook
from recommender.models.recommendation_look import UNFINISHED
from recommender.recommending.proposing import Outcome
from recommender.services.recommendation_writing import (
    Written,
    due_organizations,
    write_recommendations,
)
from registry.models import Organization, User

LEFT_AFTER: Final = datetime.timedelta(minutes=11)
"""Longer than a task may run: whoever claimed it is dead."""
KEPT: Final = 30
"""Looks of an organisation; older ones are forgotten."""
STOPPED: Final = "The worker stopped before it was done. Look again."
TASK: Final = "recommender.tasks.run_looks"
logger = logging.getLogger("modelhub.recommendations")


class QueueUnavailable(Exception):
    """The broker does not answer; what was asked for waits for the minute's sweep."""


def request_look(
    organization: Organization, *, user: User | None = None
) -> RecommendationLook:
    """A look to be claimed; the unfinished one where there is one."""
    try:
        with transaction.atomic():
            return RecommendationLook.objects.create(
                organization=organization, asked_by=user
            )
    except IntegrityError:
        unfinished = _unfinished(organization)
        # Else it has been finished at this very moment.
        return unfinished or request_look(organization, user=user)


def claim_look(look: RecommendationLook | None = None) -> RecommendationLook | None:
    """The look that waits longest (or this one, if it waits), for the caller to
    perform; None where nothing waits, or somebody else has it."""
    waiting = RecommendationLook.objects.filter(state=LookState.QUEUED)
    if look is not None:
        waiting = waiting.filter(pk=look.pk)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        if RecommendationLook.objects.filter(pk=pk, state=LookState.QUEUED).update(
            state=LookState.RUNNING, touched_at=timezone.now()
        ):
            return RecommendationLook.objects.select_related("organization").get(pk=pk)
    return None


def perform_look(
    look: RecommendationLook, *, now: datetime.datetime | None = None
) -> RecommendationLook:
    """Judge every feature for a claimed look. What fails is kept in the row, and raised
    again."""

    def told(done: int, features: int) -> None:
        look.looked_at, look.features = done, features
        look.save(update_fields=["looked_at", "features", "touched_at"])

    try:
        written = write_recommendations(look.organization, now=now, told=told)
    except BaseException as error:
        _end(look, LookState.FAILED, error=_words(error))
        raise
    _end(look, LookState.DONE, **_facts(written))
    _forget(look.organization)
    return look


def look_now(
    organization: Organization, *, now: datetime.datetime | None = None
) -> RecommendationLook | None:
    """Asked for and done here; None where somebody else is at it."""
    claimed = claim_look(request_look(organization))
    return perform_look(claimed, now=now) if claimed else None


def look_due(now: datetime.datetime) -> int:
    """At every organisation whose day has begun and was not looked at yet. How many.
    Safe to run twice; one that fails does not keep the others from theirs."""
    count = 0
    for organization in due_organizations(now):
        try:
            count += look_now(organization, now=now) is not None
        except Exception:
            logger.exception("Recommendations of %s failed.", organization.slug)
    return count


def look_at_sample(organization: Organization, now: datetime.datetime) -> None:
    """What a freshly loaded sample organisation shows. A failure is kept in the row and
    takes nothing of the sample away."""
    try:
        look_now(organization, now=now)
    except Exception:
        logger.exception("Recommendations of the sample data failed.")


def sweep_looks() -> int:
    """End the looks of workers that died. How many."""
    now = timezone.now()
    left = RecommendationLook.objects.filter(
        state=LookState.RUNNING, touched_at__lt=now - LEFT_AFTER
    )
    return left.update(state=LookState.FAILED, finished_at=now, error=STOPPED)


def send_to_worker() -> None:
    """Wake a worker. Raises QueueUnavailable."""
    try:
        # No retries: a person waits, and pressing the button again is one.
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError) as error:
        raise QueueUnavailable from error


def _unfinished(organization: Organization) -> RecommendationLook | None:
    return RecommendationLook.objects.filter(
        organization=organization, state__in=UNFINISHED
    ).first()


def _facts(written: Written) -> dict[str, Any]:
    outcomes = written.outcomes
    return {
        "features": len(outcomes),
        "looked_at": len(outcomes),
        "judged": written.judged,
        "found": sum(one.proposal is not None for one in outcomes.values()),
        "report": report_of(outcomes),
    }


def report_of(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """By the key of the feature."""
    return {
        key: {
            "proposed": one.proposal.candidate.reference if one.proposal else "",
            "kind": one.proposal.kind.value if one.proposal else "",
            "is_judged": one.is_judged,
            "why": one.why,
            "notes": list(one.notes),
        }
        for key, one in outcomes.items()
    }


def _end(look: RecommendationLook, state: LookState, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(look, name, value)
    look.state, look.finished_at = state, timezone.now()
    look.save()


def _words(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return STOPPED
    return f"It failed: {error}"[:400] if str(error) else STOPPED


def _forget(organization: Organization) -> None:
    looks = RecommendationLook.objects.filter(organization=organization)
    newest = list(looks.values_list("pk", flat=True)[:KEPT])
    looks.exclude(pk__in=newest).delete()
