"""The projected monthly cost of a switch, from the last 30 days."""

from __future__ import annotations

import datetime

from analytics.pack_projection import Projection, Workload, project
from analytics.queries.feature_use import feature_use
from registry.models import AIModel, Feature
from registry.queries.pack_difference import SwitchPlan
from registry.queries.prices import quotes


def projected_costs(
    plan: SwitchPlan, at: datetime.datetime, *, assumed: Workload | None = None
) -> Projection:
    """What a month costs now and would cost after the switch, feature by feature.
    `assumed` stands in for features without use. Five queries."""
    organization = plan.version.pack.organization
    difference = plan.difference
    ids = {
        pk
        for row in difference.rows
        for pk in (row.model_before, row.model_after)
        if pk is not None
    }
    models = AIModel.objects.filter(pk__in=ids)
    rates = {pk: quote.rates for pk, quote in quotes(models, organization, at).items()}
    features = Feature.objects.filter(organization=organization)
    return project(
        difference,
        feature_use(organization, at),
        rates,
        dict(features.values_list("key", "pk")),
        assumed=assumed,
    )
