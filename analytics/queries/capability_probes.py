"""Probes of a model for pages and commands: the latest of each, and all."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from analytics.models import CapabilityProbe, ProbeState
from analytics.probes.kinds import KINDS
from registry.models import AIModel, Connection, Organization

SHOWN_HISTORY = 20


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


@dataclass(frozen=True)
class Place:
    """A connection where a model can be probed."""

    connection: Connection
    lines: list[Line]

    @property
    def is_probed(self) -> bool:
        return any(line.probe or line.open for line in self.lines)


@dataclass(frozen=True)
class ProbedPlace:
    """A model at a connection, and what counts of its probes now, in the order of
    display."""

    ai_model: AIModel
    connection: Connection
    probes: list[CapabilityProbe]

    @property
    def verified(self) -> list[str]:
        return self._labels("verified")

    @property
    def failed(self) -> list[str]:
        return self._labels("failed")

    @property
    def inconclusive(self) -> list[str]:
        return self._labels("inconclusive")

    @property
    def checked_at(self) -> datetime.datetime:
        return max(one.checked_at or one.created_at for one in self.probes)

    def _labels(self, verdict: str) -> list[str]:
        return [one.label for one in self.probes if one.verdict == verdict]


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
    return [_place(probes) for _, probes in sorted(places.items())]


def _place(rows: list[CapabilityProbe]) -> ProbedPlace:
    latest = counting(rows)
    probes = [latest[key] for key in KINDS if key in latest]
    return ProbedPlace(rows[0].ai_model, rows[0].connection, probes)


def evidence_of(
    organization: Organization, ai_model: AIModel, lines: Iterable[Line]
) -> list[CapabilityProbe]:
    """The newest probes and those that count, however old; the newest first."""
    probes = probes_of(organization, ai_model)
    newest = probes.values_list("pk", flat=True)[:SHOWN_HISTORY]
    counted = [line.probe.pk for line in lines if line.probe]
    return list(probes.filter(pk__in=[*newest, *counted]))


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
