"""Values of a told entry, read by name. Each raises Unfit with the field's name where
it is not what it should be; empty text and null are "not said". Pure."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Entry = Mapping[str, Any]
"""A line or row as it was read: any values."""
MINUS: Final = "\u2212"
MILLISECONDS_FROM: Final = 10**11
"""Unix times from here on are in milliseconds (in seconds, that is the year 5138)."""
TRUE: Final = frozenset({"true", "1", "yes", "t"})
FALSE: Final = frozenset({"false", "0", "no", "f", ""})
SHOWN: Final = 60


class Unfit(ValueError):
    """The entry cannot be taken as a call; `field` says where."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class NoCall(Exception):
    """The entry is right, and is no model call: a span, an answer from a cache."""


def first(entry: Entry, *names: str) -> Any:
    """The value of the first name that says something, or None."""
    for name in names:
        value = entry.get(name)
        if value is not None and value != "":
            return value
    return None


def text(entry: Entry, *names: str) -> str:
    value = first(entry, *names)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | int | float):
        return str(value)
    raise Unfit(_said(entry, names), "This is no text.")


def needed(entry: Entry, *names: str) -> str:
    found = text(entry, *names)
    if not found:
        raise Unfit(names[0], f"{names[0]} is missing.")
    return found


def count(entry: Entry, *names: str) -> int | None:
    """A whole number from 0."""
    value = first(entry, *names)
    if value is None:
        return None
    number = value if type(value) is int else _whole(value, _said(entry, names))
    if number < 0:
        raise Unfit(_said(entry, names), f"{_signed(number)} is negative.")
    return number


def _signed(number: int | Decimal) -> str:
    """With a true minus."""
    return f"{number:,}".replace("-", MINUS, 1)


def number(entry: Entry, *names: str) -> float | None:
    value = first(entry, *names)
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise Unfit(_said(entry, names), f"{_shown(value)} is no number.")
    return found


def dollars(entry: Entry, *names: str, may_be_negative: bool = False) -> Decimal | None:
    """An amount from 0; below it only where credits are meant."""
    value = first(entry, *names)
    if value is None:
        return None
    try:
        found = Decimal(str(value).strip().removeprefix("$"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Unfit(_said(entry, names), f"{_shown(value)} is no amount of money.")
    if found < 0 and not may_be_negative:
        raise Unfit(_said(entry, names), f"{_signed(found)} is negative.")
    return found


def truth(entry: Entry, *names: str) -> bool:
    value = first(entry, *names)
    if value is None or isinstance(value, bool):
        return bool(value)
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise Unfit(_said(entry, names), f"{_shown(value)} is neither true nor false.")
    return word in TRUE


def moment(entry: Entry, *names: str, is_utc: bool = False) -> datetime.datetime:
    """An ISO 8601 time or a Unix one. `is_utc` says what a time without a zone is; it
    is refused otherwise."""
    found = maybe_moment(entry, *names, is_utc=is_utc)
    if found is None:
        raise Unfit(names[0], f"{names[0]} is missing.")
    return found


def maybe_moment(
    entry: Entry, *names: str, is_utc: bool = False
) -> datetime.datetime | None:
    value = first(entry, *names)
    if value is None:
        return None
    field = _said(entry, names)
    found = _unix(value) if _is_number(value) else _written(value)
    if found is None:
        hint = "write it as 2026-11-21T09:30:00Z or as Unix seconds."
        raise Unfit(field, f"{_shown(value)} is no time: {hint}")
    if found.tzinfo is None:
        if not is_utc:
            hint = "add Z for UTC, or +01:00."
            raise Unfit(field, f"{_shown(value)} has no time zone: {hint}")
        found = found.replace(tzinfo=datetime.UTC)
    return found


def mapping(entry: Entry, *names: str) -> dict[str, Any]:
    """An object, which may be written as JSON text."""
    value = first(entry, *names)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Unfit(_said(entry, names), "This is no JSON object.") from None
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Unfit(_said(entry, names), "This is no object.")
    return dict(value)


def tags(values: Mapping[str, Any]) -> dict[str, str]:
    """What can stand as a tag: short words; what is nested is left out."""
    return {
        str(name): str(value)
        for name, value in values.items()
        if value is not None and value != "" and not isinstance(value, Mapping | list)
    }


def _whole(value: object, field: str) -> int:
    try:
        found = Decimal(str(value).strip())
        whole = int(found)
    except (InvalidOperation, ValueError, OverflowError):
        raise Unfit(field, f"{_shown(value)} is no number.") from None
    if isinstance(value, bool) or whole != found:
        raise Unfit(field, f"{_shown(value)} is no whole number.")
    return whole


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().replace(".", "", 1).isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unix(value: Any) -> datetime.datetime | None:
    seconds = float(value)
    if seconds >= MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _written(value: object) -> datetime.datetime | None:
    if not isinstance(value, str):
        return None
    words = value.strip().removesuffix(" UTC")
    is_utc = words != value.strip()
    try:
        found = datetime.datetime.fromisoformat(words)
    except ValueError:
        return None
    return found.replace(tzinfo=datetime.UTC) if is_utc else found


def _said(entry: Entry, names: tuple[str, ...]) -> str:
    """The name under which the entry says it."""
    return next((name for name in names if entry.get(name) not in (None, "")), names[0])


def _shown(value: object) -> str:
    words = str(value)
    return repr(words if len(words) <= SHOWN else f"{words[:SHOWN]}…")
