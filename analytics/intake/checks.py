"""Why a told call is not taken. Pure."""

from __future__ import annotations

import datetime
from typing import Final

from analytics.incoming import IncomingCall
from analytics.token_counts import COLUMNS
from analytics.usage_row import LONGEST_TAG, MOST_TAGS

Problem = tuple[str, str]
"""The field and what is wrong with it."""
EARLIEST: Final = datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC)
"""No model of today was called before; an earlier time is a mistake of units."""
AHEAD: Final = datetime.timedelta(minutes=10)
LONGEST_ID: Final = 200
LONGEST_NAME: Final = 190
MOST_TOKENS: Final = 2**31 - 1
MOST_MS: Final = 2**31 - 1
MOST_ATTEMPTS: Final = 32_767


def problem_of(
    call: IncomingCall, now: datetime.datetime, oldest: datetime.datetime
) -> Problem | None:
    """The first thing that is wrong with a call, or None. `oldest` is where the
    organisation's records begin."""
    return (
        _time_problem(call.started_at, now, oldest)
        or _name_problem(call)
        or _count_problem(call)
        or _measure_problem(call)
        or _tag_problem(call)
    )


def _time_problem(
    at: datetime.datetime, now: datetime.datetime, oldest: datetime.datetime
) -> Problem | None:
    if at.tzinfo is None:
        return "started_at", "The time needs a time zone, as in 2026-11-21T09:30:00Z."
    if at > now + AHEAD:
        return "started_at", f"{_shown(at)} is in the future: check the clock."
    if at < EARLIEST:
        return "started_at", f"{_shown(at)} is before {EARLIEST.year}."
    if at < oldest:
        kept = oldest.date().isoformat()
        return "started_at", f"{_shown(at)} is older than what is kept (from {kept})."
    return None


def _name_problem(call: IncomingCall) -> Problem | None:
    if not call.external_id:
        return "id", "A call needs an id of its own, so that it counts once."
    if len(call.external_id) > LONGEST_ID or len(call.request_id) > LONGEST_ID:
        return "id", f"An id has at most {LONGEST_ID} characters."
    if not call.model.strip():
        return "model", "The model is missing."
    if len(call.provider) + len(call.model) > LONGEST_NAME:
        return "model", f"Provider and model have at most {LONGEST_NAME} characters."
    return None


def _count_problem(call: IncomingCall) -> Problem | None:
    usage = call.usage
    if usage is None:
        return None
    usual = usage.usual_counts()
    if usual and max(usual) <= MOST_TOKENS:
        return None
    for name in COLUMNS:
        count = getattr(usage, name)
        if count > MOST_TOKENS:
            return name, f"{count:,} is more than one call can use."
        if count != int(count):
            return name, f"{count} is not a whole number."
    if usage.requests != 1:
        return "requests", "A record is of one call."
    return None


def _measure_problem(call: IncomingCall) -> Problem | None:
    for name, value in (("latency_ms", call.latency_ms), ("ttft_ms", call.ttft_ms)):
        if value is not None and not 0 <= value <= MOST_MS:
            return name, f"{value:g} ms is no duration of a call."
    confidence = call.confidence
    if confidence is not None and not 0 <= confidence <= 1:
        return "confidence", f"{confidence:g} is not between 0 and 1."
    usd = call.reported_usd
    if usd is not None and not (usd.is_finite() and 0 <= usd < 10**9):
        return "reported_usd", f"{usd} is no cost of a call in dollars."
    if not 1 <= call.attempt <= MOST_ATTEMPTS:
        return "attempt", "Attempts count from 1."
    status = call.status_code
    if status is not None and not 0 <= status <= 999:
        return "status_code", f"{status} is no HTTP status."
    return None


def _tag_problem(call: IncomingCall) -> Problem | None:
    if len(call.tags) > MOST_TAGS:
        return "tags", f"A call has at most {MOST_TAGS} tags."
    for name, value in call.tags.items():
        if len(name) > LONGEST_TAG or len(value) > LONGEST_TAG:
            return "tags", f"A tag has at most {LONGEST_TAG} characters."
    return None


def _shown(at: datetime.datetime) -> str:
    utc = at.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%d %H:%M} UTC"
