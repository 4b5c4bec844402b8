"""Connections as a configuration wants them. Files hold no keys: a stored one stays,
and a new connection waits for its own."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Max

from registry.configuration.planning import Change
from registry.connection_rules import checked_label
from registry.connection_values import set_facts, validate
from registry.models import Connection, ConnectionState, Provider
from registry.providers.table import row_for
from registry.services.configuration_work import Work
from registry.services.connection_deletion import delete_connection
from registry.services.connections import (
    add_connection,
    edit_connection,
    set_enabled,
)

NO_KEY: Final = "A configuration file named this connection: enter its key."


def apply_connections(work: Work) -> None:
    rows = _rows(work)
    for one in work.changes("connections"):
        with work.attempt(one):
            if one.action == "create":
                _add(work, one)
            else:
                _edit(work, one, rows[one.key])


def remove_connections(work: Work) -> None:
    rows = _rows(work)
    for one in work.changes("connections", "remove"):
        with work.attempt(one):
            delete_connection(connection=rows[one.key], **work.by)


def _rows(work: Work) -> dict[str, Connection]:
    rows = Connection.objects.filter(organization=work.organization)
    return {
        f"{row.provider.slug}/{row.label}": row
        for row in rows.select_related("provider", "organization")
    }


def _facts(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in entry.items() if name != "enabled"}


def _add(work: Work, change: Change) -> None:
    slug, _, label = change.key.partition("/")
    provider = Provider.objects.filter(slug=slug).first()
    if provider is None:
        known = ", ".join(Provider.objects.values_list("slug", flat=True)[:40])
        raise ValidationError(f"There is no provider {slug}. Known: {known}.")
    row = Connection(organization=work.organization, provider=provider)
    facts = _facts(change.entry)
    if "position" not in change.stated:
        same = Connection.objects.filter(
            organization=work.organization, provider=provider
        )
        facts["position"] = (same.aggregate(last=Max("position"))["last"] or 0) + 1
    set_facts(row, {"label": checked_label(label), **facts})
    row.is_enabled = change.entry["enabled"]
    validate(row, needs_key=False)
    if row_for(slug).needs_key and not row.key_variable:
        row.state = ConnectionState.KEY_UNREADABLE
        row.state_reason = NO_KEY
        work.told.append(f"Enter the key of {change.key} on its page.")
    add_connection(connection=row, **work.by)


def _edit(work: Work, change: Change, row: Connection) -> None:
    edit_connection(
        connection=row,
        expected_version=row.version,
        **_facts(change.after),
        **work.by,
    )
    if "enabled" in change.after:
        set_enabled(connection=row, is_enabled=change.after["enabled"], **work.by)
