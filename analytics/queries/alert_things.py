"""What alerts about connections and models are judged by."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.urls import reverse

from analytics.alerting.finding import Subject
from registry.circuit import Phase
from registry.connection_status import status_of
from registry.models import AIModel, CircuitState, Connection, Organization, Price
from registry.queries.prices import Quote, quote_for

MOMENT: Final = datetime.timedelta(microseconds=1)
NEW: Final = datetime.timedelta(days=7)
AHEAD: Final = datetime.timedelta(days=30)
LATELY: Final = datetime.timedelta(minutes=15)
BEHIND: Final = datetime.timedelta(days=30)


@dataclass(frozen=True)
class ConnectionHealth:
    """`state` is empty where it works. `is_known` False: not asked yet, or paused."""

    subject: Subject
    state: str
    reason: str
    is_whole: bool
    is_known: bool


def connection_health(
    organization: Organization, at: datetime.datetime
) -> list[ConnectionHealth]:
    """Of each connection: what its last check said and which of its circuits are open.
    A circuit that nothing was sent through lately says nothing. Two queries."""
    rows = Connection.objects.filter(organization=organization)
    open_circuits: dict[int, list[CircuitState]] = {}
    circuits = CircuitState.objects.filter(
        connection__organization=organization, changed_at__gt=at - LATELY
    )
    for one in circuits.exclude(state=Phase.CLOSED.value).select_related(
        "ai_model__provider"
    ):
        open_circuits.setdefault(one.connection_id, []).append(one)
    return [
        _health(one, open_circuits.get(one.pk, []))
        for one in rows.select_related("provider")
    ]


@dataclass(frozen=True)
class NewPrice:
    """What holds for the organisation before and from `price.effective_from` on."""

    ai_model: AIModel
    price: Price
    effective_from: datetime.datetime
    before: Quote
    after: Quote


def new_prices(
    organization: Organization, model_ids: Iterable[int], at: datetime.datetime
) -> list[NewPrice]:
    """Prices of these models that began lately or begin soon, or were learnt lately,
    and that change what the organisation pays."""
    recently = Q(effective_from__gt=at - NEW) | Q(created_at__gt=at - NEW)
    rows = Price.objects.filter(
        recently,
        Q(organization=None) | Q(organization=organization),
        ai_model__in=list(model_ids),
        effective_from__gt=at - BEHIND,
        effective_from__lte=at + AHEAD,
    ).select_related("ai_model__provider")
    found = (_change(organization, one) for one in rows.order_by("effective_from"))
    return [one for one in found if one is not None]


def retiring(
    organization: Organization, model_ids: Iterable[int], until: datetime.date
) -> list[AIModel]:
    rows = AIModel.objects.visible_to(organization).filter(
        pk__in=list(model_ids), retired_on__lte=until
    )
    return list(rows.select_related("provider").order_by("retired_on", "pk"))


def _change(organization: Organization, price: Price) -> NewPrice | None:
    begins = price.effective_from
    if begins is None:
        return None
    before = quote_for(price.ai_model, organization, begins - MOMENT)
    after = quote_for(price.ai_model, organization, begins)
    if before is None or after is None:
        return None
    if before.rates.document == after.rates.document:
        return None
    return NewPrice(price.ai_model, price, begins, before, after)


def _health(connection: Connection, circuits: list[CircuitState]) -> ConnectionHealth:
    address = reverse("registry:connection_detail", args=[connection.pk])
    name = f"{connection.provider.name}, {connection.label}"
    subject = Subject(f"connection:{connection.pk}", name, address)
    is_known = connection.is_enabled and connection.checked_at is not None
    status = status_of(connection)
    if connection.is_enabled and status.is_wrong:
        return ConnectionHealth(subject, status.label, status.reason, True, is_known)
    if connection.is_enabled and circuits:
        models = ", ".join(sorted(one.ai_model.reference for one in circuits))
        reason = f"Circuit open for {models}. {circuits[0].last_error}".strip()
        state = "some models do not answer"
        return ConnectionHealth(subject, state, reason, False, is_known=True)
    return ConnectionHealth(subject, "", "", True, is_known)
