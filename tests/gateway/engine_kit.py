"""Parts to try the engine with: candidates that do as they are told, guards that let
everything through unless told otherwise, and records kept in a list."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from analytics.budget_rules import BudgetRule, model_limit
from analytics.usage_row import UsageRow
from modelhub.gateway.attempting import Services
from modelhub.gateway.call import Call
from modelhub.gateway.engine import Gateway
from modelhub.gateway.guards import BudgetExhausted, LimitReached
from modelhub.gateway.identifiers import new_id
from modelhub.gateway.pieces import Answer, Piece, RequestFacts
from registry.providers.adapter import Endpoint, ModelTraits, Timeouts
from registry.providers.errors import ModelCallError
from registry.providers.response import FinishReason
from registry.rates import Rates
from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    PricePeriod,
    RetryPolicy,
)
from registry.resolution.plan import Candidate, Plan, Selection
from registry.usage import Usage

USAGE = Usage(input_tokens=100, output_tokens=10)
PRICE = PricePeriod(
    7, Rates({"standard": {"input_mtok": "1", "output_mtok": "10"}}), None, None
)


def candidate(
    number: int,
    *,
    provider: str = "acme",
    name: str = "",
    window: int | None = 1000,
    retry: RetryPolicy | None = None,
) -> Candidate:
    """Candidate `number` of a chain, at a connection of its own."""
    name = name or f"model-{number}"
    model = ModelEntry(
        id=number,
        provider=provider,
        model_name=name,
        organization_id=None,
        traits=ModelTraits(name, context_window=window),
    )
    endpoint = Endpoint(provider, "openai", "http://127.0.0.1:1/v1")
    connection = ConnectionEntry(
        id=number,
        organization_id=1,
        label=f"place {number}",
        endpoint=endpoint,
        retry=retry or RetryPolicy(max_retries=2, timeout_s=5),
    )
    return Candidate(model, connection, position=number)


def pieces(*words: str, is_finished: bool = True) -> list[Piece]:
    """A stream that says `words` and ends well, or stops short of its end."""
    said = [Piece(payload=b"role")]
    said += [
        Piece(payload=word.encode(), text=word, has_content=True) for word in words
    ]
    if is_finished:
        said.append(Piece(payload=b"fin", finish_reason=FinishReason.STOP, usage=USAGE))
        said.append(Piece(payload=b"end", is_last=True))
    return said


def answer(text: str = "Yes.") -> Answer:
    return Answer(text.encode(), text, USAGE, FinishReason.STOP, "said-model", "up-1")


@dataclass
class Told:
    """What one candidate does, call by call: an error to raise, an answer, or pieces,
    each after a pause; the last one is repeated."""

    acts: list[ModelCallError | Answer | list[Piece | ModelCallError | float]]
    pause_s: float = 0
    calls: int = 0
    closed: int = 0
    timeouts: list[Timeouts] = field(default_factory=list)

    def act(self):
        self.calls += 1
        return self.acts[min(self.calls, len(self.acts)) - 1]


@dataclass
class ToldWays:
    """Ways to candidates that do as `told`, by candidate number."""

    told: dict[int, Told]
    facts: RequestFacts = RequestFacts(input_tokens=100)
    sent_text: str = ""

    def way_for(self, candidate: Candidate) -> ToldWay:
        return ToldWay(self.told[candidate.model.id], self.sent_text)

    def continued(self, sent_text: str) -> ToldWays:
        return replace(self, sent_text=sent_text)


@dataclass
class ToldWay:
    told: Told
    sent_text: str
    is_relayed: bool = True

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        self.told.timeouts.append(timeouts)
        act = self.told.act()
        await asyncio.sleep(self.told.pause_s)
        if isinstance(act, ModelCallError):
            raise act
        return act

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncIterator[Piece]:
        self.told.timeouts.append(timeouts)
        act = self.told.act()
        try:
            await asyncio.sleep(self.told.pause_s)
            for one in [act] if isinstance(act, ModelCallError) else act:
                if isinstance(one, ModelCallError):
                    raise one
                if isinstance(one, float):
                    await asyncio.sleep(one)
                else:
                    yield one
        finally:
            self.told.closed += 1


class Settling:
    """A permit or a hold that remembers what it was settled with."""

    def __init__(self, kept: list) -> None:
        self.kept = kept

    def settle(self, used) -> None:
        self.kept.append(used)


@dataclass
class Guards:
    """Limits, breakers and budgets that refuse whom they are told to."""

    limited: dict[int, float] = field(default_factory=dict)
    opened: dict[int, str] = field(default_factory=dict)
    broke: dict[int, str] = field(default_factory=dict)
    tokens: list[int | None] = field(default_factory=list)
    dollars: list[Decimal | None] = field(default_factory=list)
    verdicts: list[tuple[str, int]] = field(default_factory=list)

    async def acquire(self, connection, tokens, patience_s) -> Settling:
        if connection.id in self.limited:
            raise LimitReached("is at its limit", self.limited[connection.id])
        return Settling(self.tokens)

    async def admit(self, candidate: Candidate) -> str:
        return self.opened.get(candidate.model.id, "")

    def succeeded(self, candidate: Candidate) -> None:
        self.verdicts.append(("succeeded", candidate.model.id))

    def failed(self, candidate: Candidate, error: ModelCallError) -> None:
        self.verdicts.append((error.kind, candidate.model.id))

    def released(self, candidate: Candidate) -> None:
        self.verdicts.append(("released", candidate.model.id))

    def rules_for(self, touched) -> list[BudgetRule]:
        return [model_limit(1, touched.model_id, Decimal(5))]

    async def hold(self, rules, candidate, estimate_usd) -> Settling:
        if candidate.model.id in self.broke:
            raise BudgetExhausted(self.broke[candidate.model.id], 60)
        return Settling(self.dollars)


@dataclass
class Kit:
    """A gateway over told candidates, and everything that it recorded."""

    told: dict[int, Told]
    candidates: list[Candidate]
    guards: Guards = field(default_factory=Guards)
    rows: list[UsageRow] = field(default_factory=list)
    feature: FeatureEntry | None = None
    keeps_payloads: bool = False

    @property
    def ways(self) -> ToldWays:
        return ToldWays(self.told)

    @property
    def gateway(self) -> Gateway:
        services = Services(
            limits=self.guards,
            breakers=self.guards,
            budgets=self.guards,
            record=lambda row, kept: self.rows.append(row),
            price=lambda organization_id, model_id, at: PRICE,
        )
        return Gateway(services, lambda call, facts: self.plan(call))

    def plan(self, call: Call) -> Plan:
        organization = OrganizationEntry(1, "acme", self.keeps_payloads)
        return Plan(
            organization, call.selection, tuple(self.candidates), feature=self.feature
        )

    @property
    def outcomes(self) -> list[tuple[int, str, str]]:
        return [(row.ai_model_id, row.outcome, row.error_kind) for row in self.rows]


def kit(*acts: Told | Iterable, **changes) -> Kit:
    """Candidates 1, 2, … that do as the first, second, … argument says."""
    told = {
        number: one if isinstance(one, Told) else Told(list(one))
        for number, one in enumerate(acts, start=1)
    }
    candidates = changes.pop("candidates", None)
    return Kit(told, candidates or [candidate(number) for number in told], **changes)


def call(**changes) -> Call:
    asked = {"organization_id": 1, "selection": Selection(feature="chat")}
    return Call(request_id=new_id(), **(asked | changes))


async def read(stream, until: Callable[[Piece], bool] = lambda piece: False) -> str:
    """What a client gets of a stream, as text."""
    said = []
    async for piece in stream:
        said.append(piece.payload)
        if until(piece):
            break
    return b" ".join(said).decode()


def utc(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=datetime.UTC)
