"""The steps of the order in which a model is looked for, beside what a person decided
for the feature itself: the profile, the default rule, local models. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.automatic_choice import ENABLED, LISTED, POOLS
from registry.discovery.local import runs_locally
from registry.profiles.needs import NO_NEEDS, Needs
from registry.requirements import lower
from registry.resolution.entries import FeatureEntry, ModelEntry, OrganizationEntry
from registry.resolution.naming import model_named
from registry.resolution.overlaying import Overlay
from registry.resolution.plan import NotResolved
from registry.resolution.snapshot import Snapshot

CHAT: Final = "text_generation"
SOMETHING_ELSE: Final = frozenset({"embedding", "image_generation", "audio"})


@dataclass(frozen=True, slots=True)
class Step:
    """A model of a chain. `position` is 1 for the one that was asked for; `model` is
    None for one that the snapshot does not know, which then has a `reference`."""

    model: ModelEntry | None
    position: int
    parameters: Mapping[str, object] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """Models that one step of the order speaks of. `source` is a word of
    `plan.SOURCES`; a last resort is reached only where nobody before it can answer.
    `needs` bind its models beside those of the profile."""

    source: str
    steps: tuple[Step, ...]
    trace: tuple[str, ...] = ()
    needs: Needs = NO_NEEDS
    is_last_resort: bool = False


def preferred(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    overlay: Overlay,
    parameters: Mapping[str, Any],
    provider: str = "",
) -> Stage:
    """The models of the profile, in its order (of one provider, if that is asked)."""
    steps = [
        _named(snapshot, organization, reference, parameters)
        for reference in overlay.references
        if provider in {"", reference.partition("/")[0]}
    ]
    return Stage("profile", tuple(steps), overlay.trace)


def needs_of(feature: FeatureEntry) -> Needs:
    """What the feature asks of a model that nobody chose for it by hand."""
    return Needs(
        capabilities=tuple(sorted(feature.required_capabilities)),
        min_context_tokens=feature.min_context_tokens,
    )


def choice_stage(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    feature: FeatureEntry,
    parameters: Mapping[str, Any],
) -> Stage:
    """What may be chosen for the feature beside its assignment."""
    rules = feature.choice
    assert rules is not None  # noqa: S101  # for mypy
    steps: Iterable[Step] = ()
    if rules.pool == LISTED:
        steps = [
            _named(snapshot, organization, reference, parameters)
            for reference in rules.models
        ]
    elif rules.pool == ENABLED:
        enabled = snapshot.enabled_models(organization.id)
        able = [one for one in enabled if writes_text(one)]
        able.sort(key=lambda one: rank(organization, one))
        steps = _steps(organization, able, parameters)
    among = lower(POOLS[rules.pool])
    if rules.pool == LISTED:
        among = f"{len(rules.models)} listed model{'s' * (len(rules.models) > 1)}"
    said = f"{feature.key} is chosen for automatically ({lower(rules.label)}) among "
    return Stage("choice", tuple(steps), (f"{said}{among}.",), needs_of(feature))


def writes_text(model: ModelEntry) -> bool:
    """An embedding or image model never answers a chat by somebody else's choice."""
    capabilities = model.traits.capabilities
    return CHAT in capabilities or not capabilities & SOMETHING_ELSE


def rank(organization: OrganizationEntry, model: ModelEntry) -> tuple[int, int, str]:
    """What is proven in most features goes first."""
    first, later = organization.use_counts.get(model.id, (0, 0))
    return -first, -later, model.reference


def last_resorts(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    feature: FeatureEntry,
    parameters: Mapping[str, Any],
) -> Iterator[Stage]:
    """The default rule and the local models, as far as there are any."""
    needs = needs_of(feature)
    default = organization.default_model_id
    if default is not None:
        model = snapshot.model(default)
        name = model.reference if model else "a model that is gone"
        said = f"The default rule of {organization.title} says {name}."
        steps = _steps(organization, [model], parameters)
        yield Stage("default", steps, (said,), needs, is_last_resort=True)
    local = local_models(snapshot, organization)
    if local:
        many = f"{len(local)} local model{'s' * (len(local) > 1)}"
        said = f"Discovery found {many} that features may use."
        steps = _steps(organization, local, parameters)
        yield Stage("local", steps, (said,), needs, is_last_resort=True)


def local_models(
    snapshot: Snapshot, organization: OrganizationEntry
) -> list[ModelEntry]:
    """Enabled models that discovery found on a machine of one's own: those in memory
    first, then the most widely strong, then by name."""
    found: dict[int, bool] = {}
    for connection in snapshot.connections_of(organization.id):
        if not connection.is_local or connection.problem:
            continue
        for model_id, is_there in connection.offers.items():
            model = snapshot.model(model_id)
            if is_there and model and model_id in organization.enabled_model_ids:
                endpoint = connection.endpoint
                name = model.model_name
                if runs_locally(endpoint.dialect, endpoint.base_url, name):
                    is_loaded = model_id in connection.loaded_ids
                    found[model_id] = found.get(model_id, False) or is_loaded
    models = [(snapshot.model(pk), is_loaded) for pk, is_loaded in found.items()]
    ranked = sorted(
        (-is_loaded, -sum(one.strengths.values()), one.reference, one.id)
        for one, is_loaded in models
        if one is not None
    )
    return [one for *_, pk in ranked if (one := snapshot.model(pk)) is not None]


def _named(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    reference: str,
    parameters: Mapping[str, Any],
) -> Step:
    try:
        model = model_named(snapshot, organization, reference).model
    except NotResolved:
        return Step(None, 0, reference=reference)
    (step,) = _steps(organization, [model], parameters)
    return step


def _steps(
    organization: OrganizationEntry,
    models: Iterable[ModelEntry | None],
    parameters: Mapping[str, Any],
) -> tuple[Step, ...]:
    """Their positions are given when the whole chain is known."""
    defaults = organization.default_parameters
    return tuple(
        Step(one, 0, {**defaults.get(one.id if one else 0, {}), **parameters})
        for one in models
    )


def numbered(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages with positions from 1 on, each model only where it stands first."""
    seen: set[int] = set()
    position = 0
    found = []
    for stage in stages:
        steps = []
        for step in stage.steps:
            if step.model is not None and step.model.id in seen:
                continue
            position += 1
            if step.model is not None:
                seen.add(step.model.id)
            steps.append(replace(step, position=position))
        found.append(replace(stage, steps=tuple(steps)))
    return tuple(found)
