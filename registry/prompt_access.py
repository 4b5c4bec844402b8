"""Prompts for Python code of the product:

from registry.prompt_access import get_prompt

get_prompt("CODE_GENERATOR").render({"language": "Python"})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.models import Organization, PromptVersion
from registry.prompts.naming import PRODUCTION, PromptReference
from registry.prompts.template import Template, Variable
from registry.queries.organizations import chosen_organization
from registry.queries.prompts import PromptNotFound, declared, find_version
from registry.resolution.snapshot import Snapshot
from registry.resolution.source import snapshot_source

__all__ = ["PromptNotFound", "PromptText", "get_prompt"]


@dataclass(frozen=True, slots=True)
class PromptText:
    """One version of a prompt. `label` is the one that was asked for, empty where a
    number was."""

    name: str
    number: int
    text: str
    variables: tuple[Variable, ...] = ()
    label: str = ""
    version_id: int = field(default=0, repr=False)

    def render(self, given: Mapping[str, object] | None = None) -> str:
        """The text with the values of `given`. Raises MissingVariables and
        TemplateError (`registry.prompts.template`)."""
        template = Template.of(self.text, self.variables)
        return template.render(given or {}, self.name)


def get_prompt(
    name: str,
    label: str = PRODUCTION,
    organization: Organization | str | None = None,
    *,
    number: int = 0,
) -> PromptText:
    """The version of `name` that `label` is on, or version `number` where that is
    given. `organization` (a slug) may be left out where there is only one.

    A process that follows the configuration answers labels from memory; any other asks
    the database. Raises PromptNotFound and OrganizationUnclear.
    """
    reference = PromptReference(name, "" if number else label, number)
    source = snapshot_source()
    if source.is_running and source.is_listening and not number:
        found = _remembered(source.current, organization, reference)
        if found is not None:
            return found
    if not isinstance(organization, Organization):
        organization = chosen_organization(organization)
    return text_of(find_version(organization, reference), reference.label)


def text_of(version: PromptVersion, label: str = "") -> PromptText:
    """`version` as programs get it. `prompt` must be loaded with it."""
    return PromptText(
        name=version.prompt.name,
        number=version.number,
        text=version.text,
        variables=declared(version),
        label=label,
        version_id=version.pk,
    )


def _remembered(
    snapshot: Snapshot, organization: Organization | str | None, asked: PromptReference
) -> PromptText | None:
    """None for what the snapshot does not know: the database says it better."""
    known = snapshot.configuration.organizations
    if isinstance(organization, Organization):
        organization_id = organization.pk
    elif organization is None and len(known) == 1:
        organization_id = next(iter(known))
    else:
        named = snapshot.organization_named(organization or "")
        organization_id = named.id if named else 0
    entry = snapshot.prompt(organization_id, asked.name, asked.label)
    if entry is None:
        return None
    return PromptText(
        entry.name,
        entry.number,
        entry.text,
        entry.template.variables,
        asked.label,
        entry.version_id,
    )
