"""The best models for each kind of request, remembered. Everything comes from
memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from recommender.routing.analysis import Complexity
from recommender.routing.asked import Asked, Work
from recommender.routing.believing import NOTHING, Found, believed_at, believed_chances
from recommender.routing.choosing import Choice, RoutedModel, choose
from recommender.routing.documented import documented_success
from recommender.routing.goals import Goals
from recommender.routing.pools import Pool
from recommender.routing.task_codes import code_of
from registry.pricing import cost_of
from registry.resolution.entries import ModelEntry, PricePeriod
from registry.resolution.plan import Plan
from registry.usage import Usage

USUAL_OUTPUT_TOKENS: Final = 500
MOST_KNOWN: Final = 2_000
MOST_CHOICES: Final = 100
SHORTLIST: Final = 24
"""So many are weighed anew for each request. No more than eight are ever asked."""
LEAST_CACHED_TOKENS: Final = 1_024
"""Providers cache no shorter beginning."""
REPEATED: Final = Decimal("0.9")
"""So much of a conversation's input was there the turn before."""


class PriceLookup(Protocol):
    """The price of a model for an organisation at a moment."""

    def __call__(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None: ...


class Known(NamedTuple):
    """What an organisation found out of its models, by id; another `version` after
    each change."""

    version: int
    by_model: Mapping[int, Found]


UNREAD: Final = Known(0, {})


def nothing_found(organization_id: int) -> Known:
    return UNREAD


class Kind(NamedTuple):
    """What all requests share that are chosen for alike. `size_tokens` is rounded up to
    a power of two."""

    organization_id: int
    snapshot_version: int
    found_version: int
    pool: int
    task: str
    strength: str
    complexity: Complexity
    wishes: tuple[object, ...]
    size_tokens: int
    output_tokens: int
    hour: datetime.datetime


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The best models for a kind of work, by id, and what was chosen of them already
    while all were well, by goals."""

    models: Mapping[int, RoutedModel]
    choices: dict[Goals, Choice] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of how well any of them does."""
        return any(one.chance is not None for one in self.models.values())

    def chosen(self, goals: Goals) -> Choice:
        """The choice where all is well and nothing is tried out."""
        choice = self.choices.get(goals)
        if choice is None:
            if len(self.choices) >= MOST_CHOICES:
                self.choices.clear()
            plain = replace(goals, exploration_share=0.0)
            models = [plainly(one) for one in self.models.values()]
            choice = self.choices[goals] = choose(models, plain, "")
        return choice


def plainly(model: RoutedModel) -> RoutedModel:
    """The model for somebody who has no conversation with it."""
    saves = bool(model.cache_saving_usd)
    return replace(model, cache_saving_usd=0.0) if saves else model


@dataclass(slots=True)
class Shortlists:
    """`found`: what an organisation measured, from memory."""

    price: PriceLookup
    found: Callable[[int], Known] = nothing_found
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)
    known: dict[Kind, Shortlist] = field(default_factory=dict)

    def best(
        self, plan: Plan, pool: Pool, work: Work, asked: Asked, goals: Goals
    ) -> Shortlist:
        """The best models of the pool for work of this kind, by id; remembered for an
        hour, or until the configuration changes. Their `cache_saving_usd` is what each
        would save if the conversation were with it."""
        found = self.found(plan.organization.id)
        kind = Kind(
            plan.organization.id,
            plan.snapshot_version,
            found.version,
            pool.number,
            work.task,
            work.strength,
            work.complexity,
            goals.wishes,
            1 << max(6, asked.input_tokens.bit_length()),
            asked.max_output_tokens or USUAL_OUTPUT_TOKENS,
            self.now().replace(minute=0, second=0, microsecond=0),
        )
        known = self.known.get(kind)
        if known is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            made = self._made(pool, kind, found.by_model, goals)
            known = self.known[kind] = Shortlist(made)
        return known

    def _made(
        self, pool: Pool, kind: Kind, found: Mapping[int, Found], goals: Goals
    ) -> dict[int, RoutedModel]:
        routed = self._routed(pool.models, kind, found)
        if len(routed) <= SHORTLIST:
            return routed
        ids = {one.reference: model_id for model_id, one in routed.items()}
        lasting = replace(goals, budget_left_usd=None, exploration_share=0.0)
        plain = [plainly(one) for one in routed.values()]
        # Where the limits leave none, some are kept for their reasons.
        best = choose(plain, lasting, "").models or plain
        names = [one.reference for one in best[:SHORTLIST]]
        return {ids[name]: routed[ids[name]] for name in names}

    def _routed(
        self, models: Sequence[ModelEntry], kind: Kind, found: Mapping[int, Found]
    ) -> dict[int, RoutedModel]:
        documented = {
            one.id: documented_success(one.strengths, kind.strength, kind.complexity)
            for one in models
        }
        believed = believed_at(
            believed_chances(documented, found),
            found,
            code_of(kind.task, kind.complexity),
        )
        routed = {}
        for one in models:
            cost_usd, saving_usd = self._cost_usd(one.id, kind)
            routed[one.id] = RoutedModel(
                reference=one.reference,
                chance=believed[one.id].chance,
                cases=believed[one.id].cases,
                alike=believed[one.id].alike,
                cost_usd=cost_usd,
                cache_saving_usd=saving_usd,
                latency_ms=found.get(one.id, NOTHING).latency_ms,
            )
        return routed

    def _cost_usd(self, model_id: int, kind: Kind) -> tuple[float | None, float]:
        """What a request of this size costs, and what of it a cache would save."""
        price = self.price(kind.organization_id, model_id, kind.hour)
        if price is None:
            return None, 0.0
        size = kind.size_tokens
        plain = Usage(input_tokens=size, output_tokens=kind.output_tokens)
        cost = cost_of(plain, price.rates, kind.hour).total_usd
        if cost is None:
            return None, 0.0
        if size < LEAST_CACHED_TOKENS:
            return float(cost), 0.0
        cached = replace(plain, cache_read_tokens=int(size * REPEATED))
        less = cost_of(cached, price.rates, kind.hour).total_usd
        saving = 0.0 if less is None else float(cost - less)
        return float(cost), max(0.0, saving)
