"""A call that somebody else made and tells us of, before it is a row. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analytics.usage_row import Outcome, Source
from registry.usage import Usage


@dataclass(slots=True, kw_only=True)  # frozen ones take four times as long to make
class IncomingCall:
    """`external_id` is the teller's own name of the call (a span id, a log id): told
    again with the same one, it counts once. `provider` and `model` are as they were
    said (`openai`, `gpt-5-mini-2025-08-07`; `vertex_ai`, `gemini-3-flash`): intake
    finds the model of the registry, or keeps the words. `feature` is a feature's key
    or name as said; one that is not known goes into the tag `feature`. `request_id`
    groups attempts; by default each call is a request. `reported_usd` is what the
    teller says it cost, and counts as the provider's word only where
    `is_provider_cost`; otherwise the registry's price wins and it stands in for an
    unknown one."""

    external_id: str
    source: Source
    started_at: datetime.datetime
    provider: str
    model: str
    feature: str = ""
    request_id: str = ""
    attempt: int = 1
    usage: Usage | None = None
    reported_usd: Decimal | None = None
    is_provider_cost: bool = False
    outcome: Outcome = Outcome.OK
    latency_ms: float | None = None
    ttft_ms: float | None = None
    error_kind: str = ""
    error_message: str = ""
    status_code: int | None = None
    finish_reason: str = ""
    is_stream: bool = False
    provider_request_id: str = ""
    prompt_name: str = ""
    confidence: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The call at `index` of what was given, and why it was not taken."""

    index: int
    field: str
    reason: str


@dataclass(frozen=True)
class Taken:
    """What came of calls that were told. `duplicates` were known already; `unpriced`
    and `unknown_models` are among those accepted."""

    accepted: int = 0
    duplicates: int = 0
    unpriced: int = 0
    unknown_models: int = 0
    refused: tuple[Refused, ...] = ()
