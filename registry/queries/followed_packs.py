"""Features without an assignment of their own, which take what the active pack says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.models import AIModel, Feature, Organization, PromptVersion
from registry.resolution.loading_packs import load_packs


@dataclass(frozen=True)
class Followed:
    """What the pack `title` (`mixed-pack v3`) says for a feature. `models` are in their
    order; those that nobody knows are left out."""

    title: str
    models: tuple[AIModel, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt_version: PromptVersion | None = None


def followed_of(
    features: Iterable[Feature], organization: Organization
) -> dict[int, Followed]:
    """By the row id of the feature. No query where each has a model of its own."""
    without = {one.key: one.pk for one in features if not _has_model(one)}
    if not without:
        return {}
    found = load_packs(organization.pk).steps
    steps = {key: step for (_, key), step in found.items() if key in without}
    models = _models({pk for step in steps.values() for pk in step.model_ids})
    prompts = _prompts({one.prompt_version_id for one in steps.values()} - {None})
    return {
        without[key]: Followed(
            step.mark.title,
            tuple(models[pk] for pk in step.model_ids if pk in models),
            step.parameters,
            prompts.get(step.prompt_version_id or 0),
        )
        for key, step in steps.items()
    }


def _has_model(feature: Feature) -> bool:
    assignment = getattr(feature, "assignment", None)
    return assignment is not None and assignment.revision.ai_model_id is not None


def _models(wanted: set[int]) -> dict[int, AIModel]:
    if not wanted:
        return {}
    return AIModel.objects.select_related("provider").in_bulk(wanted)


def _prompts(wanted: set[int | None]) -> dict[int, PromptVersion]:
    if not wanted:
        return {}
    versions = PromptVersion.objects.select_related("prompt").defer("text")
    return versions.in_bulk([pk for pk in wanted if pk is not None])
