"""Putting everything that is stored encrypted under the first key of the ring.

A model of any app says by `ENCRYPTED_FIELDS` which of its columns are encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db.models import Model

from registry.key_ring import Undecryptable, decrypt, encrypt, is_under_first_key
from registry.models import Connection, ConnectionState

BATCH: Final = 100
UNREADABLE: Final = "No key of the ring decrypts what is stored: enter the key again."


@dataclass
class RotationReport:
    """How many secrets were put under the first key and how many were there already;
    `unreadable` are the rows of which something must be entered again."""

    rotated: int = 0
    current: int = 0
    unreadable: list[Model] = field(default_factory=list)


def rotate_keys() -> RotationReport:
    """Encrypt every stored secret with the first key. Safe to interrupt and to run
    again: each secret is exchanged in one guarded statement, and one that somebody
    replaced meanwhile is left as it is."""
    report = RotationReport()
    for model in encrypted_models():
        for row in _rows(model):
            _rotate(row, report)
    return report


def encrypted_models() -> list[type[Model]]:
    """The models of every app that store something encrypted."""
    return [one for one in apps.get_models() if _fields(one)]


def _fields(model: type[Model]) -> tuple[str, ...]:
    fields: tuple[str, ...] = getattr(model, "ENCRYPTED_FIELDS", ())
    return fields


def _rows(model: type[Model]) -> Iterator[Model]:
    """In batches, so that no statement stays open while rows are changed."""
    rows: Any = model._default_manager.order_by("pk")
    last_pk = 0
    while batch := list(rows.filter(pk__gt=last_pk)[:BATCH]):
        yield from batch
        last_pk = batch[-1].pk


def _rotate(row: Model, report: RotationReport) -> None:
    for name in _fields(type(row)):
        stored: str = getattr(row, name)
        if not stored:
            continue
        if is_under_first_key(stored):
            report.current += 1
            continue
        try:
            text = decrypt(stored)
        except Undecryptable:
            _mark(row, report)
            continue
        same = type(row)._default_manager.filter(pk=row.pk, **{name: stored})
        report.rotated += same.update(**{name: encrypt(text)})


def _mark(row: Model, report: RotationReport) -> None:
    if row in report.unreadable:
        return
    report.unreadable.append(row)
    if isinstance(row, Connection):
        Connection.objects.filter(pk=row.pk, version=row.version).update(
            state=ConnectionState.KEY_UNREADABLE, state_reason=UNREADABLE
        )
