"""Adding and editing connections, replacing their keys, pausing and resuming them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from registry.audit import record_change
from registry.connection_endpoints import base_url_of
from registry.connection_facts import differing, facts_of
from registry.connection_values import (
    check_leads_somewhere_allowed,
    forget_check,
    keep_secrets_at_home,
    set_facts,
    set_secrets,
    taken,
    validate,
)
from registry.models import Connection, Organization, Provider, User


class StaleConnection(Exception):
    """Someone else changed the connection meanwhile; nothing was changed."""

    def __init__(self, current: Connection) -> None:
        self.current = current
        super().__init__(f"{current} was changed meanwhile.")


def draft_connection(
    *,
    organization: Organization,
    provider: Provider,
    label: str,
    key: str = "",
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Connection:
    """A connection that is valid but not stored yet, so that it can be tested first.
    `facts` are fields of `EDITABLE`. Resolves the address, which may take seconds.

    Raises ValidationError by field.
    """
    draft = Connection(organization=organization, provider=provider)
    last = Connection.objects.filter(
        organization=organization, provider=provider
    ).aggregate(last=Max("position"))["last"]
    draft.position = (last or 0) + 1
    set_facts(draft, {"label": label, **facts})
    set_secrets(draft, key, {} if headers is None else headers)
    validate(draft)
    return draft


@transaction.atomic
def add_connection(
    *, connection: Connection, actor: User | None, actor_label: str = ""
) -> Connection:
    """Store a draft. Raises ValidationError where its name was taken meanwhile."""
    try:
        connection.save(force_insert=True)
    except IntegrityError as error:
        raise taken(connection.label) from error
    record_change(
        organization=connection.organization,
        actor=actor,
        actor_label=actor_label,
        action="connection.added",
        target=connection,
        before=None,
        after=facts_of(connection),
    )
    return connection


def edit_connection(
    *,
    connection: Connection,
    actor: User | None,
    expected_version: int,
    key: str = "",
    headers: Mapping[str, str] | None = None,
    actor_label: str = "",
    **facts: Any,
) -> bool:
    """Set the given fields of `EDITABLE`; an empty `key` keeps the one there is.
    `headers` replace all of them, with an empty value for one that stays (None: leave
    them). A stored key or header never follows to another server: it is entered again.

    Returns whether anything changed. Raises StaleConnection, and ValidationError by
    field. Resolves a new address first, which may take seconds.
    """
    if facts.get("base_url", connection.base_url) != connection.base_url:
        check_leads_somewhere_allowed(str(facts["base_url"]))
    with transaction.atomic():
        locked = _locked(connection)
        before, served = facts_of(locked), base_url_of(locked)
        secrets_before = (locked.encrypted_key, locked.encrypted_headers)
        set_facts(locked, facts, resolves=False)
        keep_secrets_at_home(locked, served, key, headers)
        set_secrets(locked, key, headers)
        secrets = (locked.encrypted_key, locked.encrypted_headers)
        old, new = differing(before, facts_of(locked))
        if not new and secrets == secrets_before:
            return False
        if locked.version != expected_version:
            raise StaleConnection(_current(connection))
        validate(locked)
        if secrets != secrets_before or {"base_url", "key_variable"} & set(new):
            forget_check(locked)
        _store(locked, "connection.edited", old, new, actor, actor_label)
    connection.refresh_from_db()
    return True


@transaction.atomic
def replace_key(
    *,
    connection: Connection,
    actor: User | None,
    key: str = "",
    key_variable: str = "",
    actor_label: str = "",
) -> None:
    """Store another key, or name the variable that holds it. Both empty: no key, where
    the provider needs none. Raises ValidationError by field."""
    locked = _locked(connection)
    before = facts_of(locked)
    locked.encrypted_key = locked.key_last_four = locked.key_variable = ""
    set_facts(locked, {"key_variable": key_variable})
    set_secrets(locked, key, None)
    validate(locked)
    forget_check(locked)
    old, new = differing(before, facts_of(locked))
    _store(locked, "connection.key_replaced", old, new, actor, actor_label)
    connection.refresh_from_db()


@transaction.atomic
def set_enabled(
    *,
    connection: Connection,
    is_enabled: bool,
    actor: User | None,
    actor_label: str = "",
) -> bool:
    """Pause (nothing is sent there any more) or resume. False: it was so already."""
    locked = _locked(connection)
    if locked.is_enabled == is_enabled:
        return False
    locked.is_enabled = is_enabled
    action = "connection.resumed" if is_enabled else "connection.paused"
    old, new = {"is_enabled": not is_enabled}, {"is_enabled": is_enabled}
    _store(locked, action, old, new, actor, actor_label)
    connection.refresh_from_db()
    return True


def _locked(connection: Connection) -> Connection:
    rows = Connection.objects.select_for_update(of=("self",))
    return rows.select_related("provider", "organization").get(pk=connection.pk)


def _current(connection: Connection) -> Connection:
    return Connection.objects.select_related("provider").get(pk=connection.pk)


def _store(
    connection: Connection,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    actor: User | None,
    actor_label: str,
) -> None:
    connection.version += 1
    try:
        connection.save()
    except IntegrityError as error:
        raise taken(connection.label) from error
    record_change(
        organization=connection.organization,
        actor=actor,
        actor_label=actor_label,
        action=action,
        target=connection,
        before=before,
        after=after,
    )
