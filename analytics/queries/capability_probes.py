"""Probes of a model for pages and commands: the latest of each, and estimates."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from analytics.models import CapabilityProbe, ProbeState
from analytics.probes.kinds import KINDS
from analytics.probes.long_context import sizes_of
from analytics.probes.probe import ModelFacts
from registry.models import AIModel, Connection, Organization
from registry.queries.model_costs import model_cost
from registry.usage import Usage

SHOWN_HISTORY = 20


@dataclass(frozen=True)
class Estimate:
    """What probes may take at most. `usd` None: no price is known."""

    calls: int
    input_tokens: int
    output_tokens: int
    usd: Decimal | None
    sizes: tuple[int, ...] = ()
    """Tokens of the texts of a long context."""


@dataclass(frozen=True)
class Line:
    """One capability of a model at a connection: documented, probed, both or neither.
    `probe` is the latest that could tell, else the latest at all."""

    key: str
    label: str
    does: str
    is_documented: bool | None
    probe: CapabilityProbe | None
    open: CapabilityProbe | None

    @property
    def is_contradicted(self) -> bool:
        failed = self.probe is not None and self.probe.verdict == "failed"
        return failed and bool(self.is_documented)


def estimate_probes(
    organization: Organization,
    ai_model: AIModel,
    capabilities: Sequence[str],
    limit_tokens: int,
    at: datetime.datetime,
) -> Estimate:
    """Of all calls, each with its whole room for an answer."""
    facts = facts_of(ai_model, limit_tokens)
    # The sizes alone: a text of a million tokens is not written to be counted.
    small = ModelFacts(context_window=facts.context_window, limit_tokens=0)
    calls = [
        one
        for key in capabilities
        for one in KINDS[key].probe.calls(small, random.Random(0))  # noqa: S311
    ]
    sizes = sizes_of(facts) if "long_context" in capabilities else []
    said = sum(one.input_tokens for one in calls) + sum(sizes)
    written = sum(one.request.max_tokens or 0 for one in calls) + 200 * len(sizes)
    usage = Usage(input_tokens=said, output_tokens=written)
    cost = model_cost(ai_model, usage, (), organization, at).cost
    count = len(calls) + len(sizes)
    return Estimate(count, said, written, cost.total_usd, tuple(sizes))


def facts_of(ai_model: AIModel, limit_tokens: int) -> ModelFacts:
    return ModelFacts(context_window=ai_model.context_window, limit_tokens=limit_tokens)


@dataclass(frozen=True)
class ProbedPlace:
    """A model at a connection, and what counts of its probes now, as labels."""

    reference: str
    connection: str
    verified: list[str]
    failed: list[str]
    inconclusive: list[str]
    checked_at: datetime.datetime


def capability_lines(connection: Connection, ai_model: AIModel) -> list[Line]:
    """Every capability that can be probed, in the order of display."""
    rows = CapabilityProbe.objects.filter(ai_model=ai_model, connection=connection)
    latest = counting(rows)
    under_way = {one.capability: one for one in rows if not one.is_over}
    stated = ai_model.capabilities
    return [
        Line(
            key,
            kind.label,
            kind.does,
            kind.documented in stated if kind.documented and stated else None,
            latest.get(key),
            under_way.get(key),
        )
        for key, kind in KINDS.items()
    ]


def counting(rows: Iterable[CapabilityProbe]) -> dict[str, CapabilityProbe]:
    """By capability, what counts of the probes of one model at one connection: the
    latest that could tell, else the latest at all."""
    latest: dict[str, CapabilityProbe] = {}
    for one in sorted(rows, key=lambda one: one.pk):
        known = latest.get(one.capability)
        if one.state == ProbeState.DONE and (
            one.verdict != "inconclusive"
            or known is None
            or known.verdict == "inconclusive"
        ):
            latest[one.capability] = one
    return latest


def probed_places(
    organization: Organization, connection: Connection | None = None
) -> list[ProbedPlace]:
    """By model and connection; `connection`: only what was probed there."""
    rows = (
        CapabilityProbe.objects.filter(organization=organization, state=ProbeState.DONE)
        .defer("evidence")
        .select_related("ai_model__provider", "connection")
    )
    if connection is not None:
        rows = rows.filter(connection=connection)
    places: dict[tuple[str, str, int], list[CapabilityProbe]] = {}
    for one in rows:
        key = (one.ai_model.reference, one.connection.label, one.connection_id)
        places.setdefault(key, []).append(one)
    return [
        _place(reference, label, list(counting(probes).values()))
        for (reference, label, _), probes in sorted(places.items())
    ]


def _place(reference: str, label: str, probes: list[CapabilityProbe]) -> ProbedPlace:
    def labels(verdict: str) -> list[str]:
        return [
            kind.label
            for key, kind in KINDS.items()
            if any(one.capability == key and one.verdict == verdict for one in probes)
        ]

    return ProbedPlace(
        reference,
        label,
        labels("verified"),
        labels("failed"),
        labels("inconclusive"),
        max(one.checked_at or one.created_at for one in probes),
    )


def probes_of(
    organization: Organization, ai_model: AIModel
) -> QuerySet[CapabilityProbe]:
    """The latest first."""
    return CapabilityProbe.objects.filter(
        organization=organization, ai_model=ai_model
    ).select_related("connection", "created_by")


def probe_connections(
    organization: Organization, ai_model: AIModel
) -> QuerySet[Connection]:
    """Where the model can be probed, as the gateway would ask them."""
    return Connection.objects.filter(
        organization=organization, provider=ai_model.provider, is_enabled=True
    ).order_by("position", "pk")
