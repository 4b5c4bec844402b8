"""What a feature does without an experiment: the control arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.models import AIModel, Feature, PromptVersion
from registry.queries.assignments import current_revision, fallbacks_of
from registry.queries.followed_packs import followed_of


@dataclass(frozen=True)
class Control:
    """The answer in force. `revision_number` is 0 for a feature that was never
    assigned and follows the active pack."""

    ai_model: AIModel
    fallbacks: tuple[AIModel, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt_version: PromptVersion | None = None
    revision_number: int = 0


def control_of(feature: Feature) -> Control | None:
    """None for a feature that has no model. Asks the database anew."""
    revision = current_revision(feature)
    number = revision.number if revision else 0
    if revision is not None and revision.ai_model is not None:
        return Control(
            revision.ai_model,
            tuple(fallbacks_of(revision)),
            revision.parameters,
            revision.prompt_version,
            number,
        )
    fresh = Feature.objects.select_related("assignment__revision").get(pk=feature.pk)
    followed = followed_of([fresh], feature.organization).get(feature.pk)
    if followed is None or not followed.models:
        return None
    first, *others = followed.models
    return Control(
        first,
        tuple(others),
        followed.parameters,
        followed.prompt_version,
        number,
    )
