"""One model call as it is recorded: every attempt, good or bad. Pure."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from registry.cost import Cost
from registry.usage import Usage

MOST_TAGS: Final = 16
LONGEST_TAG: Final = 100
"""Characters of a tag's name, and of its value."""


class Outcome(StrEnum):
    """`truncated`: cut before its end; `cancelled`: the client left; `lost_race`:
    another candidate spoke first (hedging)."""

    OK = "ok"
    ERROR = "error"
    TRUNCATED = "truncated"
    CANCELLED = "cancelled"
    LOST_RACE = "lost_race"


class Source(StrEnum):
    """Where a call was told of. Calls that ModelHub makes for itself (`playground`,
    `benchmark`, `probe`) are real calls that cost money."""

    GATEWAY = "gateway"
    OTLP = "otlp"
    API = "api"
    IMPORT = "import"
    PLAYGROUND = "playground"
    BENCHMARK = "benchmark"
    PROBE = "probe"


class UsageRow(msgspec.Struct, frozen=True, kw_only=True):
    """`request_id` is shared by all attempts of one request; `attempt` counts from 1.
    `usage` is None where nothing was reported and nothing could be estimated; `cost`
    is frozen as it was computed, with `price_id` of the price row it came from.
    `error_kind` is the `kind` of a ModelCallError. `answered` marks the attempt whose
    answer the client got. `model_name` is what the provider says answered, only where
    that differs from the model asked for; where `ai_model_id` is None the model is in
    no catalogue, and `model_name` is what was said, as `provider/name`. `task_code` is
    the kind of work, where it was looked at (`recommender.routing.task_codes`) and NULL
    where not. `arm_id` is the
    arm of an experiment that decided about the request; all its attempts have it, those
    of fallbacks too; `unit_hash` is that of the user or conversation that keeps it.
    `trace` says line by line what is worth telling (skipped candidates, dropped
    parameters); it is empty in the usual case."""

    id: uuid.UUID
    request_id: uuid.UUID
    attempt: int
    started_at: datetime.datetime
    organization_id: int
    ai_model_id: int | None
    connection_id: int | None
    cost: Cost
    outcome: Outcome
    source: Source = Source.GATEWAY
    feature_id: int | None = None
    token_id: int | None = None
    pack_version_id: int | None = None
    prompt_version_id: int | None = None
    arm_id: int | None = None
    unit_hash: int | None = None
    task_code: int | None = None
    assignment_revision: int | None = None
    usage: Usage | None = None
    price_id: int | None = None
    ttft_ms: float | None = None
    latency_ms: float | None = None
    error_kind: str = ""
    error_code: str = ""
    error_message: str = ""
    status_code: int | None = None
    finish_reason: str = ""
    is_stream: bool = False
    is_relayed: bool = False
    answered: bool = False
    model_name: str = ""
    provider_request_id: str = ""
    trace: tuple[str, ...] = ()
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
