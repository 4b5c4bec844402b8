"""Where entries of recommendations lead, and what of them can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from recommender.models import Experiment
from registry.audit_links.offer import (
    Builder,
    PageOfRow,
    Pages,
    Rows,
    Undo,
    built,
    by_id,
    by_label,
    page_at,
)
from registry.models import AuditEntry

BUILDERS: Final[dict[str, Builder]] = {
    "experiment.paused": by_label("recommender:experiment_resume", "Resume"),
    "experiment.promoted": by_label("recommender:experiment_undo"),
    "experiment.resumed": by_label("recommender:experiment_pause", "Pause"),
    "experiment.stepped": by_label("recommender:experiment_back", "Step back"),
    "experiment.stepped_back": by_label("recommender:experiment_step", "Step forward"),
    "recommendation.applied": by_id("recommender:recommendation_undo"),
    "recommendation.dismissed": by_id("recommender:recommendation_reopen", "Reopen"),
    "recommendation.snoozed": by_id("recommender:recommendation_reopen", "Reopen"),
}


PAGES: Final[Pages] = {
    "recommendation": lambda one: page_at(
        "recommender:recommendation_detail", one.object_id
    ),
    "recommendationlimits": lambda one: page_at("recommender:recommendation_rules"),
    "scoringweights": lambda one: page_at("recommender:recommendation_rules"),
}


ROWS: Final[Rows] = {
    "experiment": PageOfRow(Experiment, "slug", "recommender:experiment_detail"),
}


def offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    return built(entries, BUILDERS)
