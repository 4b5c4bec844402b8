"""A row as JSON, for the before and after of an audit entry."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

Snapshot = dict[str, Any]
HIDDEN = frozenset(
    {
        "id",
        "password",
        "last_login",
        "search_text",
        "fact_sources",
        "is_listed",
        "vanished_at",
        "created_at",
        "updated_at",
    }
)
"""Secrets never enter the audit log; the others follow from what is in it."""


def snapshot(row: Model) -> Snapshot:
    """The columns of `row` by field name, JSON-ready; related rows by their name."""
    return {
        field.name: _plain(getattr(row, field.name))
        for field in row._meta.concrete_fields
        if field.name not in HIDDEN
    }


def stated(row: Model) -> Snapshot:
    """`snapshot` without what is empty: what a new row says."""
    return {
        name: value
        for name, value in snapshot(row).items()
        if value not in (None, "", [], {})
    }


def differences(before: Snapshot, after: Snapshot) -> tuple[Snapshot, Snapshot]:
    """The part of both in which they differ."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {
        name: after[name] for name in changed
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # 2.5 and 2.50 are the same number, whichever of them was typed.
        return f"{value.normalize():f}"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Model) else value
