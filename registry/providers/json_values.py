"""Reads JSON that may hold anything where one kind of value is wanted. Pure."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]  # A JSON object of somebody else: its values may be anything.


def as_object(value: object) -> Object:
    """`value`, or an empty object where it is none."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Object]:
    """The objects of a list; empty where it is no list."""
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, dict)]


def as_text(value: object) -> str:
    """`value`, or an empty text where it is none."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """A positive whole number, or None: zero stands for "not known" in limits."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and isinstance(value, int) and value > 0 else None
