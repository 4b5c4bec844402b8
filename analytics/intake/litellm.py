"""Spend logs of LiteLLM's proxy: rows of its table `LiteLLM_SpendLogs`, as JSON or CSV.
Times without a zone are UTC there. Pure."""

from __future__ import annotations

import json
from typing import Any, Final

from analytics.incoming import IncomingCall
from analytics.intake import fields
from analytics.intake.fields import Entry, NoCall
from analytics.intake.spans import span_ms
from analytics.intake.tokens import usage_of
from analytics.usage_row import Outcome, Source
from registry.usage import Usage

SIGNS: Final = frozenset({"request_id", "startTime", "spend", "call_type"})
FROM_CACHE: Final = "answered from LiteLLM's cache: no model was called"


def call_of(entry: Entry) -> IncomingCall:
    """The call of a row. Raises Unfit, and NoCall for an answer from a cache."""
    if str(entry.get("cache_hit") or "").lower() == "true":
        raise NoCall(FROM_CACHE)
    metadata = fields.mapping(entry, "metadata")
    started = fields.moment(entry, "startTime", is_utc=True)
    ended = fields.maybe_moment(entry, "endTime", is_utc=True)
    spoke = fields.maybe_moment(entry, "completionStartTime", is_utc=True)
    failed = fields.text(entry, "status") == "failure"
    error = metadata.get("error_information") or {}
    latency_ms, ttft_ms = span_ms(started, ended), span_ms(started, spoke)
    is_stream = ttft_ms is not None and spoke != ended
    return IncomingCall(
        external_id=fields.needed(entry, "request_id"),
        source=Source.IMPORT,
        started_at=started,
        provider=fields.text(entry, "custom_llm_provider"),
        model=fields.needed(entry, "model", "model_group"),
        usage=None if failed else _usage(entry, metadata),
        reported_usd=fields.dollars(entry, "spend") or None,
        outcome=Outcome.ERROR if failed else Outcome.OK,
        latency_ms=latency_ms,
        ttft_ms=ttft_ms if is_stream else None,
        is_stream=is_stream,
        error_kind=str(error.get("error_class") or ""),
        error_message=str(error.get("error_message") or ""),
        tags=_tags(entry),
    )


def _usage(entry: Entry, metadata: dict[str, Any]) -> Usage | None:
    told = metadata.get("usage_object") or {}
    asked = told.get("prompt_tokens_details") or {}
    answered = told.get("completion_tokens_details") or {}
    return usage_of(
        {
            "input_tokens": fields.count(entry, "prompt_tokens"),
            "output_tokens": fields.count(entry, "completion_tokens"),
            "cache_read_tokens": fields.count(told, "cache_read_input_tokens")
            or fields.count(asked, "cached_tokens"),
            "cache_write_tokens": fields.count(told, "cache_creation_input_tokens"),
            "reasoning_tokens": fields.count(answered, "reasoning_tokens"),
        }
    )


def _tags(entry: Entry) -> dict[str, str]:
    words = {
        "team": entry.get("team_id"),
        "user": entry.get("user"),
        "end_user": entry.get("end_user"),
        "call_type": entry.get("call_type"),
    }
    said = entry.get("request_tags")
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except ValueError:
            said = None
    if isinstance(said, list):
        words["request_tags"] = ", ".join(str(one) for one in said)[:100]
    return fields.tags(words)
