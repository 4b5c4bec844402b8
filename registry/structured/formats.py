"""The formats of JSON Schema that are checked; others are remarks for people."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from registry.structured.checked import InvalidStructureError
from registry.structured.patterns import pattern

KNOWN: Final = ("date", "email", "idn-email", "ipv4", "ipv6", "uuid")
"""What jsonschema checks well by itself."""
TIME: Final = re.compile(
    r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,12})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.I,
)
DURATION: Final = re.compile(
    r"P(?=[\dT])(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)"
)
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.I)
POINTER: Final = re.compile(r"(/([^~/]|~[01])*)*")
NOT_IN_URI: Final = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`]|%(?![0-9a-fA-F]{2})")


@cache
def format_checker() -> FormatChecker:
    """Checks what RFC 3339, 3986, 1123 and 6901 say, without a further package."""
    checker = FormatChecker(formats=())
    known = Draft202012Validator.FORMAT_CHECKER.checkers
    checker.checkers = {name: known[name] for name in KNOWN}
    for name, is_one in CHECKS.items():
        checker.checkers[name] = (_of_texts(is_one), ())
    return checker


def is_time(text: str) -> bool:
    return TIME.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    day, _, time = text[:10], text[10:11], text[11:]
    return text[10:11] in {"T", "t", " "} and is_day(day) and is_time(time)


def is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def is_duration(text: str) -> bool:
    return DURATION.fullmatch(text) is not None


def is_hostname(text: str) -> bool:
    labels = text.split(".")
    return len(text) <= 253 and all(LABEL.fullmatch(one) for one in labels)


def is_uri_reference(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return text.isascii() and not NOT_IN_URI.search(text)


def is_uri(text: str) -> bool:
    return is_uri_reference(text) and bool(urlsplit(text).scheme)


def is_pointer(text: str) -> bool:
    return POINTER.fullmatch(text) is not None


def is_regex(text: str) -> bool:
    try:
        pattern(text)
    except InvalidStructureError:
        return False
    return True


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "time": is_time,
    "date-time": is_moment,
    "duration": is_duration,
    "hostname": is_hostname,
    "uri": is_uri,
    "uri-reference": is_uri_reference,
    "json-pointer": is_pointer,
    "regex": is_regex,
}


def _of_texts(is_one: Callable[[str], bool]) -> Callable[[object], bool]:
    """A format says something of texts only."""
    return lambda value: not isinstance(value, str) or is_one(value)
