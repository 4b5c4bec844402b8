"""One call of the gateway: what was asked, how it went, and how it can fail."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.usage_row import Outcome, Source
from modelhub.gateway.pieces import Answer
from registry.cost import Cost
from registry.providers.errors import ModelCallError
from registry.providers.response import FinishReason
from registry.resolution.plan import Candidate, Selection
from registry.usage import Usage

DEFAULT_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks for what. None in `stream_guarantee`, `timeout_s` and `hedge_after_ms`:
    as the feature says. `request_text` is kept only where the organisation keeps
    prompts and answers. `max_repairs` bounds the further tries at a schema.
    `variables` are the values for the system prompt of the assignment. `user` and
    `conversation` are whoever keeps the arm of an experiment, in the client's own
    words."""

    organization_id: int
    selection: Selection
    request_id: uuid.UUID
    token_id: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)
    stream_guarantee: str | None = None
    timeout_s: float | None = None
    hedge_after_ms: int | None = None
    max_repairs: int = 2
    request_text: str | bytes = ""
    source: Source = Source.GATEWAY
    user: str = ""
    conversation: str = ""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One call of one candidate, as it went."""

    number: int
    candidate: Candidate
    started_at: datetime.datetime
    outcome: Outcome
    cost: Cost
    usage: Usage | None = None
    finish_reason: FinishReason | None = None
    error: ModelCallError | None = None
    ttft_ms: float | None = None
    latency_ms: float | None = None
    model_name: str = ""
    provider_request_id: str = ""

    @property
    def line(self) -> str:
        """What happened, as one line of a trace."""
        name = f"{self.candidate.model.reference} at {self.candidate.connection.label}"
        if self.error is not None:
            said = f"{self.error.kind}: {self.error.message}"
            return f"Attempt {self.number}: {name} failed ({said})"
        if self.outcome is Outcome.OK:
            return f"Attempt {self.number}: {name} answered."
        return f"Attempt {self.number}: {name}: {self.outcome.replace('_', ' ')}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A whole answer with everything about how it came. `cost` is that of all
    attempts together."""

    answer: Answer
    attempts: tuple[Attempt, ...]
    cost: Cost
    request_id: uuid.UUID
    trace: tuple[str, ...] = ()

    @property
    def answered(self) -> Attempt:
        return self.attempts[-1]

    @property
    def reference(self) -> str:
        return self.answered.candidate.model.reference


class GatewayError(Exception):
    """Nobody answered. `status` is the HTTP status that a client gets, `code` a word
    for programs; `cause` the first real error of a provider. `is_retryable` says
    whether the same request may succeed a little later; `opens_at` is when the budget
    opens again that is in the way."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        retry_after_s: float | None = None,
        cause: ModelCallError | None = None,
        attempts: tuple[Attempt, ...] = (),
        trace: tuple[str, ...] = (),
        choices: tuple[str, ...] = (),
        is_retryable: bool = False,
        opens_at: datetime.datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.cause = cause
        self.attempts = attempts
        self.trace = trace
        self.choices = choices
        self.is_retryable = is_retryable
        self.opens_at = opens_at
