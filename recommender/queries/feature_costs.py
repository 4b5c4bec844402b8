"""What a workload costs on the models that features use today, beside others."""

import datetime
import itertools
from collections.abc import Collection, Mapping, Sequence

from recommender.calculation import FeatureCost, Row
from registry.models import AIModel, Assignment, Feature
from registry.queries.candidates import requirements_of
from registry.requirements import ModelFacts, check

ALTERNATIVES = 2


def feature_costs(
    assignments: Sequence[Assignment],
    by_key: Mapping[int, Row],
    rows: Sequence[Row],
    enabled: Collection[int],
    today: datetime.date,
) -> tuple[FeatureCost, ...]:
    """One entry for each assigned feature. `rows` are sorted by cost; alternatives
    are enabled, fit the call and meet what the feature requires."""
    return tuple(
        FeatureCost(
            assignment.feature,
            by_key[assignment.revision.ai_model_id],
            _alternatives(assignment, rows, enabled, today),
        )
        for assignment in assignments
        if assignment.revision.ai_model_id is not None
    )


def _alternatives(
    assignment: Assignment,
    rows: Sequence[Row],
    enabled: Collection[int],
    today: datetime.date,
) -> tuple[Row, ...]:
    suitable = (
        row
        for row in rows
        if row.ai_model
        and row.is_priced
        and row.fits
        and row.ai_model.pk != assignment.revision.ai_model_id
        and _may_be_assigned(
            row.ai_model, row.ai_model.pk in enabled, assignment.feature, today
        )
    )
    return tuple(itertools.islice(suitable, ALTERNATIVES))


def _may_be_assigned(
    ai_model: AIModel, is_enabled: bool, feature: Feature, today: datetime.date
) -> bool:
    facts = ModelFacts(
        capabilities=frozenset(ai_model.capabilities),
        context_window=ai_model.context_window,
        is_enabled=is_enabled,
        is_listed=ai_model.is_listed,
        retired_on=ai_model.retired_on,
    )
    return check(requirements_of(feature), facts, today).is_met
