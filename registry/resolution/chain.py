"""From a selection to the models that may answer it, in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.profiles.needs import NO_NEEDS
from registry.resolution.entries import (
    FeatureEntry,
    OrganizationEntry,
    PromptEntry,
)
from registry.resolution.naming import model_named, shown, similar
from registry.resolution.overlaying import Overlay, overlay_of
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.snapshot import Snapshot
from registry.resolution.stages import (
    Stage,
    Step,
    choice_stage,
    last_resorts,
    needs_of,
    numbered,
    preferred,
    rank,
    writes_text,
)

MOST_CHOSEN: Final = 8
"""An automatic choice asks at most so many models, one after the other."""
ORDER: Final = (
    "Order: the model of most features first, then the fallback of most, then by name."
)
NO_FEATURES: Final = "There are no features yet."


@dataclass(frozen=True, slots=True)
class Chain:
    """Models in their order, step by step, and why it is this one; the feature they
    answer for, and the profile that lies over it."""

    stages: tuple[Stage, ...]
    feature: FeatureEntry | None = None
    overlay: Overlay | None = None
    prompt: PromptEntry | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided for a feature itself. `said` is why, as a sentence."""

    source: str
    model_ids: tuple[int, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    said: str = ""
    prompt: PromptEntry | None = None


def chain_of(
    snapshot: Snapshot, organization: OrganizationEntry, selection: Selection
) -> Chain:
    """The models that `selection` means to the organisation, whether or not they can
    be called now. Raises NotResolved."""
    _check_one_wish(selection)
    overlay = overlay_of(snapshot, organization.id, selection)
    if selection.feature:
        return _of_feature(snapshot, organization, selection.feature, overlay)
    if selection.model:
        return _of_model(snapshot, organization, selection.model)
    return _of_choice(snapshot, organization, selection.provider, overlay)


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


def _of_feature(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    key: str,
    overlay: Overlay | None,
) -> Chain:
    feature = snapshot.feature(organization.id, key)
    if feature is None:
        raise _no_feature(snapshot, organization, key)
    if feature.is_archived:
        raise NotResolved(f"The feature {key} is archived. Restore it to use it.")
    decided = _decided(snapshot, organization, feature)
    parameters = {
        **(decided.parameters if decided else {}),
        **(overlay.parameters if overlay else {}),
    }
    stages = []
    if overlay is not None:
        stages.append(preferred(snapshot, organization, overlay, parameters))
    if decided is not None:
        stages.append(
            _decided_stage(snapshot, organization, feature, decided, parameters)
        )
    if feature.choice is not None:
        stages.append(choice_stage(snapshot, organization, feature, parameters))
    stages += last_resorts(snapshot, organization, feature, parameters)
    if not any(stage.steps for stage in stages):
        raise NotResolved(f"The feature {key} has no model yet. Assign one to it.")
    prompt = decided.prompt if decided else None
    return Chain(numbered(stages), feature, overlay, prompt)


def _decided(
    snapshot: Snapshot, organization: OrganizationEntry, feature: FeatureEntry
) -> Decided | None:
    """The organisation's assignment, by hand or by a pack; failing that, the active
    pack; failing that, nothing is decided."""
    if not feature.model_ids:
        return None
    first = snapshot.model(feature.model_ids[0])
    name = first.reference if first else "a model that is gone"
    more = len(feature.model_ids) - 1
    ending = f" with {more} fallback{'s' * (more > 1)}" if more else " without fallback"
    return Decided(
        "pack" if feature.pack else "assignment",
        feature.model_ids,
        feature.parameters,
        _why_assigned(organization, feature, name, ending),
        feature.prompt,
    )


def _why_assigned(
    organization: OrganizationEntry, feature: FeatureEntry, name: str, ending: str
) -> str:
    """Who says which model answers: a pack, or somebody by hand."""
    key, pack, active = feature.key, feature.pack, organization.active_pack
    if pack and feature.is_unassigned:
        follows = f"It follows the active pack {pack.title}: {name}{ending}."
        return f"{key} has no assignment of its own. {follows}"
    number = f"(r{feature.revision_number})"
    if pack:
        return f"{key} follows the pack {pack.title}: {name} {number}{ending}."
    said = f"{key} is assigned to {name} {number}{ending}."
    own = f" This is an assignment of its own, not of {active.title}." if active else ""
    return said + own


def _decided_stage(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    feature: FeatureEntry,
    decided: Decided,
    parameters: Mapping[str, object],
) -> Stage:
    # An assignment was checked when it was saved, or forced with a reason.
    needs = needs_of(feature) if feature.is_unassigned else NO_NEEDS
    steps = _steps(snapshot, organization, decided.model_ids, parameters)
    prompt = decided.prompt
    spoken = [f"Its system prompt is {prompt.title}."] if prompt else []
    lines = _default_lines(organization, steps, parameters)
    trace = (decided.said, *spoken, *lines)
    return Stage(decided.source, steps, trace, needs)


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
    trace += _default_lines(organization, steps, {})
    return Chain((Stage("request", steps, tuple(trace)),))


def _of_choice(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    provider: str,
    overlay: Overlay | None,
) -> Chain:
    """The enabled models (of one provider). Until a recommender chooses, what is
    proven in most features goes first."""
    enabled = [
        one
        for one in snapshot.enabled_models(organization.id)
        if provider in {"", one.provider} and writes_text(one)
    ]
    where = f" of {provider}" if provider else ""
    if not enabled:
        wanted = shown(provider)
        of_provider = f" of the provider {wanted}" if provider else ""
        raise NotResolved(
            f"No model{of_provider} that writes text is enabled for "
            f"{organization.title}."
        )
    ranked = sorted(enabled, key=lambda one: rank(organization, one))
    parameters = overlay.parameters if overlay else {}
    steps = _steps(snapshot, organization, [one.id for one in ranked], parameters)
    said = f"{len(enabled)} enabled model{'s' * (len(enabled) > 1)}{where} may answer."
    trace = (said, ORDER, *_default_lines(organization, steps, parameters))
    stages = [Stage("request", steps, trace)]
    if overlay is not None:
        stages.insert(
            0, preferred(snapshot, organization, overlay, parameters, provider)
        )
    return Chain(numbered(stages), overlay=overlay)


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
