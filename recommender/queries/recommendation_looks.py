"""How the last look at the features stands, for pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from recommender.models import LookState, RecommendationLook
from registry.models import Feature, Organization

TAKEN_WITHIN: Final = datetime.timedelta(seconds=60)


@dataclass(frozen=True)
class LookCard:
    """`look` is the newest, `done_at` when one was last finished well."""

    look: RecommendationLook | None
    done_at: datetime.datetime | None
    now: datetime.datetime

    @property
    def is_running(self) -> bool:
        return self.look is not None and not self.look.is_finished

    @property
    def is_lonely(self) -> bool:
        """Whether no worker has taken it for long."""
        look = self.look
        if look is None or look.state != LookState.QUEUED:
            return False
        return self.now - look.asked_at > TAKEN_WITHIN


@dataclass(frozen=True)
class Silent:
    """A feature without a suggestion, and why."""

    feature: Feature
    why: str
    notes: tuple[str, ...]


def look_card(organization: Organization) -> LookCard:
    looks = RecommendationLook.objects.filter(organization=organization)
    done = looks.filter(state=LookState.DONE).values_list("finished_at", flat=True)
    return LookCard(looks.defer("report").first(), done.first(), timezone.now())


def silent_features(organization: Organization) -> list[Silent]:
    """Of the last look that was finished: what was found out about features for which
    nothing is proposed, those with a doubt first."""
    look = (
        RecommendationLook.objects.filter(
            organization=organization, state=LookState.DONE
        )
        .only("report")
        .first()
    )
    report: Mapping[str, Any] = look.report if look else {}
    features = Feature.objects.filter(
        organization=organization, archived_at=None, key__in=list(report)
    )
    found = [
        Silent(one, report[one.key]["why"], tuple(report[one.key]["notes"]))
        for one in features.order_by("name")
        if not report[one.key]["proposed"]
    ]
    return sorted(found, key=lambda one: not one.notes)
