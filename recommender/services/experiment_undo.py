"""Taking a promotion back."""

from __future__ import annotations

from django.db import transaction

from recommender.models import Experiment, ExperimentEventKind, ExperimentState
from recommender.services.experiment_changes import (
    NOTHING_SAID,
    ExperimentRefused,
    Said,
    end,
    keep,
    locked,
    require,
    state_of,
)
from registry.services.assignments import (
    AssignmentRefused,
    StaleAssignment,
    roll_back,
)

TEXT = "The promotion was taken back; the feature is on its former model again."


@transaction.atomic
def take_back(experiment: Experiment, said: Said = NOTHING_SAID) -> Experiment:
    """The assignment from before the promotion, as a new revision; the experiment is
    stopped then and can be promoted again. Raises ExperimentRefused where the
    assignment was changed since."""
    row = locked(experiment, said.expected_version)
    require(row, ExperimentState.PROMOTED, verb="taken back")
    revision = row.promoted_revision
    if not revision:
        raise ExperimentRefused(f"{row.name} has no promotion to take back.")
    before = state_of(row)
    try:
        roll_back(
            feature=row.feature,
            to_revision=revision - 1,
            actor=said.actor,
            actor_label=said.label,
            expected_revision=revision,
            note=f"Promotion of the experiment {row.name} taken back.",
        )
    except StaleAssignment as stale:
        raise ExperimentRefused(
            "The assignment was changed after that; take it back on the feature's page."
        ) from stale
    except AssignmentRefused as refused:
        raise ExperimentRefused(str(refused)) from refused
    row.winner_arm, row.promoted_revision = None, None
    end(row, ExperimentState.STOPPED, "The promotion was taken back.")
    return keep(
        row,
        ExperimentEventKind.STOPPED,
        TEXT,
        said,
        action="taken_back",
        before=before,
    )
