"""What an entry of the audit log offers to take back, and where. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from registry.models import AuditEntry


@dataclass(frozen=True)
class Undo:
    """`address` takes a POST; with `is_page`, it is a page that shows first what taking
    it back would change. `label` says what happens."""

    address: str
    label: str = "Undo"
    is_page: bool = False
    needs_admin: bool = False


Offers = Callable[[Iterable[AuditEntry]], Mapping[int, Undo]]
"""Of entries, each the newest change of its object: what can be taken back, by entry.
Asks as many queries for many entries as for one. What happened since then is found out
by the view behind the address, which refuses."""

Pages = Mapping[str, Callable[[AuditEntry], str]]
"""The address of an object's own page, by its type; empty where it has none."""


@dataclass(frozen=True)
class PageOfRow:
    """A page that is found by what stands in the row: `value` of it is what the address
    `name` takes. The row may be gone."""

    rows: type[Model]
    value: str
    name: str


Rows = Mapping[str, PageOfRow]
"""By the type of the object."""

Builder = Callable[[AuditEntry], Undo | None]


def built(
    entries: Iterable[AuditEntry], builders: Mapping[str, Builder]
) -> dict[int, Undo]:
    """What the builder of each entry's action makes of it."""
    offers = {}
    for entry in entries:
        builder = builders.get(entry.action)
        undo = builder(entry) if builder else None
        if undo is not None:
            offers[entry.pk] = undo
    return offers


def by_label(name: str, label: str = "Undo", **facts: Any) -> Builder:
    """The address takes what the object is called: its key or slug."""
    return lambda entry: undo_at(name, [entry.object_label], label, **facts)


def by_id(name: str, label: str = "Undo", **facts: Any) -> Builder:
    """The address takes the object's number."""
    return lambda entry: undo_at(name, [entry.object_id], label, **facts)


def page_at(name: str, *arguments: Any) -> str:
    """The address of an object's page; empty where there is none."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def pages_by_row(entries: Iterable[AuditEntry], rows: Rows) -> dict[int, str]:
    """By entry; one query a type of object."""
    found: dict[int, str] = {}
    wanted: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        if entry.object_type in rows and entry.object_id.isdigit():
            wanted.setdefault(entry.object_type, []).append(entry)
    for kind, some in wanted.items():
        page = rows[kind]
        ids = {int(one.object_id) for one in some}
        known = page.rows._default_manager.filter(pk__in=ids)
        values = dict(known.values_list("pk", page.value))
        for one in some:
            value = values.get(int(one.object_id))
            found[one.pk] = page_at(page.name, value) if value is not None else ""
    return found


def undo_at(
    name: str, arguments: list[Any], label: str = "Undo", **facts: Any
) -> Undo | None:
    """None where what the entry says does not fit the address (any more)."""
    try:
        return Undo(reverse(name, args=arguments), label, **facts)
    except NoReverseMatch:
        return None
