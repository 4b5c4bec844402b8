"""How long a provider asks to wait, read from every header that says so. Pure."""

from __future__ import annotations

import datetime
import email.utils
import math
import re
from collections.abc import Mapping
from typing import Final

EPOCH_S: Final = 1e9
"""A plain number from here on is a moment, not a duration."""
EPOCH_MS: Final = 1e12
DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
IN_TEXT: Final = re.compile(r"(?:try again|retry) in ((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)")
RESET: Final = re.compile(
    r"(?:x-ratelimit-reset(?P<kind>-[a-z-]+)?"
    r"|anthropic-ratelimit-(?P<own>[a-z-]+)-reset)$"
)


def retry_after_s(
    headers: Mapping[str, str], now: datetime.datetime | None = None
) -> float | None:
    """Seconds, never negative; None where no header says anything that can be read.

    `Retry-After-Ms` and `Retry-After` (seconds or an HTTP date) win over the reset
    times of limits that are used up.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    in_ms = _number(lowered.get("retry-after-ms", ""))
    if in_ms is not None:
        return max(0.0, in_ms / 1000)
    if stated := lowered.get("retry-after"):
        waits = _wait_s(stated, now)
        if waits is not None:
            return waits
    return _reset_s(lowered, now)


def duration_s(text: str) -> float | None:
    """`6m0s`, `20ms`, `34.5s` or a plain number of seconds."""
    number = _number(text)
    if number is not None:
        return number
    parts = DURATION.findall(text)
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(number) * UNIT_S[unit] for number, unit in parts)


def wait_in_text_s(message: str) -> float | None:
    """ "Please try again in 1.5s": some providers say it only so."""
    found = IN_TEXT.search(message.lower())
    return duration_s(found.group(1)) if found else None


def _reset_s(headers: Mapping[str, str], now: datetime.datetime) -> float | None:
    waits = []
    for name, value in headers.items():
        found = RESET.match(name)
        if found and _is_used_up(headers, found):
            wait = _wait_s(value, now)
            waits += [wait] if wait is not None else []
    return max(waits, default=None)


def _is_used_up(headers: Mapping[str, str], found: re.Match[str]) -> bool:
    """Whether nothing remains of this limit, as far as the headers say."""
    if found["own"]:
        remaining = f"anthropic-ratelimit-{found['own']}-remaining"
    else:
        remaining = f"x-ratelimit-remaining{found['kind'] or ''}"
    return _number(headers.get(remaining, "0")) == 0


def _wait_s(text: str, now: datetime.datetime) -> float | None:
    duration = duration_s(text)
    if duration is None:
        moment = _moment(text)
        return max(0.0, (moment - now).total_seconds()) if moment else None
    if duration >= EPOCH_MS:
        duration = duration / 1000 - now.timestamp()
    elif duration >= EPOCH_S:
        duration -= now.timestamp()
    return max(0.0, duration)


def _moment(text: str) -> datetime.datetime | None:
    for read in (email.utils.parsedate_to_datetime, datetime.datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, IndexError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
