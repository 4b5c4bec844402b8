"""Recommendations for pages: lists by state, figures above them, shares over time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from analytics.models import BenchmarkCase, BenchmarkSuite
from recommender.models import (
    FollowUpVerdict,
    Recommendation,
    RecommendationFollowUp,
    RecommendationKind,
    RecommendationState,
    RecommendedShare,
)
from recommender.queries.model_evidence import PICTURES
from registry.models import Feature, Organization

SHOWN: Final = 100
SHARE_DAYS: Final = 90
DECIDED: Final = (
    FollowUpVerdict.HELD,
    FollowUpVerdict.SHORT,
    FollowUpVerdict.WORSE,
    FollowUpVerdict.MISSED,
)
URGENCY: Final = (
    RecommendationKind.RETIRING,
    RecommendationKind.QUALITY,
    RecommendationKind.LATENCY,
)
URGENT_FIRST: Final = (
    Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(URGENCY)),
        default=Value(len(URGENCY)),
        output_field=IntegerField(),
    ),
    F("due_on").asc(nulls_last=True),
    F("saving_usd").desc(nulls_last=True),
    "id",
)


@dataclass(frozen=True)
class Savings:
    """Dollars a month, of all whose prices are known: what costs more counts against
    what saves. `promised_usd` and `real_usd` are of savings that could be measured, the
    latest of each; `held` and `followed` of whatever was promised."""

    open_usd: Decimal
    tested_usd: Decimal
    open_count: int
    spent_usd: Decimal
    applied_usd: Decimal
    applied_count: int
    held: int
    followed: int
    promised_usd: Decimal
    real_usd: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Of what the features with an open suggestion cost now."""
        return self.open_usd / self.spent_usd * 100 if self.spent_usd else None

    @property
    def accuracy_percent(self) -> Decimal | None:
        """Real against promised savings."""
        return self.real_usd / self.promised_usd * 100 if self.promised_usd else None


def recommendations_of(
    organization: Organization,
    state: str = RecommendationState.OPEN,
    *,
    words: str = "",
    evidence: str = "",
    kind: str = "",
) -> QuerySet[Recommendation]:
    """What is urgent first, then the largest saving. `evidence` is "tested" or
    "untested"."""
    found = (
        Recommendation.objects.filter(
            organization=organization, feature__archived_at=None
        )
        .select_related(
            "feature", "current_model__provider", "proposed_model__provider"
        )
        .prefetch_related("follow_ups")
        .order_by(*URGENT_FIRST)
    )
    if kind:
        found = found.filter(kind=kind)
    if state != "all":
        found = found.filter(state=state)
    if evidence:
        standing = Q(standing="not_worse")
        found = found.filter(standing if evidence == "tested" else ~standing)
    for word in words.replace("\x00", "").split():
        found = found.filter(
            Q(feature__name__icontains=word)
            | Q(feature__key__icontains=word)
            | Q(current_reference__icontains=word)
            | Q(proposed_reference__icontains=word)
        )
    return found


def state_counts(organization: Organization) -> dict[str, int]:
    rows = (
        Recommendation.objects.filter(
            organization=organization, feature__archived_at=None
        )
        .order_by()
        .values_list("state")
        .annotate(count=Count("id"))
    )
    return dict(rows)


def savings_of(organization: Organization) -> Savings:
    rows = Recommendation.objects.filter(
        organization=organization, feature__archived_at=None
    )
    is_open = Q(state=RecommendationState.OPEN)
    is_applied = Q(state=RecommendationState.APPLIED)
    sums: Mapping[str, Any] = rows.aggregate(
        open_usd=Sum("saving_usd", filter=is_open),
        tested_usd=Sum("saving_usd", filter=is_open & Q(standing="not_worse")),
        spent_usd=Sum("before_usd", filter=is_open),
        open_count=Count("id", filter=is_open),
        applied_usd=Sum("saving_usd", filter=is_applied),
        applied_count=Count("id", filter=is_applied),
    )
    latest = _latest_follow_ups(organization)
    nothing = Decimal(0)
    money = [
        one for one in latest if one.recommendation.kind == RecommendationKind.SAVING
    ]
    return Savings(
        open_usd=sums["open_usd"] or nothing,
        tested_usd=sums["tested_usd"] or nothing,
        open_count=sums["open_count"],
        spent_usd=sums["spent_usd"] or nothing,
        applied_usd=sums["applied_usd"] or nothing,
        applied_count=sums["applied_count"],
        held=sum(one.verdict == FollowUpVerdict.HELD for one in latest),
        followed=len(latest),
        promised_usd=sum((one.promised_usd or nothing for one in money), nothing),
        real_usd=sum((one.real_usd or nothing for one in money), nothing),
    )


def _latest_follow_ups(organization: Organization) -> list[RecommendationFollowUp]:
    rows = (
        RecommendationFollowUp.objects.filter(
            recommendation__organization=organization,
            recommendation__state=RecommendationState.APPLIED,
            verdict__in=DECIDED,
        )
        .order_by("recommendation_id", "days")
        .select_related("recommendation")
    )
    return list({one.recommendation_id: one for one in rows}.values())


def shares_of(
    organization: Organization, until: datetime.date
) -> list[RecommendedShare]:
    """Of the last days, the oldest first."""
    since = until - datetime.timedelta(days=SHARE_DAYS)
    return list(
        RecommendedShare.objects.filter(organization=organization, on__gt=since)
    )


def suite_key_for(organization: Organization, feature: Feature) -> str:
    """The suite to benchmark a feature's candidates with: of its own cases, else one
    with images where it needs them and without where not. Empty: there is none."""
    suites = BenchmarkSuite.objects.filter(organization=organization, archived_at=None)
    cases = BenchmarkCase.objects.filter(suite__in=suites, replaced_at=None).order_by()
    own = cases.filter(
        Q(origin__feature=feature.key)
        | Q(tags__contains=[feature.key])
        | Q(suite__key=feature.key)
    )
    sees = PICTURES in feature.required_capabilities
    alike = cases.exclude(image_digests=[]) if sees else cases.filter(image_digests=[])
    for found in (own, alike):
        keys: Any = (
            found.values_list("suite__key")
            .annotate(count=Count("id"))
            .order_by("-count", "suite__key")
        )
        best = keys.first()
        if best:
            return str(best[0])
    return ""
