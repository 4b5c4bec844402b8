"""What every change of an experiment has in common: the row is locked, its state is
looked at again, and an event and an audit entry go with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone

from recommender.models import (
    Experiment,
    ExperimentEvent,
    ExperimentEventKind,
    ExperimentState,
)
from registry.acting import actor_name
from registry.audit import record_change
from registry.models import User

LONGEST_REASON: Final = 400
LONGEST_TEXT: Final = 600


@dataclass(frozen=True)
class Said:
    """What is said with a change: who makes it (a person, or a program by its label),
    why, how it stood when that was decided, and the figures behind it."""

    actor: User | None = None
    label: str = ""
    reason: str = ""
    expected_version: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def why(self) -> str:
        return self.reason.strip()[:LONGEST_REASON]


NOTHING_SAID: Final = Said()


class ExperimentRefused(Exception):
    """Nothing was changed. `errors` are by field of the form; the text is all of
    them."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        self.errors = dict(errors or {})
        super().__init__(message or " ".join(self.errors.values()))


class StaleExperiment(ExperimentRefused):
    """Somebody else changed it meanwhile. `current` is how it is now."""

    def __init__(self, current: Experiment) -> None:
        self.current = current
        super().__init__(
            f"{current.name} was changed meanwhile; it is "
            f"{current.get_state_display().lower()} now. Look at it again."
        )


def locked(experiment: Experiment, expected_version: int | None = None) -> Experiment:
    """The row as it is now, held to the end of the transaction. Raises StaleExperiment
    where it is not at `expected_version` any more."""
    row = (
        Experiment.objects.select_for_update(of=("self",))
        .select_related("organization", "feature__organization")
        .get(pk=experiment.pk)
    )
    if expected_version is not None and row.version != expected_version:
        raise StaleExperiment(row)
    return row


def require(row: Experiment, *states: str, verb: str) -> None:
    """Raises ExperimentRefused in any other state."""
    if row.state not in states:
        now = row.get_state_display().lower()
        raise ExperimentRefused(f"{row.name} is {now}: it cannot be {verb}.")


def keep(
    row: Experiment,
    kind: ExperimentEventKind,
    text: str,
    said: Said,
    *,
    action: str,
    before: Mapping[str, Any],
) -> Experiment:
    """Save the changed row with its event and its audit entry."""
    row.version += 1
    row.save()
    add_event(
        row, kind, text, actor=said.actor, actor_label=said.label, facts=said.facts
    )
    after = state_of(row)
    record_change(
        organization=row.organization,
        actor=said.actor,
        actor_label=said.label,
        action=f"experiment.{action}",
        target=row,
        before={key: value for key, value in before.items() if after[key] != value},
        after={key: after[key] for key in before if after[key] != before[key]},
        note=text[:LONGEST_REASON],
    )
    return row


def add_event(
    row: Experiment,
    kind: ExperimentEventKind,
    text: str,
    *,
    actor: User | None = None,
    actor_label: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
) -> ExperimentEvent:
    return ExperimentEvent.objects.create(
        experiment=row,
        at=at or timezone.now(),
        kind=kind,
        text=text[:LONGEST_TEXT],
        facts=dict(facts or {}),
        actor_label=actor_name(actor, actor_label),
    )


def state_of(row: Experiment) -> dict[str, Any]:
    """What of a running experiment changes, for the audit log."""
    return {
        "state": row.state,
        "candidate_percent": row.step_percent,
        "winner": row.winner_arm.key if row.winner_arm else None,
        "revision": row.promoted_revision,
    }


def end(row: Experiment, state: ExperimentState, reason: str) -> None:
    row.state = state
    row.state_reason = reason.strip()[:LONGEST_REASON]
    row.ended_at = timezone.now()
