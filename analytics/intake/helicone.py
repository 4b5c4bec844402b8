"""Requests of Helicone: its export as JSON lines, JSON or CSV. Times are UTC. Pure."""

from __future__ import annotations

import json
from typing import Final

from analytics.incoming import IncomingCall
from analytics.intake import fields
from analytics.intake.fields import Entry, NoCall
from analytics.intake.tokens import usage_of
from analytics.usage_row import Outcome, Source

SIGNS: Final = frozenset({"request_id", "request_created_at", "response_status"})
GOOD: Final = range(200, 300)
CANCELLED: Final = -3
PROPERTY: Final = "Helicone-Property-"
NO_CACHE: Final = frozenset({"", "false", "0", "default"})
READ: Final = ("prompt_cache_read_tokens", "prompt_cache_read")
WRITTEN: Final = ("prompt_cache_write_tokens", "prompt_cache_write")


def call_of(entry: Entry) -> IncomingCall:
    """The call of a request. Raises Unfit, and NoCall for an answer from a cache."""
    if fields.text(entry, "cache_reference_id", "cache_hit").lower() not in NO_CACHE:
        raise NoCall("answered from Helicone's cache: no model was called")
    status = fields.number(entry, "response_status")
    ttft_ms = fields.number(entry, "time_to_first_token")
    return IncomingCall(
        external_id=fields.needed(entry, "request_id"),
        source=Source.IMPORT,
        started_at=fields.moment(entry, "request_created_at", is_utc=True),
        provider=fields.text(entry, "provider").lower(),
        model=fields.needed(
            entry, "response_model", "model_override", "request_model", "model"
        ),
        usage=usage_of(
            {
                "input_tokens": _input(entry),
                "output_tokens": fields.count(entry, "completion_tokens"),
                "cache_read_tokens": fields.count(entry, *READ),
                "cache_write_tokens": fields.count(entry, *WRITTEN),
                "reasoning_tokens": fields.count(entry, "reasoning_tokens"),
            }
        ),
        reported_usd=fields.dollars(entry, "costUSD", "cost_usd", "cost") or None,
        outcome=_outcome(status),
        status_code=int(status) if status and status > 0 else None,
        latency_ms=fields.number(entry, "delay_ms", "latency", "response_delay_ms"),
        ttft_ms=ttft_ms,
        is_stream=ttft_ms is not None,
        provider_request_id=fields.text(entry, "response_id"),
        tags=_tags(entry),
    )


def _input(entry: Entry) -> int | None:
    """Of Anthropic, prompt tokens leave out cached ones, as Anthropic's own do."""
    told = fields.count(entry, "prompt_tokens")
    if told is None:
        return None
    cached = (fields.count(entry, *READ) or 0) + (fields.count(entry, *WRITTEN) or 0)
    is_apart = fields.text(entry, "provider").lower() == "anthropic"
    return told + cached if is_apart else told


def _outcome(status: float | None) -> Outcome:
    if status == CANCELLED:
        return Outcome.CANCELLED
    return Outcome.OK if status is None or status in GOOD else Outcome.ERROR


def _tags(entry: Entry) -> dict[str, str]:
    said = entry.get("request_properties")
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except ValueError:
            said = None
    properties = said if isinstance(said, dict) else {}
    words = {name.removeprefix(PROPERTY): value for name, value in properties.items()}
    return fields.tags({"user": entry.get("request_user_id"), **words})
