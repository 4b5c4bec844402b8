"""ModelHub's own entries: a JSON object a call, or a row of a CSV file with the same
names. Documented in docs/usage-in.md. Pure."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Final

from analytics.incoming import IncomingCall
from analytics.intake import fields
from analytics.intake.fields import Entry, Unfit
from analytics.intake.tokens import usage_of
from analytics.token_counts import COLUMNS
from analytics.usage_row import Outcome, Source
from registry.usage import Usage

FLAGS: Final = ("is_batch",)
RARE_COUNTS: Final = tuple(
    one.name
    for one in fields_of(Usage)
    if one.name not in (*COLUMNS, *FLAGS, "requests")
)
COUNTS: Final = (*COLUMNS, *RARE_COUNTS)
TAG: Final = "tags."
"""`tags.team` is the tag `team`, for rows that have no objects."""
NAMES: Final = (
    "id",
    "started_at",
    "provider",
    "model",
    "feature",
    "request_id",
    "attempt",
    *COUNTS,
    *FLAGS,
    "cost_usd",
    "is_provider_cost",
    "outcome",
    "error_kind",
    "error_message",
    "status_code",
    "latency_ms",
    "ttft_ms",
    "finish_reason",
    "is_stream",
    "provider_request_id",
    "prompt_name",
    "confidence",
    "tags",
)
"""Every field that is understood."""


def call_of(entry: Entry, source: Source = Source.API) -> IncomingCall:
    """The call of an entry. Raises Unfit with the field that does not fit."""
    return IncomingCall(
        external_id=fields.needed(entry, "id"),
        source=source,
        started_at=fields.moment(entry, "started_at"),
        provider=fields.text(entry, "provider"),
        model=fields.needed(entry, "model"),
        feature=fields.text(entry, "feature"),
        request_id=fields.text(entry, "request_id"),
        attempt=fields.count(entry, "attempt") or 1,
        usage=_usage(entry),
        reported_usd=fields.dollars(entry, "cost_usd"),
        is_provider_cost=fields.truth(entry, "is_provider_cost"),
        outcome=_outcome(entry),
        latency_ms=fields.number(entry, "latency_ms"),
        ttft_ms=fields.number(entry, "ttft_ms"),
        error_kind=fields.text(entry, "error_kind"),
        error_message=fields.text(entry, "error_message"),
        status_code=fields.count(entry, "status_code"),
        finish_reason=fields.text(entry, "finish_reason"),
        is_stream=fields.truth(entry, "is_stream"),
        provider_request_id=fields.text(entry, "provider_request_id"),
        prompt_name=fields.text(entry, "prompt_name"),
        confidence=fields.number(entry, "confidence"),
        tags=_tags(entry),
    )


def _usage(entry: Entry) -> Usage | None:
    counts: dict[str, int | bool | None] = {
        name: fields.count(entry, name) for name in COUNTS if name in entry
    }
    if all(value is None for value in counts.values()):
        return None
    if entry.get("is_batch"):
        counts["is_batch"] = fields.truth(entry, "is_batch")
    return usage_of(counts)


def _outcome(entry: Entry) -> Outcome:
    word = fields.text(entry, "outcome").lower()
    if not word:
        failed = fields.text(entry, "error_kind", "error_message")
        return Outcome.ERROR if failed else Outcome.OK
    try:
        return Outcome(word)
    except ValueError:
        known = ", ".join(one.value for one in Outcome)
        raise Unfit("outcome", f"{word!r} is none of {known}.") from None


def _tags(entry: Entry) -> dict[str, str]:
    flat = {
        name.removeprefix(TAG): value
        for name, value in entry.items()
        if name.startswith(TAG)
    }
    if "tags" not in entry and not flat:
        return {}
    return fields.tags(flat | fields.mapping(entry, "tags"))
