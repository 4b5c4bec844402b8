"""From a selection to the models that may answer it, in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.resolution.entries import (
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    PromptEntry,
)
from registry.resolution.naming import model_named, shown, similar
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.snapshot import Snapshot

MOST_CHOSEN: Final = 8
"""An automatic choice asks at most so many models, one after the other."""
CHAT: Final = "text_generation"
SOMETHING_ELSE: Final = frozenset({"embedding", "image_generation", "audio"})
ORDER: Final = (
    "Order: the model of most features first, then the fallback of most, then by name."
)
NO_FEATURES: Final = "There are no features yet."


@dataclass(frozen=True, slots=True)
class Step:
    """A model of a chain. `position` is 1 for the one that was asked for; `model` is
    None for an id that the snapshot does not know."""

    model: ModelEntry | None
    position: int
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chain:
    """Models in their order, why it is this one, and the feature they answer for."""

    steps: tuple[Step, ...]
    trace: tuple[str, ...]
    feature: FeatureEntry | None = None
    prompt: PromptEntry | None = None


def chain_of(
    snapshot: Snapshot, organization: OrganizationEntry, selection: Selection
) -> Chain:
    """The models that `selection` means to the organisation, whether or not they can
    be called now. Raises NotResolved."""
    _check_one_wish(selection)
    if selection.feature:
        return _of_feature(snapshot, organization, selection.feature)
    if selection.model:
        return _of_model(snapshot, organization, selection.model)
    return _of_choice(snapshot, organization, selection.provider)


def _check_one_wish(selection: Selection) -> None:
    wishes = [
        bool(selection.feature),
        bool(selection.model),
        bool(selection.provider),
        selection.is_auto,
    ]
    if sum(wishes) > 1:
        raise NotResolved(
            "Ask for a feature, a model, a provider or auto: one of them."
        )
    if not any(wishes):
        raise NotResolved("No model is named: ask for a feature, a model or auto.")


def _of_feature(snapshot: Snapshot, organization: OrganizationEntry, key: str) -> Chain:
    feature = snapshot.feature(organization.id, key)
    if feature is None:
        raise _no_feature(snapshot, organization, key)
    if feature.is_archived:
        raise NotResolved(f"The feature {key} is archived. Restore it to use it.")
    if not feature.model_ids:
        raise NotResolved(f"The feature {key} has no model yet. Assign one to it.")
    steps = _steps(snapshot, organization, feature.model_ids, feature.parameters)
    first = steps[0].model
    name = first.reference if first else "a model that is gone"
    more = len(steps) - 1
    ending = f" with {more} fallback{'s' * (more > 1)}" if more else " without fallback"
    said = f"{key} is assigned to {name} (r{feature.revision_number}){ending}."
    defaults = _default_lines(organization, steps, feature.parameters)
    prompt = feature.prompt
    spoken = [f"Its system prompt is {prompt.title}."] if prompt else []
    return Chain(steps, (said, *spoken, *defaults), feature, prompt)


def _no_feature(
    snapshot: Snapshot, organization: OrganizationEntry, key: str
) -> NotResolved:
    keys = [
        one.key for one in snapshot.features_of(organization.id) if not one.is_archived
    ]
    close = similar(key, keys)
    meant = f" Did you mean {' or '.join(close)}?" if close else ""
    hint = meant or ("" if keys else f" {NO_FEATURES}")
    return NotResolved(
        f"No feature is called {shown(key)}.{hint}",
        tuple(f"feature:{one}" for one in close),
    )


def _of_model(snapshot: Snapshot, organization: OrganizationEntry, word: str) -> Chain:
    named = model_named(snapshot, organization, word)
    model = named.model
    if model.id not in organization.enabled_model_ids:
        raise NotResolved(f"{model.reference} is not enabled for {organization.title}.")
    fallbacks = organization.default_fallbacks.get(model.id, ())
    steps = _steps(snapshot, organization, (model.id, *fallbacks), {})
    trace = list(named.trace or (f"{model.reference} was asked for.",))
    if len(steps) > 1:
        listed = ", ".join(one.model.reference for one in steps[1:] if one.model)
        trace.append(f"Its default fallbacks follow: {listed}.")
    return Chain(steps, (*trace, *_default_lines(organization, steps, {})))


def _of_choice(
    snapshot: Snapshot, organization: OrganizationEntry, provider: str
) -> Chain:
    """The enabled models (of one provider). Until a recommender chooses, what is
    proven in most features goes first."""
    enabled = [
        one
        for one in snapshot.enabled_models(organization.id)
        if provider in {"", one.provider} and _writes_text(one)
    ]
    where = f" of {provider}" if provider else ""
    if not enabled:
        wanted = shown(provider)
        of_provider = f" of the provider {wanted}" if provider else ""
        raise NotResolved(
            f"No model{of_provider} that writes text is enabled for "
            f"{organization.title}."
        )
    ranked = sorted(enabled, key=lambda one: _rank(organization, one))
    steps = _steps(snapshot, organization, [one.id for one in ranked], {})
    said = f"{len(enabled)} enabled model{'s' * (len(enabled) > 1)}{where} may answer."
    trace = (said, ORDER, *_default_lines(organization, steps, {}))
    return Chain(steps, trace)


def _writes_text(model: ModelEntry) -> bool:
    """An embedding or image model never answers a chat by somebody else's choice."""
    capabilities = model.traits.capabilities
    return CHAT in capabilities or not capabilities & SOMETHING_ELSE


def _rank(organization: OrganizationEntry, model: ModelEntry) -> tuple[int, int, str]:
    first, later = organization.use_counts.get(model.id, (0, 0))
    return -first, -later, model.reference


def _steps(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    model_ids: Iterable[int],
    parameters: Mapping[str, object],
) -> tuple[Step, ...]:
    defaults = organization.default_parameters
    return tuple(
        Step(
            snapshot.model(model_id),
            position,
            {**defaults.get(model_id, {}), **parameters},
        )
        for position, model_id in enumerate(model_ids, start=1)
    )


def _default_lines(
    organization: OrganizationEntry,
    steps: tuple[Step, ...],
    parameters: Mapping[str, object],
) -> list[str]:
    """One sentence for each model whose own defaults take effect."""
    lines = []
    for step in steps:
        if step.model is None:
            continue
        defaults = organization.default_parameters.get(step.model.id, {})
        words = [
            f"{name} {value}"
            for name, value in defaults.items()
            if name not in parameters
        ]
        if words:
            reference = step.model.reference
            lines.append(f"Defaults of {reference} apply: {', '.join(words)}.")
    return lines
