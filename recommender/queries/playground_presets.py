"""What the playground begins with: an earlier run, or what a link names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from recommender.models import PlaygroundRun
from recommender.playground_request import MOST_MODELS
from registry.models import Feature, Organization, PromptVersion
from registry.prompts.naming import LATEST, PromptReference
from registry.queries.assignments import current_revision, fallbacks_of, prompt_words
from registry.queries.prompts import PromptNotFound, declared, find_version

Begun = tuple[dict[str, Any], dict[str, Any]]
"""What the form begins with, and what it has several of."""


def of_run(run: PlaygroundRun) -> Begun:
    """The models of a run whose names are hidden stay out."""
    initial = {
        "system": run.system,
        "message": run.message,
        "feature": run.feature.key if run.feature else "",
        "prompt": prompt_words(run.prompt_version) or "",
        "blind": run.is_blind,
        "parent": str(run.pk),
        **_parameters(run.parameters),
    }
    if run.response_schema is not None:
        initial["schema"] = json.dumps(run.response_schema, indent=2)
    references = [] if run.hides_names else [one.reference for one in run.answers.all()]
    return initial, {
        "references": tuple(references),
        "turns": tuple((one["role"], one["content"]) for one in run.messages[:-1]),
        "values": run.variables,
        "digests": tuple(run.image_digests),
    }


def of_link(organization: Organization, query: QueryDict) -> Begun:
    """`?models=` (several, or with commas) or `?m=`, `?feature=`, `?prompt=NAME@7` (or
    with `?version=`), `?system=`, `?message=`. What does not exist is passed over."""
    initial: dict[str, Any] = {}
    references = [
        one for each in query.getlist("models") for one in each.split(",") if one
    ]
    references += query.getlist("m")
    values: dict[str, str] = {}
    feature = Feature.objects.filter(
        organization=organization, key=_plain(query.get("feature", ""))
    ).first()
    if feature is not None:
        initial["feature"] = feature.key
        references = references or _use_assignment(feature, initial, values)
    if (version := _asked_version(organization, query)) is not None:
        _use_prompt(version, initial, values)
    for name in ("system", "message"):
        if query.get(name):
            initial[name] = _plain(query[name])
    given = [name for name in query if name.startswith("value:")]
    values |= {one.removeprefix("value:"): _plain(query[one]) for one in given}
    kept = tuple(dict.fromkeys(_plain(one) for one in references))[: MOST_MODELS + 1]
    return initial, {"references": kept, "values": values}


def _use_assignment(
    feature: Feature, initial: dict[str, Any], values: dict[str, str]
) -> list[str]:
    """The system prompt and parameters in force; its models."""
    revision = current_revision(feature)
    if revision is None or revision.ai_model is None:
        return []
    initial |= _parameters(revision.parameters)
    if revision.prompt_version is not None:
        _use_prompt(revision.prompt_version, initial, values)
    models = [revision.ai_model, *fallbacks_of(revision)]
    return [one.reference for one in models][:MOST_MODELS]


def _use_prompt(
    version: PromptVersion, initial: dict[str, Any], values: dict[str, str]
) -> None:
    initial["system"] = version.text
    initial["prompt"] = prompt_words(version)
    values |= {one.name: one.default for one in declared(version) if one.default}


def _asked_version(
    organization: Organization, query: QueryDict
) -> PromptVersion | None:
    words = _plain(query.get("prompt", ""))
    number = query.get("version", "")
    if words and "@" not in words and number.isdecimal():
        words = f"{words}@{number}"
    try:
        return (
            find_version(organization, PromptReference.parse(words)) if words else None
        )
    except (PromptNotFound, ValueError):
        # A prompt without a production version still has a newest one.
        return None if "@" in words else _newest(organization, words)


def _newest(organization: Organization, name: str) -> PromptVersion | None:
    try:
        return find_version(organization, PromptReference(name, LATEST))
    except PromptNotFound:
        return None


def _parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(stored)
    if "stop" in shown:
        shown["stop"] = "\n".join(shown["stop"])
    return shown


def _plain(text: object) -> str:
    return str(text).replace("\x00", "")
