"""What the pages of connections show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from registry.connection_endpoints import base_url_of
from registry.connection_facts import key_words
from registry.connection_status import Status, needs_key, status_of
from registry.models import (
    AssignmentFallback,
    AssignmentRevision,
    Connection,
    ConnectionModel,
    ModelSetting,
    Organization,
)

Use = tuple[int, int, str]
"""Provider, model, and the name of a feature that uses it."""


@dataclass(frozen=True)
class Affected:
    """Names of the features that depend on a provider, sorted: those whose model it
    serves, and those for which it is a fallback only."""

    primary: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Which features it concerns, for a person."""
        if self.primary and self.fallback:
            return (
                f"{_listed(self.primary)} {_have(self.primary)} it as primary; "
                f"{_listed(self.fallback)} as a fallback."
            )
        if self.primary:
            return f"{_listed(self.primary)} {_have(self.primary)} it as primary."
        if self.fallback:
            names = _listed(self.fallback)
            return f"No feature has it as primary; {names} as a fallback."
        return "No feature uses it."


@dataclass(frozen=True)
class ConnectionRow:
    """One connection with what stands beside it. `found` counts the models that it
    offers now, `enabled` those of them that the organisation has enabled. `is_spare`:
    another enabled connection at the provider comes before it, and there is no model
    that it alone offers."""

    connection: Connection
    status: Status
    key: str
    address: str
    found: int
    enabled: int
    is_spare: bool = False
    affected: Affected = field(default_factory=Affected)

    @property
    def needs_key(self) -> bool:
        return needs_key(self.connection)


def connections_of(organization: Organization) -> QuerySet[Connection]:
    return Connection.objects.filter(organization=organization).select_related(
        "provider", "organization"
    )


def matching(rows: QuerySet[Connection], words: str) -> QuerySet[Connection]:
    """Those with every word somewhere in provider, name or address."""
    for word in words.split():
        rows = rows.filter(
            Q(provider__name__icontains=word)
            | Q(provider__slug__icontains=word)
            | Q(label__icontains=word)
            | Q(base_url__icontains=word)
        )
    return rows


def connection_rows(
    connections: QuerySet[Connection], organization: Organization
) -> list[ConnectionRow]:
    """In the order of the list. Seven queries, however many there are."""
    found = list(connections)
    counts = _model_counts(found, organization)
    affected = affected_features(found, organization)
    first = _first_in_line(organization)
    alone = _alone_with_a_model(organization)
    return [
        ConnectionRow(
            connection=one,
            status=status_of(one),
            key=key_words(one),
            address=base_url_of(one),
            found=counts.get(one.pk, (0, 0))[0],
            enabled=counts.get(one.pk, (0, 0))[1],
            is_spare=first.get(one.provider_id, one.pk) != one.pk
            and one.pk not in alone,
            affected=affected[one.pk],
        )
        for one in found
    ]


def connection_row(connection: Connection) -> ConnectionRow:
    organization = connection.organization
    only = connections_of(organization).filter(pk=connection.pk)
    return connection_rows(only, organization)[0]


def affected_features(
    connections: Iterable[Connection], organization: Organization
) -> dict[int, Affected]:
    """The features in use that depend on each connection, by its key. Where discovery
    found a model at some connections, only these count for it. Three queries."""
    in_force = AssignmentRevision.objects.filter(
        in_force_for__isnull=False,
        feature__organization=organization,
        feature__archived_at=None,
    )
    primary = in_force.values_list(
        "ai_model__provider", "ai_model", "feature__name"
    ).exclude(ai_model=None)
    fallback = AssignmentFallback.objects.filter(revision__in=in_force).values_list(
        "ai_model__provider", "ai_model", "revision__feature__name"
    )
    firsts, others = list(primary), list(fallback)
    offers = _offers(organization, {model for _, model, _ in [*firsts, *others]})

    def depending(one: Connection, uses: list[Use]) -> set[str]:
        return {
            name
            for provider_id, model_id, name in uses
            if provider_id == one.provider_id
            and one.pk in offers.get(model_id, {one.pk})
        }

    found = {}
    for one in connections:
        first = depending(one, firsts)
        rest = depending(one, others) - first
        found[one.pk] = Affected(tuple(sorted(first)), tuple(sorted(rest)))
    return found


def offered_models(connection: Connection) -> QuerySet[ConnectionModel]:
    """What it offers or offered, with `is_enabled` for its organisation; what is there
    comes first."""
    enabled = ModelSetting.objects.filter(
        organization=connection.organization,
        ai_model=OuterRef("ai_model"),
        is_enabled=True,
    )
    return (
        ConnectionModel.objects.filter(connection=connection)
        .select_related("ai_model__provider")
        .annotate(is_enabled=Exists(enabled))
        .order_by("-is_available", "ai_model__model_name")
    )


def _model_counts(
    connections: list[Connection], organization: Organization
) -> dict[int, tuple[int, int]]:
    is_enabled = Q(
        ai_model__settings__organization=organization,
        ai_model__settings__is_enabled=True,
    )
    counted = (
        ConnectionModel.objects.filter(connection__in=connections, is_available=True)
        .values("connection")
        .annotate(
            found=Count("pk", distinct=True),
            enabled=Count("pk", distinct=True, filter=is_enabled),
        )
    )
    return {one["connection"]: (one["found"], one["enabled"]) for one in counted}


def _first_in_line(organization: Organization) -> dict[int, int]:
    """Of each provider the connection that is used: the enabled one placed first."""
    enabled = Connection.objects.filter(organization=organization, is_enabled=True)
    first: dict[int, int] = {}
    ordered = enabled.order_by("position", "pk")
    for provider_id, pk in ordered.values_list("provider_id", "pk"):
        first.setdefault(provider_id, pk)
    return first


def _alone_with_a_model(organization: Organization) -> set[int]:
    """The connections that offer something which no other enabled one does."""
    elsewhere = ConnectionModel.objects.filter(
        ai_model=OuterRef("ai_model"),
        is_available=True,
        connection__organization=organization,
        connection__is_enabled=True,
    ).exclude(connection=OuterRef("connection"))
    alone = ConnectionModel.objects.filter(
        ~Exists(elsewhere), is_available=True, connection__organization=organization
    )
    return set(alone.values_list("connection", flat=True).distinct())


def _offers(organization: Organization, model_ids: set[int]) -> dict[int, set[int]]:
    """At which connections discovery found each model, by the model's key."""
    rows = ConnectionModel.objects.filter(
        connection__organization=organization, ai_model__in=model_ids
    )
    found: dict[int, set[int]] = {}
    for model_id, connection_id in rows.values_list("ai_model", "connection"):
        found.setdefault(model_id, set()).add(connection_id)
    return found


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _have(names: tuple[str, ...]) -> str:
    return "has" if len(names) == 1 else "have"
