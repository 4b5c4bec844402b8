"""Shapes of the management API that more than one router answers with."""

import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, PlainSerializer, StringConstraints

from registry.capabilities import CAPABILITIES

DecimalText = Annotated[
    Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str)
]
"""A decimal number as text, without an exponent: JSON numbers would round money."""


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("Text cannot hold a NUL character")
    return text


def _known_capability(word: str) -> str:
    if word and word not in CAPABILITIES:
        raise ValueError(f"Unknown capability, choose from {', '.join(CAPABILITIES)}")
    return word


ShortText = Annotated[
    str,
    StringConstraints(max_length=200, strip_whitespace=True),
    AfterValidator(_without_nul),
]
CapabilityWord = Annotated[ShortText, AfterValidator(_known_capability)]


class Body(Schema):
    """What is sent in: a field that is not known is refused by its name."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(Schema):
    field: str
    detail: str


class Problem(Schema):
    """What went wrong (RFC 9457). `detail` says it in a sentence, `errors` field by
    field; `request_id` finds it in the log. `error` and `fields` repeat them for
    clients from before."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = []
    error: str
    fields: dict[str, str] = {}


class FactSource(Schema):
    """Where a fact was read, and on which day."""

    source: str
    read_on: str | None = None


class PriceOut(Schema):
    """The price in force, in US dollars per million tokens; null is not known.
    `rates` is the whole price with tiers, variants and times of day."""

    id: int
    input_usd_per_million: DecimalText | None
    output_usd_per_million: DecimalText | None
    cache_read_usd_per_million: DecimalText | None
    cache_write_usd_per_million: DecimalText | None
    is_negotiated: bool
    discount_percent: DecimalText | None
    effective_from: datetime.datetime | None
    effective_to: datetime.datetime | None
    source: str
    read_on: datetime.date | None


class ModelSummary(Schema):
    """One exact model version; null is not known. `status` is active (a usable
    connection offers it and features may use it), available (offered, not enabled),
    unavailable, or null where no connection knows the model."""

    reference: str
    name: str
    provider: str
    version: str
    family: str
    type: str
    capabilities: list[str]
    context_window: int | None
    max_output_tokens: int | None
    released_on: datetime.date | None
    is_custom: bool
    is_enabled: bool
    status: str | None
    status_reason: str | None
    status_since: datetime.datetime | None
    price: PriceOut | None


class ModelDetail(ModelSummary):
    description: str
    input_modalities: list[str]
    output_modalities: list[str]
    max_images: int | None
    requests_per_minute: int | None
    tokens_per_minute: int | None
    knowledge_cutoff: str | None
    deprecated_on: datetime.date | None
    retired_on: datetime.date | None
    is_open_weights: bool | None
    parameter_count_billions: DecimalText | None
    quantisation: str | None
    min_memory_gb: DecimalText | None
    recommended_memory_gb: DecimalText | None
    ratings: dict[str, dict[str, str | int | float | None]]
    sources: dict[str, FactSource]
    aliases: list[str]
    resolved_from: str | None
    rates: dict[str, object] | None


class AssignmentOut(Schema):
    revision: int
    model: str | None
    fallbacks: list[str]
    parameters: dict[str, object]
    prompt: str | None = None
    changed_by: str
    changed_at: datetime.datetime


class FeatureOut(Schema):
    key: str
    name: str
    description: str
    required_capabilities: list[str]
    min_context_tokens: int | None
    accuracy_level: str
    urgency: str
    budget_sensitivity: str
    stream_guarantee: str
    timeout_seconds: int
    hedge_after_ms: int | None
    version: int
    automatic_choice: dict[str, object] | None
    assignment: AssignmentOut | None
