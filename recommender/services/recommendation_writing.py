"""Finds out each night what to recommend, and keeps the rows up to date."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from recommender.models import (
    Recommendation,
    RecommendationState,
    RecommendedShare,
)
from recommender.queries.feature_traffic import month_costs
from recommender.queries.recommendation_ground import Ground, ground_of
from recommender.queries.recommending import recommend_for_feature
from recommender.recommending.proposal_document import proposal_document
from recommender.recommending.proposing import Outcome, Proposal, outcome
from recommender.recommending.results import Recommendations
from registry.models import Assignment, Feature, Organization
from registry.queries.features import features_of

REMEMBERED: Final = datetime.timedelta(days=90)
"""So long a dismissed model is not proposed again for its feature."""
FROM_HOUR: Final = 3
"""Of the organisation's day: by then yesterday is summed up."""
LIVE: Final = (RecommendationState.OPEN, RecommendationState.SNOOZED)
logger = logging.getLogger("modelhub.recommendations")


@dataclass(frozen=True)
class Written:
    """Outcomes by the key of the feature, and what the open ones save a month."""

    outcomes: Mapping[str, Outcome]
    open_saving_usd: Decimal

    @property
    def judged(self) -> int:
        return sum(one.is_judged for one in self.outcomes.values())


def write_due(now: datetime.datetime) -> int:
    """For every organisation whose day has begun and has no share yet. How many. Safe
    to run twice; one that fails does not keep the others from theirs."""
    count = 0
    for organization in Organization.objects.all():
        local = now.astimezone(organization.zone)
        if local.hour < FROM_HOUR or _is_written(organization, local.date()):
            continue
        try:
            write_recommendations(organization, now=now)
        except Exception:
            logger.exception("Recommendations of %s failed.", organization.slug)
        else:
            count += 1
    return count


def write_recommendations(
    organization: Organization, *, now: datetime.datetime | None = None
) -> Written:
    """Judge every feature and bring its recommendation up to date."""
    moment = now or timezone.now()
    ground = ground_of(organization, moment)
    features = list(features_of(organization))
    costs = month_costs(
        organization,
        moment,
        [one for one in ground.pool.models if one.facts.is_enabled],
        ground.usage,
        [one.pk for one in features if ground.usage.of(one.pk).requests],
    )
    barred = dismissed_models(organization, moment)
    revisions = _revisions(features)
    outcomes: dict[str, Outcome] = {}
    on_recommended = 0
    for feature in features:
        of_feature = barred.get(feature.pk, {})
        found = recommend_for_feature(
            feature, now=moment, ground=ground, costs=costs, barred=of_feature
        )
        result = outcome(found, ground.limits.least_saving_usd)
        outcomes[feature.key] = result
        on_recommended += (
            result.is_judged and result.proposal is None and not of_feature
        )
        _keep(feature, found, result, revisions.get(feature.pk, 0), moment)
    return _tell(ground, outcomes, on_recommended)


def dismissed_models(
    organization: Organization, now: datetime.datetime
) -> dict[int, dict[int, str]]:
    """By feature and model: why it is not to be proposed."""
    rows = Recommendation.objects.filter(
        organization=organization,
        state=RecommendationState.DISMISSED,
        decided_at__gte=now - REMEMBERED,
        proposed_model__isnull=False,
    ).values_list("feature_id", "proposed_model_id", "decided_at", "reason")
    found: dict[int, dict[int, str]] = {}
    for feature_id, model_id, at, reason in rows:
        if at is None or model_id is None:
            continue
        day = at.astimezone(organization.zone)
        text = f"was dismissed on {day.day} {day:%b}: {reason}".rstrip(" .:")
        found.setdefault(feature_id, {})[model_id] = text
    return found


def _revisions(features: Iterable[Feature]) -> dict[int, int]:
    rows = Assignment.objects.filter(feature__in=list(features))
    return dict(rows.values_list("feature_id", "revision_number"))


def _keep(
    feature: Feature,
    found: Recommendations,
    result: Outcome,
    revision_number: int,
    now: datetime.datetime,
) -> None:
    try:
        _update(feature, found, result.proposal, revision_number, now)
    except IntegrityError:
        # Somebody else wrote the feature's recommendation at this very moment.
        logger.info("The recommendation of %s was written twice.", feature.key)


@transaction.atomic
def _update(
    feature: Feature,
    found: Recommendations,
    proposal: Proposal | None,
    revision_number: int,
    now: datetime.datetime,
) -> None:
    live = (
        Recommendation.objects.select_for_update()
        .filter(feature=feature, state__in=LIVE)
        .first()
    )
    is_same = live is not None and proposal is not None and _is_of(live, proposal)
    if live is not None and _is_asleep(live, now) and not is_same:
        return
    if live is not None and not is_same:
        live.state = RecommendationState.OUTDATED
        live.save(update_fields=["state", "updated_at"])
    if proposal is None:
        return
    kept = live if live is not None and is_same else Recommendation(feature=feature)
    facts = _facts(feature, found, proposal) | {"revision_number": revision_number}
    for name, value in facts.items():
        setattr(kept, name, value)
    if not _is_asleep(kept, now):
        kept.state, kept.snoozed_until = RecommendationState.OPEN, None
    kept.save()


def _is_asleep(one: Recommendation, now: datetime.datetime) -> bool:
    return (
        one.state == RecommendationState.SNOOZED
        and one.snoozed_until is not None
        and one.snoozed_until > now
    )


def _is_of(live: Recommendation, proposal: Proposal) -> bool:
    return (
        live.proposed_reference == proposal.candidate.reference
        and live.current_reference == proposal.current.reference
    )


def _facts(
    feature: Feature, found: Recommendations, proposal: Proposal
) -> dict[str, Any]:
    new, old = proposal.candidate, proposal.current
    return {
        "organization": feature.organization,
        "current_model_id": old.model.pk,
        "current_reference": old.reference,
        "proposed_model_id": new.model.pk,
        "proposed_reference": new.reference,
        "score": new.score.score or 0.0,
        "current_score": old.score.score,
        "standing": proposal.judgement.standing,
        "confidence": proposal.confidence,
        "before_usd": old.monthly_usd,
        "after_usd": new.monthly_usd,
        "saving_usd": proposal.saving.usd,
        "saving_low_usd": _six(proposal.saving.low_usd),
        "saving_high_usd": _six(proposal.saving.high_usd),
        "details": proposal_document(found, proposal),
    }


def _six(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.000001"))


def _tell(
    ground: Ground, outcomes: Mapping[str, Outcome], on_recommended: int
) -> Written:
    organization = ground.organization
    saved = open_saving_usd(organization)
    written = Written(outcomes, saved)
    RecommendedShare.objects.update_or_create(
        organization=organization,
        on=ground.now.astimezone(organization.zone).date(),
        defaults={
            "judged": written.judged,
            "on_recommended": on_recommended,
            "open_saving_usd": saved,
            "written_at": ground.now,
        },
    )
    return written


def open_saving_usd(organization: Organization) -> Decimal:
    """A month, were all open suggestions applied."""
    found = Recommendation.objects.filter(
        organization=organization, state=RecommendationState.OPEN
    ).aggregate(usd=Sum("saving_usd"))
    return found["usd"] or Decimal(0)


def _is_written(organization: Organization, on: datetime.date) -> bool:
    return RecommendedShare.objects.filter(organization=organization, on=on).exists()
