"""Which pack each organisation is on, and what it says for features that have no
assignment, read from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from registry.models import ActivePack, AIModel, Feature, ModelAlias, PackEntry
from registry.resolution.entries import PackMark

Name = tuple[int | None, str, str]
"""Organisation of a custom model (or None), provider, model name."""


@dataclass(frozen=True, slots=True)
class PackStep:
    """What the active pack says for a feature without an assignment."""

    mark: PackMark
    model_ids: tuple[int, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Packs:
    """By organisation, and by organisation and key of a feature."""

    active: Mapping[int, PackMark]
    steps: Mapping[tuple[int, str], PackStep]

    @property
    def prompt_version_ids(self) -> set[int]:
        ids = (one.prompt_version_id for one in self.steps.values())
        return {pk for pk in ids if pk is not None}


def load_packs(organization_id: int | None = None) -> Packs:
    """Of all organisations, or of this one alone. Two queries, and two more where
    features follow a pack for want of an assignment."""
    found = ActivePack.objects.filter(version__isnull=False).order_by()
    if organization_id is not None:
        found = found.filter(organization=organization_id)
    active = {
        owner: PackMark(version_id, f"{slug} v{number}")
        for owner, version_id, slug, number in found.values_list(
            "organization_id", "version_id", "version__pack__slug", "version__number"
        )
    }
    return Packs(active, dict(_steps(active)) if active else {})


def _steps(
    active: Mapping[int, PackMark],
) -> Iterator[tuple[tuple[int, str], PackStep]]:
    without = Feature.objects.filter(
        organization=OuterRef("version__pack__organization"),
        key=OuterRef("feature_key"),
        archived_at=None,
        assignment__revision__ai_model=None,
    )
    rows = list(
        PackEntry.objects.filter(
            Exists(without), version__in=[mark.version_id for mark in active.values()]
        )
        .order_by()
        .values_list(
            "version__pack__organization_id",
            "feature_key",
            "ai_model_id",
            "model_reference",
            "fallback_references",
            "parameters",
            "prompt_version_id",
        )
    )
    named = _named(
        reference
        for _, _, model_id, reference, fallbacks, *_ in rows
        for reference in ([] if model_id else [reference]) + fallbacks
    )
    for owner, key, model_id, reference, fallbacks, parameters, prompt_id in rows:
        # A model that nobody knows is left out; a fallback may answer for it.
        chain = [model_id or _meant(named, owner, reference)]
        chain += [_meant(named, owner, one) for one in fallbacks]
        model_ids = tuple(dict.fromkeys(pk for pk in chain if pk is not None))
        if model_ids:
            mark = active[owner]
            yield (owner, key), PackStep(mark, model_ids, parameters, prompt_id)


def _named(references: Iterable[str]) -> dict[Name, int]:
    """The models that references can mean, aliases as the catalogue's."""
    names = {one.partition("/")[2] for one in references}
    if not names:
        return {}
    aliases = ModelAlias.objects.filter(alias__in=names, ai_model__isnull=False)
    found: dict[Name, int] = {
        (None, slug, alias): pk
        for slug, alias, pk in aliases.values_list(
            "provider__slug", "alias", "ai_model_id"
        )
        if pk is not None
    }
    models = AIModel.objects.filter(Q(model_name__in=names)).values_list(
        "organization_id", "provider__slug", "model_name", "pk"
    )
    return found | {(owner, slug, name): pk for owner, slug, name, pk in models}


def _meant(named: Mapping[Name, int], owner: int, reference: str) -> int | None:
    slug, _, name = reference.partition("/")
    return named.get((owner, slug, name)) or named.get((None, slug, name))
