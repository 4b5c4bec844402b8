"""Prompts with their versions, labels and users, for pages, commands and programs."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from registry.models import (
    Assignment,
    AssignmentRevision,
    Organization,
    Prompt,
    PromptLabel,
    PromptLabelMove,
    PromptVersion,
)
from registry.models.prompt import PROMPT_NAME
from registry.prompts.naming import LARGEST_NUMBER, LATEST, PromptReference
from registry.prompts.template import Variable, variables_from

SUGGESTIONS: Final = 3


class PromptNotFound(Exception):
    """No such prompt, version or label; the message names the nearest ones."""


@dataclass(frozen=True)
class PromptRow:
    """One prompt of a list. `feature_keys` are those that use one of its versions."""

    prompt: Prompt
    latest: PromptVersion
    version_count: int
    labels: list[PromptLabel]
    feature_keys: list[str]


def prompts_of(
    organization: Organization, *, archived: bool = False
) -> QuerySet[Prompt]:
    return Prompt.objects.filter(
        organization=organization, archived_at__isnull=not archived
    ).select_related("organization")


def prompt_rows(
    organization: Organization, words: str = "", *, archived: bool = False
) -> list[PromptRow]:
    """Prompts whose name or description holds all `words`, by name. Four queries,
    however many."""
    found = prompts_of(organization, archived=archived)
    for word in words.replace("\x00", "").split():
        found = found.filter(Q(name__icontains=word) | Q(description__icontains=word))
    newest = PromptVersion.objects.filter(prompt=OuterRef("pk")).order_by("-number")
    labels = PromptLabel.objects.select_related("prompt_version").defer(
        "prompt_version__text"
    )
    prompts = list(
        found.annotate(
            version_count=Count("versions"), latest_id=Subquery(newest.values("pk")[:1])
        ).prefetch_related(Prefetch("labels", labels))
    )
    latest = PromptVersion.objects.defer("text").in_bulk(
        [one.latest_id for one in prompts]
    )
    users = _users(prompts)
    return [
        PromptRow(
            prompt=one,
            latest=latest[one.latest_id],
            version_count=one.version_count,
            labels=list(one.labels.all()),
            feature_keys=users.get(one.pk, []),
        )
        for one in prompts
    ]


def find_prompt(organization: Organization, name: str) -> Prompt | None:
    """The organisation's prompt of exactly this name, archived or not."""
    try:
        # What cannot be a name is not asked for: the database refuses some of it.
        PROMPT_NAME(name[:81])
    except ValidationError:
        return None
    found = Prompt.objects.filter(organization=organization, name=name)
    return found.select_related("organization").first()


def prompt_named(
    organization: Organization, name: str, *, with_archived: bool = False
) -> Prompt:
    """Raises PromptNotFound with the nearest names."""
    found = find_prompt(organization, name)
    if found is None:
        near = similar_prompts(organization, name)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise PromptNotFound(f"There is no prompt “{name[:80]}” here.{hint}")
    if found.archived_at is not None and not with_archived:
        raise PromptNotFound(f"The prompt {found.name} is archived.")
    return found


def similar_prompts(organization: Organization, name: str) -> list[str]:
    """Names that look like `name`, best first."""
    known = prompts_of(organization).values_list("name", flat=True)
    by_key = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(
        name[:80].casefold(), by_key, n=SUGGESTIONS, cutoff=0.5
    )
    return [by_key[one] for one in close]


def find_version(
    organization: Organization, reference: PromptReference | str
) -> PromptVersion:
    """The version that `CODE_GENERATOR@production` or `CODE_GENERATOR@7` means. Raises
    PromptNotFound, also for an archived prompt."""
    if isinstance(reference, str):
        reference = PromptReference.parse(reference)
    prompt = prompt_named(organization, reference.name)
    return version_of(prompt, reference)


def version_of(prompt: Prompt, reference: PromptReference) -> PromptVersion:
    """The version of `prompt` that the reference means. Raises PromptNotFound."""
    if reference.number or not reference.label:
        found = version_at(prompt, reference.number)
        if found is None:
            raise PromptNotFound(f"{prompt.name} has no version {reference.number}.")
        return found
    if reference.label == LATEST:
        return latest_version(prompt)
    label = label_of(prompt, reference.label)
    if label is None:
        names = ", ".join(one.name for one in labels_of(prompt)) or "none"
        raise PromptNotFound(
            f"{prompt.name} has no label “{reference.label[:40]}”; it has: {names}."
        )
    return label.prompt_version


def versions_of(prompt: Prompt) -> QuerySet[PromptVersion]:
    """Newest first."""
    return (
        PromptVersion.objects.filter(prompt=prompt)
        .select_related("prompt__organization", "actor")
        .order_by("-number")
    )


def version_at(prompt: Prompt, number: int) -> PromptVersion | None:
    if not 1 <= number <= LARGEST_NUMBER:
        return None
    return versions_of(prompt).filter(number=number).first()


def latest_version(prompt: Prompt) -> PromptVersion:
    """The newest one. Every prompt has one."""
    return versions_of(prompt)[:1].get()


def labels_of(prompt: Prompt) -> list[PromptLabel]:
    """By name."""
    labels = PromptLabel.objects.filter(prompt=prompt).order_by("name")
    return list(labels.select_related("prompt_version"))


def label_of(prompt: Prompt, label: str) -> PromptLabel | None:
    found = PromptLabel.objects.filter(prompt=prompt, name=label.replace("\x00", ""))
    return found.select_related("prompt_version__prompt__organization").first()


def label_moves(prompt: Prompt) -> QuerySet[PromptLabelMove]:
    """Newest first."""
    return (
        PromptLabelMove.objects.filter(prompt=prompt)
        .select_related("from_version", "to_version", "undoes")
        .defer("from_version__text", "to_version__text")
        .order_by("-at", "-id")
    )


def move_to_undo(prompt: Prompt, label: str) -> PromptLabelMove | None:
    """The newest move of the label that was not taken back and takes back nothing."""
    return (
        PromptLabelMove.objects.filter(
            prompt=prompt, label=label, undoes=None, undone_by=None
        )
        .select_related("from_version__prompt", "to_version")
        .order_by("-at", "-id")
        .first()
    )


def features_in_force(prompt: Prompt) -> list[AssignmentRevision]:
    """The revisions in force that use any version of the prompt, by feature."""
    return list(
        AssignmentRevision.objects.filter(
            in_force_for__isnull=False,
            prompt_version__prompt=prompt,
            feature__archived_at=None,
        )
        .select_related("feature", "prompt_version")
        .defer("prompt_version__text")
        .order_by("feature__name", "feature__key")
    )


def declared(version: PromptVersion) -> tuple[Variable, ...]:
    """The variables that a version declares."""
    return variables_from(version.variables)


def _users(prompts: Sequence[Prompt]) -> dict[int, list[str]]:
    rows = (
        Assignment.objects.filter(
            revision__prompt_version__prompt__in=prompts, feature__archived_at=None
        )
        .order_by("feature__key")
        .values_list("revision__prompt_version__prompt_id", "feature__key")
    )
    users: dict[int, list[str]] = {}
    for prompt_id, key in rows:
        users.setdefault(prompt_id or 0, []).append(key)
    return users
