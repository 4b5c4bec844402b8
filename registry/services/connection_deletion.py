"""Deleting a connection, and taking that back as far as a secret can be."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from registry.audit import record_change
from registry.connection_facts import EDITABLE, facts_of
from registry.models import (
    AuditEntry,
    Connection,
    ConnectionState,
    Organization,
    Provider,
    User,
)

DELETED = "connection.deleted"


class NotRestorable(Exception):
    """The connection cannot be made again; the message says why."""


@transaction.atomic
def delete_connection(
    *, connection: Connection, actor: User | None, actor_label: str = ""
) -> AuditEntry:
    """Delete it with its key and what was discovered there. The audit entry that is
    returned is what `restore_connection` needs; it holds no secret."""
    locked = Connection.objects.select_for_update(of=("self",)).select_related(
        "provider", "organization"
    )
    row = locked.get(pk=connection.pk)
    entry = record_change(
        organization=row.organization,
        actor=actor,
        actor_label=actor_label,
        action=DELETED,
        target=row,
        before=facts_of(row),
        after=None,
    )
    row.delete()
    return entry


@transaction.atomic
def restore_connection(
    *, entry: AuditEntry, actor: User | None, actor_label: str = ""
) -> Connection:
    """Make a deleted connection again. Its key and the values of its headers are gone
    for good: where it had any, they must be entered again, and it stays paused until
    then. Raises NotRestorable where its name is taken or its provider is gone."""
    facts: dict[str, Any] = entry.before or {}
    if entry.action != DELETED or entry.organization is None:
        raise NotRestorable("There is nothing to restore.")
    provider = Provider.objects.filter(slug=facts["provider"]).first()
    if provider is None:
        raise NotRestorable(f"The provider {facts['provider']} is gone.")
    if _is_taken(entry.organization, provider, facts["label"]):
        message = f"There is a connection “{facts['label']}” again already."
        raise NotRestorable(message)
    has_lost = (bool(facts["key"]) and not facts["key_variable"]) or facts["headers"]
    connection = Connection(
        organization=entry.organization,
        provider=provider,
        is_enabled=facts["is_enabled"] and not has_lost,
        **{field: facts[field] for field in EDITABLE},
    )
    if has_lost:
        connection.state = ConnectionState.KEY_UNREADABLE
        connection.state_reason = "It was deleted with its key: enter the key again."
    connection.save(force_insert=True)
    record_change(
        organization=entry.organization,
        actor=actor,
        actor_label=actor_label,
        action="connection.restored",
        target=connection,
        before=None,
        after=facts_of(connection),
    )
    return connection


def _is_taken(organization: Organization, provider: Provider, label: str) -> bool:
    return Connection.objects.filter(
        organization=organization, provider=provider, label=label
    ).exists()
