"""Which models the connections of an organisation offer, and what that means."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from registry.model_status import ModelStatus, Offer, best, status_of
from registry.models import AIModel, ConnectionModel, ModelSetting, Organization

OFFER = (
    "is_available",
    "is_loaded",
    "reason",
    "changed_at",
    "connection__provider__name",
    "connection__label",
    "connection__is_enabled",
    "connection__state",
    "connection__checked_at",
)
"""The fields of an Offer, in its order."""


def offers(
    organization: Organization, ai_models: Iterable[AIModel] | None = None
) -> dict[int, Offer]:
    """The offer that counts, by primary key of every model (of `ai_models`, where they
    are given) that a connection knows. One query."""
    rows = ConnectionModel.objects.filter(connection__organization=organization)
    if ai_models is not None:
        rows = rows.filter(ai_model__in=[one.pk for one in ai_models])
    ordered = rows.order_by("ai_model_id", "connection__position", "connection_id")
    found = {}
    read = ordered.values_list("ai_model_id", *OFFER)
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
