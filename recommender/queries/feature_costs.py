"""What a workload costs on the models that features use today, beside others."""

from collections.abc import Collection, Mapping, Sequence

from recommender.calculation import FeatureCost, Row
from registry.models import AIModel, Assignment, Feature

ALTERNATIVES = 2


def feature_costs(
    assignments: Sequence[Assignment],
    by_key: Mapping[int, Row],
    rows: Sequence[Row],
    enabled: Collection[int],
) -> tuple[FeatureCost, ...]:
    """One entry for each assigned feature. `rows` are sorted by cost; alternatives
    are enabled, fit the call and meet what the feature requires."""
    return tuple(
        FeatureCost(
            assignment.feature,
            by_key[assignment.revision.ai_model_id],
            _alternatives(assignment, rows, enabled),
        )
        for assignment in assignments
        if assignment.revision.ai_model_id is not None
    )


def _alternatives(
    assignment: Assignment, rows: Sequence[Row], enabled: Collection[int]
) -> tuple[Row, ...]:
    suitable = (
        row
        for row in rows
        if row.ai_model
        and row.is_priced
        and row.fits
        and row.ai_model.pk in enabled
        and row.ai_model.pk != assignment.revision.ai_model_id
        and meets(row.ai_model, assignment.feature)
    )
    return tuple(row for row, _ in zip(suitable, range(ALTERNATIVES), strict=False))


def meets(ai_model: AIModel, feature: Feature) -> bool:
    """Whether the model is known to have what the feature requires."""
    window = ai_model.context_window or 0
    return not ai_model.missing_capabilities(
        feature.required_capabilities
    ) and window >= (feature.min_context_tokens or 0)
