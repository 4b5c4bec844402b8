"""Finds out each night what to recommend, and keeps the rows up to date."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from recommender.recommending.pool import PoolModel
from recommender.recommending.proposal_document import proposal_document
from recommender.recommending.proposing import Outcome, Proposal, outcome
from recommender.recommending.results import Recommendations
from recommender.recommending.troubles import Kind
from registry.models import Assignment, Feature, Organization
from registry.queries.features import features_of

REMEMBERED: Final = datetime.timedelta(days=90)
"""So long a dismissed model is not proposed again for its feature."""
FROM_HOUR: Final = 3
"""Of the organisation's day: by then yesterday is summed up."""
LIVE: Final = (RecommendationState.OPEN, RecommendationState.SNOOZED)
Told = Callable[[int, int], None]
logger = logging.getLogger("modelhub.recommendations")


@dataclass(frozen=True)
class Written:
    """Outcomes by the key of the feature, and what the open ones save a month."""

    outcomes: Mapping[str, Outcome]
    open_saving_usd: Decimal

    @property
    def judged(self) -> int:
        return sum(one.is_judged for one in self.outcomes.values())


def due_organizations(now: datetime.datetime) -> list[Organization]:
    """Whose day has begun and has no share yet."""
    return [
        one
        for one in Organization.objects.all()
        if (local := now.astimezone(one.zone)).hour >= FROM_HOUR
        and not _is_written(one, local.date())
    ]


def write_recommendations(
    organization: Organization,
    *,
    now: datetime.datetime | None = None,
    told: Told | None = None,
) -> Written:
    """Judge every feature and bring its recommendation up to date. `told` hears how
    many features are done, of how many."""
    moment = now or timezone.now()
    ground = ground_of(organization, moment)
    features = list(features_of(organization))
    barred = dismissed_models(organization, moment)
    revisions = _revisions(features)
    outcomes: dict[str, Outcome] = {}
    on_recommended = 0
    for one in judged_features(ground, features, barred):
        outcomes[one.feature.key] = one.outcome
        on_recommended += (
            one.outcome.is_judged
            and one.outcome.proposal is None
            and not barred.get(one.feature.pk)
        )
        number = revisions.get(one.feature.pk, 0)
        _keep(one.feature, one.found, one.outcome, number, moment)
        if told is not None:
            told(len(outcomes), len(features))
    return _tell(ground, outcomes, on_recommended)


@dataclass(frozen=True)
class JudgedFeature:
    feature: Feature
    found: Recommendations
    outcome: Outcome


def judged_features(
    ground: Ground,
    features: Sequence[Feature],
    barred: Mapping[int, Mapping[int, str]],
) -> Iterator[JudgedFeature]:
    """Each with all its candidates and what is to be proposed. Writes nothing."""
    costs = month_costs(
        ground.organization,
        ground.now,
        _to_price(ground, features),
        ground.usage,
        [one.pk for one in features if ground.usage.of(one.pk).requests],
    )
    for feature in features:
        found = recommend_for_feature(
            feature,
            now=ground.now,
            ground=ground,
            costs=costs,
            barred=barred.get(feature.pk, {}),
        )
        yield JudgedFeature(
            feature, found, outcome(found, ground.limits.least_saving_usd)
        )


def _to_price(ground: Ground, features: Iterable[Feature]) -> list[PoolModel]:
    """Every candidate, and what the features have now even where that is no longer
    enabled."""
    assigned = Assignment.objects.filter(feature__in=list(features))
    current = set(assigned.values_list("revision__ai_model_id", flat=True))
    return [
        one for one in ground.pool.models if one.facts.is_enabled or one.pk in current
    ]


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
    is_asleep = live is not None and _is_asleep(live, now)
    if (
        live is not None
        and is_asleep
        and not (is_same or _is_more_urgent(proposal, live))
    ):
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


def _is_more_urgent(proposal: Proposal | None, live: Recommendation) -> bool:
    """A model that goes away wakes what was put off for another reason."""
    return (
        proposal is not None
        and proposal.kind is Kind.RETIRING
        and live.kind != Kind.RETIRING
    )


def _is_of(live: Recommendation, proposal: Proposal) -> bool:
    return (
        live.kind == proposal.kind
        and live.proposed_reference == proposal.candidate.reference
        and live.current_reference == proposal.current.reference
    )


def _facts(
    feature: Feature, found: Recommendations, proposal: Proposal
) -> dict[str, Any]:
    new, old = proposal.candidate, proposal.current
    saved, trouble = proposal.saving, proposal.trouble
    return {
        "organization": feature.organization,
        "kind": proposal.kind,
        "due_on": trouble.due_on if trouble else None,
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
        "saving_usd": saved.usd if saved else None,
        "saving_low_usd": _six(saved.low_usd) if saved else None,
        "saving_high_usd": _six(saved.high_usd) if saved else None,
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
