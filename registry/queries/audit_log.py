"""The audit log of an organisation, newest first, page by page by key."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.audit_words import TITLES
from registry.changes import Change, changes_between
from registry.models import AuditEntry, Organization

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What of the log to show; an empty value leaves the matter open. `person` and
    `action` are exact, `words` stand anywhere in object, person, action or note."""

    words: str = ""
    person: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None


@dataclass(frozen=True)
class Position:
    """The key of the last entry of a page."""

    at: datetime.datetime
    pk: int

    def as_cursor(self) -> str:
        return f"{self.at.isoformat()}_{self.pk}"

    @classmethod
    def from_cursor(cls, cursor: str) -> "Position":
        """Raises ValueError for a text that is no cursor."""
        moment, _, pk = cursor.rpartition("_")
        at = datetime.datetime.fromisoformat(moment)
        if at.tzinfo is None or not 0 < int(pk) < 2**63:
            raise ValueError("no cursor of the audit log")
        return cls(at, int(pk))


@dataclass(frozen=True)
class AuditLine:
    entry: AuditEntry
    changes: list[Change]

    @property
    def what(self) -> str:
        """`feature.edited` → "Feature edited"; of packs in the words of their pages."""
        if self.entry.object_type == "pack" and self.entry.action in TITLES:
            return TITLES[self.entry.action]
        noun, _, verb = self.entry.action.partition(".")
        return f"{noun} {verb}".replace("_", " ").strip().capitalize()


@dataclass(frozen=True)
class AuditPage:
    lines: list[AuditLine]
    older: str
    """Cursor of the next page; empty at the end."""


def matching_entries(
    organization: Organization, chosen: AuditFilter
) -> QuerySet[AuditEntry]:
    """The organisation's own entries; changes of the shared catalogue are not in it."""
    entries = AuditEntry.objects.filter(organization=organization)
    exact = {
        "actor_label": chosen.person,
        "action": chosen.action,
        "object_type": chosen.object_type,
        "object_id": chosen.object_id,
    }
    entries = entries.filter(**{name: word for name, word in exact.items() if word})
    for word in chosen.words.split():
        entries = entries.filter(
            Q(object_label__icontains=word)
            | Q(actor_label__icontains=word)
            | Q(action__icontains=word)
            | Q(note__icontains=word)
        )
    if chosen.since:
        entries = entries.filter(at__gte=_midnight(chosen.since))
    if chosen.until:
        end = _midnight(chosen.until) + datetime.timedelta(days=1)
        entries = entries.filter(at__lt=end)
    return entries.order_by("-at", "-id")


def audit_page(entries: QuerySet[AuditEntry], after: Position | None) -> AuditPage:
    if after:
        entries = entries.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
    rows = list(entries[: PAGE_SIZE + 1])
    lines = [
        AuditLine(row, changes_between(row.before, row.after))
        for row in rows[:PAGE_SIZE]
    ]
    last = lines[-1].entry if len(rows) > PAGE_SIZE else None
    older = Position(last.at, last.pk).as_cursor() if last else ""
    return AuditPage(lines, older)


def people_and_actions(organization: Organization) -> tuple[list[str], list[str]]:
    """Who changed anything, and what kinds of changes there are."""
    entries = AuditEntry.objects.filter(organization=organization).order_by()
    people = entries.values_list("actor_label", flat=True).distinct()
    actions = entries.values_list("action", flat=True).distinct()
    return sorted(people), sorted(actions)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
