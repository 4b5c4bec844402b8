"""Putting everything that is stored encrypted under the first key of the ring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from registry.key_ring import Undecryptable, decrypt, encrypt, is_under_first_key
from registry.models import Connection, ConnectionState

BATCH: Final = 100
FIELDS: Final = ("encrypted_key", "encrypted_headers")
UNREADABLE: Final = "No key of the ring decrypts what is stored: enter the key again."


@dataclass
class RotationReport:
    """How many secrets were put under the first key and how many were there already;
    `unreadable` are the connections whose key or headers must be entered again."""

    rotated: int = 0
    current: int = 0
    unreadable: list[Connection] = field(default_factory=list)


def rotate_keys() -> RotationReport:
    """Encrypt every stored secret with the first key. Safe to interrupt and to run
    again: each secret is exchanged in one guarded statement, and one that somebody
    replaced meanwhile is left as it is."""
    report = RotationReport()
    last_pk = 0
    while batch := _batch_after(last_pk):
        for connection in batch:
            _rotate(connection, report)
        last_pk = batch[-1].pk
    return report


def _batch_after(pk: int) -> list[Connection]:
    rows = Connection.objects.filter(pk__gt=pk).select_related(
        "provider", "organization"
    )
    return list(rows.order_by("pk")[:BATCH])


def _rotate(connection: Connection, report: RotationReport) -> None:
    for name in FIELDS:
        stored: str = getattr(connection, name)
        if not stored:
            continue
        if is_under_first_key(stored):
            report.current += 1
            continue
        try:
            text = decrypt(stored)
        except Undecryptable:
            _mark(connection, report)
            continue
        same = Connection.objects.filter(pk=connection.pk, **{name: stored})
        report.rotated += same.update(**{name: encrypt(text)})


def _mark(connection: Connection, report: RotationReport) -> None:
    if connection in report.unreadable:
        return
    report.unreadable.append(connection)
    Connection.objects.filter(pk=connection.pk, version=connection.version).update(
        state=ConnectionState.KEY_UNREADABLE, state_reason=UNREADABLE
    )
