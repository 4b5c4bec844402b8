"""The audit log of an organisation, newest first, page by page by key."""

import datetime
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.audit_links.collected import offers_for, pages_for
from registry.audit_links.offer import Undo
from registry.audit_words import TITLES
from registry.changes import Change, told_changes
from registry.models import AuditEntry, Organization

PAGE_SIZE = 50
EXPORTED_AT_ONCE: Final = 1_000


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
    source: str = ""


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
    undo: Undo | None = None
    """How to take it back, where that is possible and the person may."""
    page: str = ""
    """The address of the object; empty where it has no page."""

    @property
    def what(self) -> str:
        """`pack.switched` → "Pack switched"; what has no title is told by its parts."""
        if self.entry.action in TITLES:
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
        "source": chosen.source,
    }
    entries = entries.filter(**{name: word for name, word in exact.items() if word})
    for word in chosen.words.split():
        entries = entries.filter(
            Q(object_label__icontains=word)
            | Q(actor_label__icontains=word)
            | Q(action__icontains=word)
            | Q(note__icontains=word)
            | Q(source_detail__icontains=word)
            | _from_address(word)
            | Q(request_id=word)
        )
    if chosen.since:
        entries = entries.filter(at__gte=_midnight(chosen.since))
    if chosen.until:
        end = _midnight(chosen.until) + datetime.timedelta(days=1)
        entries = entries.filter(at__lt=end)
    return entries.order_by("-at", "-id")


def audit_page(
    entries: QuerySet[AuditEntry],
    after: Position | None,
    *,
    can_edit: bool = False,
    can_administer: bool = False,
) -> AuditPage:
    """The page behind the key `after`. What may be taken back is offered to whoever may
    do so."""
    rows = list(_behind(entries, after)[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    offers = offers_for(shown) if can_edit else {}
    pages = pages_for(shown)
    lines = [
        AuditLine(
            row,
            told_changes(row.before, row.after, row.action),
            _allowed(offers.get(row.pk), can_administer),
            pages.get(row.pk, ""),
        )
        for row in shown
    ]
    last = lines[-1].entry if len(rows) > PAGE_SIZE else None
    older = Position(last.at, last.pk).as_cursor() if last else ""
    return AuditPage(lines, older)


def all_matching(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """One after the other, without holding all of them or a cursor of the database:
    whoever reads them may be slow."""
    after: Position | None = None
    while rows := list(_behind(entries, after)[:EXPORTED_AT_ONCE]):
        yield from rows
        after = Position(rows[-1].at, rows[-1].pk)


def _behind(
    entries: QuerySet[AuditEntry], after: Position | None
) -> QuerySet[AuditEntry]:
    if after is None:
        return entries
    return entries.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))


def _allowed(undo: Undo | None, can_administer: bool) -> Undo | None:
    is_allowed = undo is not None and (can_administer or not undo.needs_admin)
    return undo if is_allowed else None


def _from_address(word: str) -> Q:
    try:
        return Q(address=str(ipaddress.ip_address(word)))
    except ValueError:
        return Q(pk__in=[])


def people_and_actions(organization: Organization) -> tuple[list[str], list[str]]:
    """Who changed anything, and what kinds of changes there are."""
    entries = AuditEntry.objects.filter(organization=organization).order_by()
    people = entries.values_list("actor_label", flat=True).distinct()
    actions = entries.values_list("action", flat=True).distinct()
    return sorted(people), sorted(actions)


def _midnight(day: datetime.date) -> datetime.datetime:
    """Of the zone that the page shows its times in; UTC for the API."""
    zone = timezone.get_current_timezone()
    return datetime.datetime.combine(day, datetime.time(), zone)
