"""The real parts of the gateway, put together for one process and event loop."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass, field, replace
from typing import Final

import httpx2
from django.utils import timezone

from analytics.recorder import Recorder, recorder
from modelhub.gateway.announced_book import AnnouncedBook
from modelhub.gateway.attempting import Services
from modelhub.gateway.breakers import make_breakers
from modelhub.gateway.breakers.breakers import SharedBreakers
from modelhub.gateway.budgets import make_budgets
from modelhub.gateway.budgets.budgets import LeasedBudgets
from modelhub.gateway.call import Call
from modelhub.gateway.choosing import BudgetSight, TaskNotes, asked_of
from modelhub.gateway.engine import Gateway
from modelhub.gateway.experiment_book import experiment_book, with_arm
from modelhub.gateway.limits import make_rate_limits
from modelhub.gateway.limits.limits import SharedRateLimits
from modelhub.gateway.measured_book import MeasuredBook
from modelhub.gateway.pieces import RequestFacts
from recommender.experimenting.running import Experiments
from recommender.routing.classifier import shipped_classifier
from recommender.routing.measuring import found_of
from recommender.routing.selecting import Selector
from recommender.routing.shortlists import Shortlists
from registry.provider_client import provider_client
from registry.providers.adapter import Endpoint, ProviderAdapter
from registry.providers.adapters import adapter_for
from registry.resolution.entries import PricePeriod
from registry.resolution.plan import Candidate, NotResolved, Plan, Selection
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Snapshot
from registry.resolution.source import SnapshotSource, snapshot_source

MOST_ADAPTERS: Final = 500
"""Endpoints come and go; what is remembered of them is bounded."""


class AdapterPool:
    """The adapter of each endpoint, made once; all share one HTTP client."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self._made: dict[object, ProviderAdapter] = {}

    def __call__(self, endpoint: Endpoint) -> ProviderAdapter:
        # Keyed by all that an adapter is made of: a changed key makes a new one.
        key = (
            endpoint.provider,
            endpoint.dialect,
            endpoint.base_url,
            endpoint.api_key,
            endpoint.key_header,
            endpoint.quirks,
            frozenset(endpoint.headers.items()),
        )
        adapter = self._made.get(key)
        if adapter is None:
            if len(self._made) >= MOST_ADAPTERS:
                self._made.clear()
            adapter = self._made[key] = adapter_for(endpoint, self.client)
        return adapter


@dataclass(frozen=True)
class Parts:
    """A running gateway and what belongs to it."""

    gateway: Gateway
    adapters: AdapterPool
    source: SnapshotSource
    limits: SharedRateLimits
    breakers: SharedBreakers
    budgets: LeasedBudgets
    recorder: Recorder
    measured: MeasuredBook
    selector: Selector
    experiments: AnnouncedBook[Experiments]

    @property
    def snapshot(self) -> Snapshot:
        return self.source.current

    async def close(self) -> None:
        """Give back what was leased, write what was recorded, close what is open."""
        await self.limits.close()
        await self.breakers.close()
        await self.budgets.close()
        await self.adapters.client.aclose()
        await asyncio.to_thread(self.measured.close)
        await asyncio.to_thread(self.experiments.stop)
        await asyncio.to_thread(self.recorder.flush)


async def open_parts() -> Parts:
    """Load the configuration and start every part. Raises ConfigurationNotLoaded."""
    source = await asyncio.to_thread(snapshot_source().start)
    # Read here: no request is to wait for a file.
    await asyncio.to_thread(shipped_classifier)
    limits, breakers, budgets = make_rate_limits(), make_breakers(), make_budgets()
    await limits.start()
    await breakers.start()
    await budgets.start()
    experiments = experiment_book()
    await asyncio.to_thread(experiments.start)
    keeper = recorder()
    measured = MeasuredBook(lambda pk: found_of(pk, timezone.now()))
    price = Prices(source)
    selector = Selector(
        Shortlists(price, measured),
        is_quiet=breakers.is_quiet,
        load=limits.load,
        budget=BudgetSight(budgets),
    )
    resolver = Resolver(source, selector, experiments)
    services = Services(
        limits=limits,
        breakers=breakers,
        budgets=budgets,
        record=keeper.record,
        price=price,
        instead=resolver.instead,
    )
    return Parts(
        gateway=Gateway(services, resolver),
        adapters=AdapterPool(provider_client()),
        source=source,
        limits=limits,
        breakers=breakers,
        budgets=budgets,
        recorder=keeper,
        measured=measured,
        selector=selector,
        experiments=experiments,
    )


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of a model at the snapshot of the moment."""

    source: SnapshotSource

    def __call__(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None:
        return self.source.current.price(organization_id, model_id, at)


@dataclass(frozen=True)
class Resolver:
    """Resolves a call at the snapshot of the moment."""

    source: SnapshotSource
    selector: Selector
    experiments: AnnouncedBook[Experiments]
    tasks: TaskNotes = field(default_factory=TaskNotes)

    def __call__(self, call: Call, facts: RequestFacts) -> Plan:
        snapshot = self.source.current

        def arrange(plan: Plan) -> Plan:
            return self.selector.arranged(plan, asked_of(call, facts))

        def find(selection: Selection) -> Plan:
            return resolve(
                snapshot,
                call.organization_id,
                selection,
                input_tokens=facts.input_tokens,
                max_output_tokens=facts.max_output_tokens,
                needed_capabilities=facts.needed_capabilities,
                arrange=arrange,
            )

        plan = with_arm(find(call.selection), call, self.experiments, find)
        return self.tasks.noted(plan, call, facts)

    def instead(
        self, plan: Plan, facts: RequestFacts, candidate: Candidate, model_id: int
    ) -> Candidate | None:
        """The model alone, with the parameters and the prompt of the feature."""
        snapshot = self.source.current
        model = snapshot.catalog.models.get(model_id)
        if model is None:
            return None
        try:
            found = resolve(
                snapshot,
                plan.organization.id,
                Selection(model=model.reference, has_fallback=False),
                input_tokens=facts.input_tokens,
                max_output_tokens=facts.max_output_tokens,
                needed_capabilities=facts.needed_capabilities,
            )
        except NotResolved:
            return None
        if not found.candidates:
            return None
        own = plan.feature.parameters if plan.feature else {}
        return replace(
            found.candidates[0],
            parameters={**found.candidates[0].parameters, **own},
            position=candidate.position,
            source="budget",
            prompt=candidate.prompt,
            system=candidate.system,
        )
