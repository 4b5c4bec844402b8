"""Everything that happened to a feature: revisions and edits in one line of time."""

import datetime
from dataclasses import dataclass

from registry.assignment_state import Change
from registry.feature_facts import LABELS, fact_text
from registry.models import AssignmentRevision, AuditEntry, Feature
from registry.queries.assignments import history

WORDS = {
    "feature.created": "Created",
    "feature.edited": "Requirements edited",
    "feature.choice_set": "Automatic choice changed",
    "feature.archived": "Archived",
    "feature.restored": "Restored from the archive",
}

CHANGING = frozenset({"feature.edited", "feature.choice_set"})


@dataclass(frozen=True)
class Event:
    """One thing that happened. `revision` is set for a change of the assignment."""

    at: datetime.datetime
    who: str
    title: str
    note: str
    changes: list[Change]
    revision: AssignmentRevision | None = None
    is_current: bool = False


def feature_history(feature: Feature, number: int, limit: int) -> list[Event]:
    """The newest `limit` events. Four queries."""
    events = [
        *_revision_events(feature, number, limit),
        *_feature_events(feature, limit),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


def _revision_events(feature: Feature, number: int, limit: int) -> list[Event]:
    return [
        Event(
            at=entry.revision.created_at,
            who=entry.revision.actor_label,
            title=_revision_title(entry.revision),
            note=entry.revision.note,
            changes=entry.changes,
            revision=entry.revision,
            is_current=entry.is_current,
        )
        for entry in history(feature, number, limit)
    ]


def _revision_title(revision: AssignmentRevision) -> str:
    switch = revision.pack_switch
    if switch is not None and switch.undoes_id is not None:
        return "Switch of packs taken back"
    if switch is not None and revision.pack_version is not None:
        return f"Switched to {revision.pack_version}"
    if revision.restored_from is not None:
        return f"Rolled back to r{revision.restored_from.number}"
    if revision.ai_model_id is None:
        return "Model taken away"
    return "Assigned" if revision.number == 1 else "Assignment changed"


def _feature_events(feature: Feature, limit: int) -> list[Event]:
    entries = AuditEntry.objects.filter(
        object_type="feature", object_id=str(feature.pk), action__in=WORDS
    )[:limit]
    return [
        Event(
            at=entry.at,
            who=entry.actor_label,
            title=WORDS[entry.action],
            note=entry.note,
            changes=_fact_changes(entry) if entry.action in CHANGING else [],
        )
        for entry in entries
    ]


def _fact_changes(entry: AuditEntry) -> list[Change]:
    before, after = entry.before or {}, entry.after or {}
    return [
        Change(LABELS.get(name, name), fact_text(before.get(name)), fact_text(value))
        for name, value in after.items()
    ]
