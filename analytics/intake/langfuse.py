"""Observations of Langfuse: its export as JSON, JSON lines or CSV, in the names of its
pages and API (`startTime`) and of its blob storage export (`start_time`). Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from analytics.incoming import IncomingCall
from analytics.intake import fields
from analytics.intake.fields import Entry, NoCall, Unfit
from analytics.intake.spans import span_ms
from analytics.intake.tokens import usage_of
from analytics.usage_row import Outcome, Source
from registry.usage import Usage

SIGNS: Final = frozenset({"id", "trace_id", "start_time", "level"})
CALLS: Final = frozenset({"GENERATION", "EMBEDDING"})
HUMPS: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
TOTAL: Final = "total"


def snake(name: str) -> str:
    """`startTime` → start_time."""
    return HUMPS.sub(lambda hump: f"_{hump[1]}", name.strip()).lower().replace(" ", "_")


def call_of(entry: Entry) -> IncomingCall:
    """The call of an observation. Raises Unfit, and NoCall for one that is no
    generation."""
    said = {snake(name): value for name, value in entry.items()}
    kind = fields.text(said, "type").upper()
    if kind and kind not in CALLS:
        raise NoCall(f"an observation of the type {kind}: no model call")
    started = fields.moment(said, "start_time", is_utc=True)
    metadata = _metadata(said)
    failed = fields.text(said, "level").upper() == "ERROR"
    ended = fields.maybe_moment(said, "end_time", is_utc=True)
    spoke = fields.maybe_moment(said, "completion_start_time", is_utc=True)
    return IncomingCall(
        external_id=fields.needed(said, "id"),
        source=Source.IMPORT,
        started_at=started,
        provider=fields.text(metadata, "ls_provider", "provider"),
        model=fields.needed(said, "model", "provided_model_name", "model_id"),
        usage=_usage(said),
        reported_usd=_cost(said),
        outcome=Outcome.ERROR if failed else Outcome.OK,
        latency_ms=span_ms(started, ended),
        ttft_ms=span_ms(started, spoke),
        is_stream=spoke is not None,
        error_message=fields.text(said, "status_message") if failed else "",
        prompt_name=fields.text(said, "prompt_name"),
        tags=fields.tags(
            {
                "name": said.get("name"),
                "environment": said.get("environment"),
                "trace": said.get("trace_id"),
                "user": said.get("user_id"),
            }
        ),
    )


def _metadata(said: Entry) -> dict[str, Any]:
    try:
        return fields.mapping(said, "metadata")
    except Unfit:
        # Free text of the caller.
        return {}


def _usage(said: Entry) -> Usage | None:
    """Langfuse adds kinds up: `input` leaves out `input_cached_tokens` and the like.
    Where the total shows that they are parts of it instead, they are not added."""
    details = fields.mapping(said, "usage_details", "usage")
    if not details:
        return usage_of(
            {
                "input_tokens": fields.count(said, "input_tokens", "prompt_tokens"),
                "output_tokens": fields.count(
                    said, "output_tokens", "completion_tokens"
                ),
            }
        )
    counts = {
        name: fields.count(details, name) or 0
        for name in details
        if name not in ("unit", "input_cost", "output_cost", "total_cost")
    }
    total = counts.pop(TOTAL, None)
    plain_in = counts.pop("input", 0) or counts.pop("prompt_tokens", 0)
    plain_out = counts.pop("output", 0) or counts.pop("completion_tokens", 0)
    parts_out = sum(n for name, n in counts.items() if name.startswith("output"))
    parts_in = sum(counts.values()) - parts_out
    is_inclusive = total == plain_in + plain_out and parts_in + parts_out > 0
    return usage_of(
        {
            "input_tokens": plain_in + (0 if is_inclusive else parts_in),
            "output_tokens": plain_out + (0 if is_inclusive else parts_out),
            "cache_read_tokens": _sum(counts, "cache_read", "cached"),
            "cache_write_tokens": _sum(counts, "cache_creation", "cache_write"),
            "reasoning_tokens": _sum(counts, "reasoning"),
        }
    )


def _sum(counts: dict[str, int], *words: str) -> int:
    return sum(n for name, n in counts.items() if any(word in name for word in words))


def _cost(said: Entry) -> Any:
    told = fields.dollars(said, "total_cost", "calculated_total_cost")
    if told is None:
        told = fields.dollars(fields.mapping(said, "cost_details"), TOTAL)
    return told or None
