"""Models and prompts as packs name them, looked up in bulk for one organisation."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from django.db.models import Q

from registry.models import (
    AIModel,
    Connection,
    Organization,
    PromptLabel,
    PromptVersion,
)
from registry.packs.document import prompt_reference
from registry.packs.judging import KnownModel, KnownPrompt, ModelKey
from registry.packs.successors import Relative, successor_of
from registry.prompts.naming import LATEST
from registry.queries.candidates import Candidate, load_candidates
from registry.queries.references import resolve_references
from registry.resolution.connecting import connection_entry
from registry.resolution.entries import RetryPolicy

RELATIVE: Final = (
    "provider__slug",
    "model_name",
    "family",
    "released_on",
    "retired_on",
    "deprecated_on",
    "is_listed",
    "capabilities",
)


def known_models(
    organization: Organization,
    keys: Iterable[ModelKey],
    at: datetime.datetime,
    *,
    enable_models: bool = False,
) -> dict[ModelKey, KnownModel]:
    """Every model that is known by its key. With `enable_models` those that are served
    count as enabled. Seven queries at most, however many keys."""
    wanted = set(keys)
    if not wanted:
        return {}
    pinned = AIModel.objects.select_related("provider").in_bulk(
        [pk for pk, _ in wanted if pk is not None]
    )
    written = resolve_references(
        {reference for pk, reference in wanted if pk is None}, organization
    )
    models = {one.pk: one for one in (*pinned.values(), *written.values())}
    candidates = load_candidates(models.values(), organization, at)
    problems = _connection_problems(
        organization, {one.provider.slug for one in models.values()}
    )
    known = {
        pk: _known(one, problems, at.date(), enable_models)
        for pk, one in candidates.items()
    }
    found: dict[ModelKey, KnownModel] = {}
    for pk, reference in wanted:
        model = pinned.get(pk) if pk is not None else written.get(reference)
        if model is not None:
            found[pk, reference] = known[model.pk]
    return found


def known_prompts(
    organization: Organization, references: Iterable[str]
) -> dict[str, KnownPrompt]:
    """The version that each reference (`NAME@label`, `NAME@7`) means now; absent where
    there is none. Two queries."""
    parsed = {one: prompt_reference(one) for one in set(references)}
    names = {one.name for one in parsed.values() if one}
    if not names:
        return {}
    scope = {"prompt__organization": organization, "prompt__name__in": names}
    versions: dict[tuple[str, int | str], tuple[int, int]] = {}
    # Oldest first, so that the newest is what stays as the latest.
    for name, number, pk in (
        PromptVersion.objects.filter(**scope)
        .order_by("number")
        .values_list("prompt__name", "number", "pk")
    ):
        versions[name, number] = versions[name, LATEST] = pk, number
    for name, label, pk, number in PromptLabel.objects.filter(**scope).values_list(
        "prompt__name", "name", "prompt_version_id", "prompt_version__number"
    ):
        versions[name, label] = pk, number
    found = {}
    for text, one in parsed.items():
        key = one and (one.name, one.number or one.label)
        if one and key in versions:
            pk, number = versions[key]
            found[text] = KnownPrompt(pk, f"{one.name}@{number}")
    return found


def references_of(model_ids: Iterable[int]) -> dict[int, str]:
    """`provider/model-id` by row. One query."""
    rows = AIModel.objects.filter(pk__in=set(model_ids)).values_list(
        "pk", "provider__slug", "model_name"
    )
    return {pk: f"{slug}/{name}" for pk, slug, name in rows}


def proposals(
    written: Mapping[ModelKey, frozenset[str]],
    known: Mapping[ModelKey, KnownModel],
    today: datetime.date,
) -> dict[str, str]:
    """A successor for each model that is gone or leaving, by how it was written.
    `written` says what the features that name it require. One query, if any."""
    wanted = {
        key[1] or known[key].reference: needs
        for key, needs in written.items()
        if key not in known or _is_leaving(known[key])
    }
    if not wanted:
        return {}
    gone = {_reference_of(key, known) for key in written}
    providers = {one.partition("/")[0] for one in gone}
    relatives = _relatives(providers)
    by_reference = {one.reference: one for one in relatives}
    names = {key[1]: _reference_of(key, known) for key in written}
    found = {}
    for name, needs in wanted.items():
        reference = names.get(name, name)
        itself = by_reference.get(reference)
        follower = successor_of(
            itself or Relative(reference),
            relatives,
            required=needs,
            today=today,
            is_known=itself is not None,
        )
        if follower is not None:
            found[name] = follower.reference
    return found


def _reference_of(key: ModelKey, known: Mapping[ModelKey, KnownModel]) -> str:
    return known[key].reference if key in known else key[1]


def _is_leaving(model: KnownModel) -> bool:
    facts = model.facts
    dates = facts.retired_on, facts.deprecated_on
    return not facts.is_listed or any(one is not None for one in dates)


def _relatives(providers: set[str]) -> list[Relative]:
    rows = AIModel.objects.filter(
        provider__slug__in=providers, organization=None
    ).values_list(*RELATIVE)
    return [
        Relative(
            f"{slug}/{name}",
            family,
            released,
            retired,
            deprecated,
            is_listed,
            frozenset(capabilities),
        )
        for (
            slug,
            name,
            family,
            released,
            retired,
            deprecated,
            is_listed,
            capabilities,
        ) in rows.iterator()
    ]


def _known(
    candidate: Candidate,
    problems: Mapping[str, str],
    today: datetime.date,
    enable_models: bool,
) -> KnownModel:
    model, facts = candidate.ai_model, candidate.facts
    is_served = facts.is_listed and not model.is_retired(today)
    is_to_enable = enable_models and is_served and not facts.is_enabled
    return KnownModel(
        id=model.pk,
        reference=model.reference,
        facts=replace(facts, is_enabled=facts.is_enabled or is_to_enable),
        max_output_tokens=model.max_output_tokens,
        no_connection=problems.get(model.provider.slug, ""),
        is_to_enable=is_to_enable,
    )


def _connection_problems(
    organization: Organization, providers: set[str]
) -> dict[str, str]:
    """Why models of a provider cannot be called; a provider with a usable connection is
    absent."""
    rows = Connection.objects.filter(
        Q(organization=organization), provider__slug__in=providers
    ).select_related("provider")
    by_provider: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        problem = connection_entry(row, RetryPolicy(), ()).problem
        said = f"cannot use the connection “{row.label}”: {problem}" if problem else ""
        by_provider[row.provider.slug].append(said)
    return {
        slug: (by_provider[slug] or [f"has no connection: none to {slug} is set up"])[0]
        for slug in providers
        if all(by_provider[slug])
    }
