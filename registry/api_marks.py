"""Marks on operations of the management API that do not fit the ordinary way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Operation = TypeVar("Operation", bound=Callable[..., object])


def reads_its_body(operation: Operation) -> Operation:
    """The body is read piece by piece, or the answer is not from here: an
    Idempotency-Key means nothing."""
    operation.reads_its_body = True  # type: ignore[attr-defined]
    return operation


def answers_a_secret(operation: Operation) -> Operation:
    """The answer holds a secret that is shown once: it is not kept for a second call,
    which is told so."""
    operation.answers_a_secret = True  # type: ignore[attr-defined]
    return operation


def only_adds(operation: Operation) -> Operation:
    """The call adds to what its address names and changes nothing that has an ETag:
    If-Match means nothing."""
    operation.only_adds = True  # type: ignore[attr-defined]
    return operation


def not_counted(operation: Operation) -> Operation:
    """Products call it as often as they are used: it takes nothing from the calls that
    a token may make in a minute."""
    operation.not_counted = True  # type: ignore[attr-defined]
    return operation
