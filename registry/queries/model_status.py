"""Which models the connections of an organisation offer, and what that means."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max

from registry.model_status import ModelStatus, Offer, best, status_of
from registry.models import AIModel, ConnectionModel, ModelSetting, Organization

CONNECTION: Final = (
    "connection__provider__name",
    "connection__label",
    "connection__is_enabled",
    "connection__state",
    "connection__checked_at",
)
OFFER: Final = ("is_available", "is_loaded", "reason", "changed_at", *CONNECTION)
"""The fields of an Offer, in its order."""


def all_offers(organization: Organization) -> dict[int, Offer]:
    """The offer that counts, by primary key of every model that a connection knows.
    One query with one row a connection, whose models share their Offer: `changed_at` is
    of the latest among them, and `reason` and `is_loaded` are left open."""
    rows = (
        ConnectionModel.objects.filter(connection__organization=organization)
        .order_by("connection__position", "connection_id")
        .values_list("is_available", *CONNECTION)
        .annotate(changed=Max("changed_at"), pks=ArrayAgg("ai_model_id"))
    )
    groups = [
        (Offer(is_available, None, "", changed, *facts), pks)
        for is_available, *facts, changed, pks in rows
    ]
    found: dict[int, Offer] = {}
    # What is written last counts: a usable offer, and of several the first.
    groups.reverse()
    groups.sort(key=lambda group: group[0].is_usable)
    for offer, pks in groups:
        found |= dict.fromkeys(pks, offer)
    return found


def offers(
    organization: Organization, ai_models: Iterable[AIModel]
) -> dict[int, Offer]:
    """The offer that counts, by primary key of each of `ai_models` that a connection
    knows. One query."""
    rows = ConnectionModel.objects.filter(
        connection__organization=organization,
        ai_model__in=[one.pk for one in ai_models],
    ).order_by("ai_model_id", "connection__position", "connection_id")
    found = {}
    read = rows.values_list("ai_model_id", *OFFER)
    for pk, group in groupby(read, key=itemgetter(0)):
        offer = best(Offer(*row[1:]) for row in group)
        if offer is not None:
            found[pk] = offer
    return found


def statuses(
    organization: Organization,
    ai_models: Iterable[AIModel],
    now: datetime.datetime,
    enabled: Collection[int] | None = None,
) -> dict[int, ModelStatus]:
    """The status of each model by primary key. One query where the primary keys of
    `enabled` models are known already, else two."""
    models = list(ai_models)
    if enabled is None:
        enabled = enabled_among(organization, models)
    return statuses_of(models, enabled, offers(organization, models), now)


def enabled_among(organization: Organization, models: list[AIModel]) -> set[int]:
    """The primary keys of those of `models` that `organization` has enabled."""
    rows = ModelSetting.objects.filter(
        organization=organization, ai_model__in=models, is_enabled=True
    )
    return set(rows.values_list("ai_model_id", flat=True))


def statuses_of(
    ai_models: Iterable[AIModel],
    enabled: Collection[int],
    offered: Mapping[int, Offer],
    now: datetime.datetime,
) -> dict[int, ModelStatus]:
    """The same where `enabled` and `offered` have been read already. No query."""
    return {
        one.pk: status_of(
            offered.get(one.pk),
            is_enabled=one.pk in enabled,
            now=now,
            retired_on=one.retired_on,
            is_listed=one.is_listed,
        )
        for one in ai_models
    }
