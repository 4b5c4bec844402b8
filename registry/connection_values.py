"""Puts what a person entered into a connection's row, without storing it. Every refusal
is a ValidationError by field that repeats no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError

from registry.addresses import AddressRefused, check_address
from registry.connection_endpoints import base_url_of
from registry.connection_facts import EDITABLE
from registry.connection_rules import (
    checked_base_url,
    checked_headers,
    checked_key,
    checked_label,
    checked_variable,
    is_other_server,
    last_four,
)
from registry.connection_secrets import (
    KeyUnreadable,
    headers_of,
    is_variable_allowed,
)
from registry.key_ring import encrypt
from registry.models import Connection, ConnectionState
from registry.providers.table import row_for

RETRIES_LIMIT: Final = 10
TIMEOUT_LIMIT_S: Final = 3_600


def set_facts(
    connection: Connection, facts: dict[str, Any], *, resolves: bool = True
) -> None:
    unknown = sorted(set(facts) - set(EDITABLE))
    if unknown:
        message = f"A connection has no {', '.join(unknown)} to set."
        raise TypeError(message)
    errors: dict[str, ValidationError] = {}
    checks = {
        "label": checked_label,
        "base_url": checked_base_url,
        "key_variable": checked_variable,
    }
    for field, value in facts.items():
        try:
            setattr(connection, field, checks.get(field, lambda same: same)(value))
        except ValidationError as error:
            errors[field] = error
    if errors:
        raise ValidationError(errors)
    if resolves and facts.get("base_url"):
        check_leads_somewhere_allowed(connection.base_url)


def check_leads_somewhere_allowed(url: str) -> None:
    if not url.strip():
        return
    try:
        check_address(url)
    except AddressRefused as refused:
        raise ValidationError({"base_url": str(refused)}) from refused


def keep_secrets_at_home(
    connection: Connection,
    served: str,
    key: str,
    headers: Mapping[str, str] | None,
) -> None:
    """Whoever could point a stored key at their own server could read it there."""
    target = base_url_of(connection)
    if served and target and not is_other_server(served, target):
        return
    errors = {}
    if connection.encrypted_key and not key and not connection.key_variable:
        errors["key"] = (
            "This address is another server: enter the key again. A stored key is "
            "sent only where it was entered for."
        )
    kept = connection.header_names if headers is None else headers
    if any(not (headers or {}).get(name) for name in kept):
        errors["headers"] = (
            "This address is another server: enter the values of the headers again."
        )
    if errors:
        raise ValidationError(errors)


def set_secrets(
    connection: Connection, key: str, headers: Mapping[str, str] | None
) -> None:
    if key:
        if connection.key_variable:
            raise ValidationError(
                {"key": "Give either a key or the name of a variable, not both."}
            )
        try:
            key = checked_key(key)
        except ValidationError as error:
            raise ValidationError({"key": error}) from error
        connection.encrypted_key = encrypt(key)
        connection.key_last_four = last_four(key)
    elif connection.key_variable:
        connection.encrypted_key = connection.key_last_four = ""
    if headers is not None:
        _set_headers(connection, headers)


def _set_headers(connection: Connection, headers: Mapping[str, str]) -> None:
    try:
        stored = headers_of(connection)
    except KeyUnreadable:
        stored = {}
    merged = {name: value or stored.get(name, "") for name, value in headers.items()}
    if merged == stored and list(merged) == list(connection.header_names):
        return
    key_header = row_for(connection.provider.slug).key_header
    try:
        checked = checked_headers(merged, key_header)
    except ValidationError as error:
        raise ValidationError({"headers": error}) from error
    connection.encrypted_headers = encrypt(json.dumps(checked)) if checked else ""
    connection.header_names = list(checked)


def validate(connection: Connection, *, needs_key: bool = True) -> None:
    """Without `needs_key` its key may be entered later. Raises ValidationError."""
    errors: dict[str, Any] = {}
    row = row_for(connection.provider.slug)
    name = connection.key_variable
    if name and not is_variable_allowed(name):
        errors["key_variable"] = (
            f"{name} may not be read as a key: the operator lists the variables that "
            "may in MODELHUB_KEY_VARIABLES."
        )
    if needs_key and row.needs_key and not (name or connection.encrypted_key):
        errors["key"] = f"{connection.provider.name} needs a key."
    if not base_url_of(connection):
        errors["base_url"] = f"{connection.provider.name} needs a base URL."
    if not 0 <= connection.max_retries <= RETRIES_LIMIT:
        errors["max_retries"] = f"Between 0 and {RETRIES_LIMIT}."
    if not 1 <= connection.timeout_seconds <= TIMEOUT_LIMIT_S:
        errors["timeout_seconds"] = f"Between 1 and {TIMEOUT_LIMIT_S:,} seconds."
    if errors:
        raise ValidationError(errors)
    try:
        connection.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise ValidationError(error.message_dict) from error
    same = Connection.objects.filter(
        organization=connection.organization,
        provider=connection.provider,
        label=connection.label,
    )
    if same.exclude(pk=connection.pk).exists():
        raise taken(connection.label)


def taken(label: str) -> ValidationError:
    return ValidationError(
        {"label": f"There is a connection “{label}” at this provider already."}
    )


def forget_check(connection: Connection) -> None:
    """What the last check said was about another key or address."""
    connection.state = ConnectionState.UNCHECKED
    connection.state_reason = ""
    connection.checked_at = connection.latency_ms = None
