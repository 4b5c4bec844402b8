"""What of a connection may stand in the audit log: everything but its secrets."""

from __future__ import annotations

from typing import Any, Final

from registry.models import Connection

EDITABLE: Final = (
    "label",
    "base_url",
    "key_variable",
    "position",
    "requests_per_minute",
    "tokens_per_minute",
    "max_retries",
    "backoff",
    "timeout_seconds",
)
"""What a form sets as it is. Key, headers and the switch have verbs of their own."""


def key_words(connection: Connection) -> str:
    """Which key it has, without the key: "…7Kd2", "$OPENAI_API_KEY", "stored"; empty
    where it has none."""
    if connection.key_variable:
        return f"${connection.key_variable}"
    if not connection.encrypted_key:
        return ""
    return f"…{connection.key_last_four}" if connection.key_last_four else "stored"


def facts_of(connection: Connection) -> dict[str, Any]:
    """JSON-ready, by field name."""
    return {
        "provider": connection.provider.slug,
        **{field: getattr(connection, field) for field in EDITABLE},
        "key": key_words(connection),
        "headers": list(connection.header_names),
        "is_enabled": connection.is_enabled,
    }


def differing(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides with only the fields that differ."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {n: after[n] for n in names}
