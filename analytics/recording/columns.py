"""A call as the columns of its table rows. Pure."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Final

import msgspec

from analytics.cost_text import breakdown_text
from analytics.recording.calls import Call
from analytics.token_counts import COLUMNS, stored_counts
from analytics.usage_row import UsageRow

ROW_COLUMNS: Final = (
    "id",
    "request_id",
    "started_at",
    "organization_id",
    "ai_model_id",
    "feature_id",
    "connection_id",
    "token_id",
    "price_id",
    "pack_version_id",
    "prompt_version_id",
    "arm_id",
    "unit_hash",
    *COLUMNS,
    "ttft_ms",
    "latency_ms",
    "assignment_revision",
    "task_code",
    "attempt",
    "status_code",
    "is_stream",
    "is_relayed",
    "answered",
    "cost_usd",
    "outcome",
    "cost_state",
    "source",
    "finish_reason",
    "error_kind",
    "error_code",
    "error_message",
    "provider_request_id",
    "model_name",
    "breakdown",
    "trace",
    "other_counts",
    "tags",
)
PAYLOAD_COLUMNS: Final = (
    "organization_id",
    "request_id",
    "attempt",
    "request_text",
    "answer_text",
    "is_truncated",
    "created_at",
    "expires_at",
)
TRACE_LENGTH: Final = 4000
JSON: Final = msgspec.json.Encoder()


def row_values(call: Call) -> tuple[object, ...]:
    """The values of `ROW_COLUMNS`; texts cut to what their columns hold. Raises
    ValueError for a call that makes no sense."""
    row, cost = call.row, call.row.cost
    if row.started_at.tzinfo is None:
        raise ValueError("started_at needs a time zone.")
    counts, others = stored_counts(row.usage)
    return (
        *_ids(row),
        *counts,
        None if row.ttft_ms is None else round(row.ttft_ms),
        None if row.latency_ms is None else round(row.latency_ms),
        row.assignment_revision,
        row.task_code,
        row.attempt,
        row.status_code,
        row.is_stream,
        row.is_relayed,
        row.answered,
        cost.total_usd,
        # `value` is a property, at twenty times the price.
        row.outcome._value_,
        cost.state._value_,
        row.source._value_,
        row.finish_reason and stored_text(row.finish_reason, 20),
        row.error_kind and stored_text(row.error_kind, 24),
        row.error_code and stored_text(row.error_code, 40),
        row.error_message and stored_text(row.error_message, 300),
        row.provider_request_id and provider_request_text(row.provider_request_id),
        row.model_name and stored_text(row.model_name, 200),
        stored_text(breakdown_text(cost)),
        stored_text("\n".join(row.trace), TRACE_LENGTH) if row.trace else "",
        _json(others) if others else None,
        _json(row.tags) if row.tags else None,
    )


def _ids(row: UsageRow) -> tuple[object, ...]:
    return (
        row.id,
        row.request_id,
        row.started_at,
        row.organization_id,
        row.ai_model_id,
        row.feature_id,
        row.connection_id,
        row.token_id,
        row.price_id,
        row.pack_version_id,
        row.prompt_version_id,
        row.arm_id,
        row.unit_hash,
    )


def payload_values(call: Call) -> tuple[object, ...] | None:
    """The values of `PAYLOAD_COLUMNS`, where the call has a payload."""
    row, payload = call.row, call.payload
    if payload is None:
        return None
    return (
        row.organization_id,
        row.request_id,
        row.attempt,
        stored_text(payload.request.decode("utf-8", "replace")),
        stored_text(payload.answer.decode("utf-8", "replace")),
        payload.is_truncated,
        row.started_at,
        row.started_at + datetime.timedelta(days=payload.days),
    )


def provider_request_text(name: str) -> str:
    return stored_text(name, 120)


def stored_text(value: str, length: int | None = None) -> str:
    """PostgreSQL keeps no NUL in a text, nor half a surrogate pair."""
    clean = value.replace("\x00", "\ufffd")[:length]
    return clean if clean.isascii() else clean.encode("utf-8", "replace").decode()


def _json(value: Mapping[str, object]) -> str:
    try:
        text = JSON.encode(value).decode()
    except UnicodeEncodeError:
        # Half a surrogate pair.
        text = json.dumps(value, separators=(",", ":"))
    return stored_text(text).replace("\\u0000", "\\ufffd")
