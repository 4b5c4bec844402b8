"""Where the registry's entries lead, and what of them can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from registry.audit_links.members import member_offers
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
    undo_at,
)
from registry.models import Assignment, AuditEntry, CircuitState

ASSIGNMENTS: Final = {
    "assignment.changed",
    "assignment.rolled_back",
    "assignment.removed",
}


def _of_model(name: str, label: str) -> Builder:
    return lambda entry: undo_at(name, entry.object_label.split("/", 1), label)


def _of_entry(name: str) -> Builder:
    return lambda entry: undo_at(name, [entry.pk], needs_admin=True)


def _switch(entry: AuditEntry) -> Undo | None:
    return undo_at("registry:pack_undo", [], "See what undoing changes", is_page=True)


def _prompt_label(entry: AuditEntry) -> Undo | None:
    return undo_at("registry:prompt_label_undo", [entry.object_label, entry.pk])


def _token(entry: AuditEntry) -> Undo | None:
    address = [entry.object_id, entry.pk]
    return undo_at("registry:token_undo", address, needs_admin=True)


BUILDERS: Final[dict[str, Builder]] = {
    "connection.deleted": _of_entry("registry:connection_restore"),
    "connection.paused": by_id("registry:connection_resume", "Resume"),
    "connection.resumed": by_id("registry:connection_pause", "Pause"),
    "feature.archived": by_label("registry:feature_restore", "Restore"),
    "feature.restored": by_label("registry:feature_archive", "Archive"),
    "model.disabled": _of_model("registry:model_enable", "Enable"),
    "model.enabled": _of_model("registry:model_disable", "Disable"),
    "pack.archived": by_label("registry:pack_restore", "Restore"),
    "pack.restored": by_label("registry:pack_archive", "Archive"),
    "pack.switched": _switch,
    "profile.deleted": by_label("registry:profile_restore", "Restore"),
    "prompt.archived": by_label("registry:prompt_restore", "Restore"),
    "prompt.label_moved": _prompt_label,
    "prompt.label_removed": _prompt_label,
    "prompt.label_rolled_back": _prompt_label,
    "prompt.restored": by_label("registry:prompt_archive", "Archive"),
    "token.edited": _token,
    "token.renamed": _token,
}


PAGES: Final[Pages] = {
    "feature": lambda one: page_at("registry:feature_detail", one.object_label),
    "pack": lambda one: page_at("registry:pack_detail", one.object_label),
    "profile": lambda one: page_at("registry:profile_detail", one.object_label),
    "prompt": lambda one: page_at("registry:prompt_detail", one.object_label),
    "connection": lambda one: page_at("registry:connection_detail", one.object_id),
    "aimodel": lambda one: page_at(
        "registry:model_detail", *one.object_label.split("/", 1)
    ),
    "apitoken": lambda one: page_at("registry:api_tokens"),
    "invitation": lambda one: page_at("registry:people"),
    "membership": lambda one: page_at("registry:people"),
    "organization": lambda one: page_at("registry:organization_settings"),
}


ROWS: Final[Rows] = {
    "circuitstate": PageOfRow(
        CircuitState, "connection_id", "registry:connection_detail"
    ),
}


def offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    entries = list(entries)
    return (
        built(entries, BUILDERS)
        | _assignments([one for one in entries if one.action in ASSIGNMENTS])
        | member_offers(entries)
    )


def _assignments(entries: list[AuditEntry]) -> dict[int, Undo]:
    """The revision that an entry made is the one in force, unless something without an
    entry of its own has made one since."""
    now = {
        str(row.feature_id): row
        for row in Assignment.objects.filter(
            feature__in=[one.object_id for one in entries]
        ).select_related("revision")
    }
    found = {}
    for entry in entries:
        row = now.get(entry.object_id)
        if row is None or row.revision.created_at > entry.at:
            continue
        numbers = [row.revision_number - 1, row.revision_number]
        undo = undo_at("registry:assignment_undo", [entry.object_label, *numbers])
        if undo is not None:
            found[entry.pk] = undo
    return found
