"""The recommendation for a feature over every model of the catalogue, each as if it
were enabled, with a month of the feature's own calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from analytics.services.day_rollups import close_days
from analytics.services.partitions import ensure_partitions
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from modelhub.bench.timing import Measurement, measure
from modelhub.bench.usage_rows import fill, make_organization
from recommender.queries.recommending import (
    recommend_for_budget,
    recommend_for_feature,
)
from recommender.recommending.asked import Constraints, ExpectedUse
from registry.models import (
    AIModel,
    Assignment,
    AssignmentRevision,
    Feature,
    Organization,
)

MONTH: Final = timedelta(days=30)
ROWS: Final = 50_000
FEATURES: Final = 3
TARGET_MS: Final = 100
FEWEST_MODELS: Final = 2_000


def measure_recommendations(runs: int) -> Iterator[Measurement]:
    """Needs the catalogue: run it after a sync."""
    organization, models = _organization()
    features = [
        _assigned(one, models[number])
        for number, one in enumerate(organization.features.order_by("pk")[:FEATURES])
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    count = AIModel.objects.count()
    if count < FEWEST_MODELS:
        raise CommandError(f"The catalogue has only {count} models to measure with.")
    for feature in features:
        found = recommend_for_feature(feature, is_any_model=True)
        yield Measurement(
            f"Recommendation for {feature.key}",
            measure(
                partial(recommend_for_feature, feature, is_any_model=True), runs=runs
            ),
            TARGET_MS,
            note=f"{found.looked_at:,} models, {found.possible:,} possible",
        )
    yield Measurement(
        "Recommendation for a budget",
        measure(
            partial(
                recommend_for_budget,
                organization,
                Decimal(200),
                ExpectedUse(requests=50_000),
                constraints=Constraints(is_any_model=True),
            ),
            runs=runs,
        ),
        TARGET_MS,
        note=f"{count:,} models",
    )


def _organization() -> tuple[Organization, list[int]]:
    """With a month of calls, summed up, and the ids of its models."""
    now = timezone.now()
    organization, models = make_organization()
    ensure_partitions(2, now=now - MONTH)
    fill(organization, models, now - MONTH, MONTH, ROWS)
    mark_all_dirty(organization_id=organization.pk)
    roll_up(organization_id=organization.pk)
    close_days(organization, now=now)
    return organization, models


def _assigned(feature: Feature, model_id: int) -> Feature:
    revision = AssignmentRevision.objects.create(
        feature=feature, number=1, ai_model_id=model_id, actor_label="bench"
    )
    Assignment.objects.create(feature=feature, revision=revision, revision_number=1)
    return feature
