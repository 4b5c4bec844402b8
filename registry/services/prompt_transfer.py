"""Prompts out to a file and in from one. What is in a file already is left alone;
whatever is wrong leaves everything as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from registry.models import Organization, Prompt, PromptVersion, User
from registry.prompts.files import PromptFile, VersionFile
from registry.queries.prompts import (
    declared,
    find_prompt,
    label_of,
    labels_of,
    latest_version,
    prompts_of,
    versions_of,
)
from registry.services.prompt_labels import move_label
from registry.services.prompts import (
    PromptRefused,
    add_version,
    create_prompt,
    describe_prompt,
)


@dataclass(frozen=True)
class Imported:
    """What an import did to one prompt. `labels` are those that moved, with their
    version now."""

    name: str
    is_new: bool
    new_versions: list[int]
    labels: dict[str, int]

    @property
    def is_changed(self) -> bool:
        return self.is_new or bool(self.new_versions or self.labels)


def prompt_files(
    organization: Organization, prompts: Iterable[Prompt] | None = None
) -> list[PromptFile]:
    """These prompts, or all that are not archived, with every version."""
    chosen = prompts_of(organization) if prompts is None else prompts
    return [_file(one) for one in chosen]


@transaction.atomic
def import_prompts(
    *,
    organization: Organization,
    files: Sequence[PromptFile],
    actor: User | None,
    actor_label: str = "",
) -> list[Imported]:
    """Create what is not here, add versions that are not here, move labels to where
    the file has them. A version is known by what it says, not by its number.

    Raises PromptRefused, LabelRefused and ValidationError; then nothing was changed.
    """
    return [_import(organization, one, actor, actor_label) for one in files]


def _file(prompt: Prompt) -> PromptFile:
    return PromptFile(
        name=prompt.name,
        description=prompt.description,
        labels={one.name: one.prompt_version.number for one in labels_of(prompt)},
        versions=tuple(
            VersionFile(one.number, one.text, declared(one), one.note)
            for one in versions_of(prompt).order_by("number")
        ),
    )


def _import(
    organization: Organization, file: PromptFile, actor: User | None, actor_label: str
) -> Imported:
    prompt = find_prompt(organization, file.name)
    is_new = prompt is None
    added: list[int] = []
    versions = list(file.versions)
    if prompt is None:
        first = create_prompt(
            organization=organization,
            name=file.name,
            description=file.description,
            text=versions[0].text,
            variables=versions[0].variables,
            note=versions[0].note,
            label="",
            actor=actor,
            actor_label=actor_label,
        )
        prompt = first.prompt
        added.append(first.number)
    elif prompt.archived_at is not None:
        raise PromptRefused(f"{prompt.name} is archived. Restore it first.")
    elif file.description:
        describe_prompt(
            prompt=prompt,
            description=file.description,
            actor=actor,
            actor_label=actor_label,
        )
    numbers = _numbers(prompt, versions, added, actor, actor_label)
    moved = _move_labels(prompt, file, numbers, actor, actor_label)
    return Imported(prompt.name, is_new, added, moved)


def _numbers(
    prompt: Prompt,
    versions: Sequence[VersionFile],
    added: list[int],
    actor: User | None,
    actor_label: str,
) -> dict[int, int]:
    """The number here of each number in the file; what is not here is added."""
    here = list(versions_of(prompt).order_by("number"))
    numbers: dict[int, int] = {}
    place = 0
    for one in versions:
        found = _same(here[place:], one) or _same(here, one)
        if found is None:
            newest = latest_version(prompt)
            found = add_version(
                prompt=prompt,
                text=one.text,
                variables=one.variables,
                note=one.note,
                actor=actor,
                actor_label=actor_label,
                expected_number=newest.number,
            ).version
            added.append(found.number)
        else:
            place = here.index(found) + 1
        numbers[one.number] = found.number
    return numbers


def _same(here: Sequence[PromptVersion], wanted: VersionFile) -> PromptVersion | None:
    variables = [one.as_json() for one in wanted.variables]
    return next(
        (one for one in here if one.text == wanted.text and one.variables == variables),
        None,
    )


def _move_labels(
    prompt: Prompt,
    file: PromptFile,
    numbers: dict[int, int],
    actor: User | None,
    actor_label: str,
) -> dict[str, int]:
    moved = {}
    for label, number in file.labels.items():
        current = label_of(prompt, label)
        outcome = move_label(
            prompt=prompt,
            label=label,
            to_number=numbers[number],
            actor=actor,
            actor_label=actor_label,
            expected_moves=current.moves if current else 0,
        )
        if outcome.is_new:
            moved[label] = numbers[number]
    return moved
