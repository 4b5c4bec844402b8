"""Where entries of recommendations lead, and what of them can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from registry.audit_links.offer import Builder, Pages, Undo, built, by_id, page_at
from registry.models import AuditEntry

BUILDERS: Final[dict[str, Builder]] = {
    "recommendation.applied": by_id("recommender:recommendation_undo"),
    "recommendation.dismissed": by_id("recommender:recommendation_reopen", "Reopen"),
    "recommendation.snoozed": by_id("recommender:recommendation_reopen", "Reopen"),
}


PAGES: Final[Pages] = {
    "recommendation": lambda one: page_at(
        "recommender:recommendation_detail", one.object_id
    ),
    "scoringweights": lambda one: page_at("recommender:recommendation_rules"),
}


def offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    return built(entries, BUILDERS)
