"""What processes serve of prompts, read from the database: the versions that a label is
on and those that a feature uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.models import Assignment, PromptLabel, PromptVersion
from registry.prompts.template import Template, TemplateError, variables_from
from registry.resolution.entries import PromptEntry
from registry.resolution.snapshot import PromptKey


@dataclass(frozen=True, slots=True)
class Prompts:
    versions: Mapping[int, PromptEntry]
    labelled: Mapping[PromptKey, PromptEntry]

    def version(self, pk: int | None) -> PromptEntry | None:
        return None if pk is None else self.versions.get(pk)


def load_prompts(
    organization_id: int | None = None, also: Iterable[int] = ()
) -> Prompts:
    """Of all organisations, or of this one alone, and the versions `also`. Three
    queries."""
    labels = PromptLabel.objects.filter(prompt__archived_at=None).order_by()
    uses = Assignment.objects.exclude(revision__prompt_version=None).order_by()
    if organization_id is not None:
        labels = labels.filter(prompt__organization=organization_id)
        uses = uses.filter(feature__organization=organization_id)
    named = list(
        labels.values_list(
            "prompt__organization_id", "prompt__name", "name", "prompt_version_id"
        )
    )
    used = uses.values_list("revision__prompt_version_id", flat=True)
    versions = load_prompt_versions(
        {*(row[3] for row in named), *(pk for pk in used if pk), *also}
    )
    return Prompts(
        versions,
        {(owner, name, label): versions[pk] for owner, name, label, pk in named},
    )


def load_prompt_versions(keys: Iterable[int]) -> dict[int, PromptEntry]:
    """These versions by their row ids. One query."""
    rows = (
        PromptVersion.objects.filter(pk__in=list(keys))
        .order_by()
        .values_list("pk", "prompt__name", "number", "text", "variables")
    )
    return {
        pk: PromptEntry(pk, name, number, text, _template(text, variables))
        for pk, name, number, text, variables in rows
    }


def _template(text: str, variables: object) -> Template:
    try:
        return Template.of(text, variables_from(variables))
    except TemplateError:
        # Nothing is saved unchecked; a row that somebody changed by hand must not keep
        # everything else from being served.
        return Template((text,), (), len(text.encode()))
