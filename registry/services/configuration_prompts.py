"""Prompts and profiles as a configuration wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.configuration.planning import Change
from registry.models import Profile, Prompt
from registry.profiles.files import ProfileFile
from registry.prompts.template import variables_from
from registry.queries.prompts import find_prompt, labels_of, latest_version
from registry.services.configuration_work import Work
from registry.services.profiles import delete_profile, import_profile
from registry.services.prompt_labels import move_label, remove_label
from registry.services.prompts import (
    PromptRefused,
    add_version,
    archive_prompt,
    create_prompt,
    describe_prompt,
)


def apply_prompts(work: Work) -> None:
    for one in work.changes("prompts"):
        with work.attempt(one):
            prompt = _prompt(work, one)
            if "description" in one.after:
                text = one.after["description"]
                describe_prompt(prompt=prompt, description=text, **work.by)
            _add_versions(work, prompt, one)
            if "labels" in one.after:
                _move_labels(work, prompt, one.after["labels"])


def remove_prompts(work: Work) -> None:
    for one in work.changes("prompts", "remove"):
        with work.attempt(one):
            prompt = find_prompt(work.organization, one.key)
            if prompt is not None:
                archive_prompt(prompt=prompt, **work.by)


def _prompt(work: Work, change: Change) -> Prompt:
    prompt = find_prompt(work.organization, change.key)
    if prompt is not None:
        if prompt.archived_at is not None:
            raise PromptRefused(f"{prompt.name} is archived. Restore it first.")
        return prompt
    first = change.entry["versions"][0]
    return create_prompt(
        organization=work.organization,
        name=change.key,
        label="",
        **_said(first),
        **work.by,
    ).prompt


def _add_versions(work: Work, prompt: Prompt, change: Change) -> None:
    for version in change.entry["versions"]:
        newest = latest_version(prompt)
        if version["number"] > newest.number:
            add_version(
                prompt=prompt,
                expected_number=newest.number,
                **_said(version),
                **work.by,
            )


def _said(version: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": version["text"],
        "variables": variables_from(version.get("variables") or []),
        "note": version.get("note", ""),
    }


def _move_labels(work: Work, prompt: Prompt, wanted: Mapping[str, int]) -> None:
    for label, number in wanted.items():
        move_label(prompt=prompt, label=label, to_number=number, **work.by)
    for row in labels_of(prompt):
        if row.name not in wanted:
            remove_label(prompt=prompt, label=row.name, **work.by)


def apply_profiles(work: Work) -> None:
    for one in _bases_first(work.changes("profiles")):
        with work.attempt(one):
            entry = one.entry
            parts = ("extends", "roles", "tasks")
            document = {name: entry[name] for name in parts if entry[name]}
            name = entry["name"] or one.key
            file = ProfileFile(name, one.key, entry["description"], document)
            import_profile(organization=work.organization, file=file, **work.by)


def remove_profiles(work: Work) -> None:
    for one in reversed(_bases_first(work.changes("profiles", "remove"))):
        with work.attempt(one):
            row = Profile.objects.get(organization=work.organization, slug=one.key)
            delete_profile(profile=row, **work.by)


def _bases_first(changes: list[Change]) -> list[Change]:
    """Each after the one that it extends. A circle stays as it is: it is refused."""
    by_slug = {one.key: one for one in changes}
    found: dict[str, Change] = {}
    for one in changes:
        way: list[Change] = []
        at: Change | None = one
        while at is not None and at not in way and at.key not in found:
            way.append(at)
            at = by_slug.get(at.entry.get("extends") or "")
        for step in reversed(way):
            found[step.key] = step
    return list(found.values())
