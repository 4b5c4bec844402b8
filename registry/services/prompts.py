"""Creating prompts and adding versions to them. A version never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.audit import record_change
from registry.models import (
    ActivePack,
    Organization,
    PackEntry,
    Prompt,
    PromptVersion,
    User,
)
from registry.prompts.checking import Checked, check_prompt
from registry.prompts.naming import PRODUCTION
from registry.prompts.starting_texts import STARTING_TEXTS
from registry.prompts.template import Variable
from registry.queries.prompts import features_in_force, latest_version
from registry.services.prompt_labels import check_label_name, move_label

NOTE_LENGTH: Final = 400
DESCRIPTION_LENGTH: Final = 2_000


class PromptRefused(Exception):
    """The prompt breaks a rule; nothing was changed. `checked` says everything that is
    wrong with its text and variables."""

    def __init__(self, message: str = "", checked: Checked | None = None) -> None:
        self.checked = checked
        found = [str(one) for one in checked.errors] if checked else []
        super().__init__(message or "\n".join(found))


class StalePrompt(Exception):
    """Someone else added a version meanwhile; nothing was changed. `latest` is the
    newest now."""

    def __init__(self, latest: PromptVersion) -> None:
        self.latest = latest
        super().__init__(
            f"{latest.prompt.name} has a newer version meanwhile: v{latest.number} by "
            f"{latest.actor_label}."
        )


@dataclass(frozen=True)
class VersionOutcome:
    """The version that says it now. `is_new` is False where the newest one said the
    same already."""

    version: PromptVersion
    is_new: bool


@transaction.atomic
def create_prompt(
    *,
    organization: Organization,
    name: str,
    text: str,
    variables: Sequence[Variable] = (),
    actor: User | None,
    description: str = "",
    note: str = "",
    label: str = PRODUCTION,
    actor_label: str = "",
) -> PromptVersion:
    """A new prompt with its first version, which gets `label` unless that is empty.

    Raises PromptRefused for text and variables, and ValidationError by field for the
    rest; a name is used once per organisation, archived prompts included.
    """
    prompt = Prompt(
        organization=organization, name=name.strip(), description=description.strip()
    )
    _validate(prompt, note, label)
    _check(text, variables)
    try:
        with transaction.atomic():
            prompt.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"name": f"“{name}” is taken already."}) from error
    version = _add(prompt, 1, text, variables, actor, actor_label, note)
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="prompt.created",
        target=prompt,
        before=None,
        after={"version": 1, "description": prompt.description},
        note=version.note,
    )
    if label:
        move_label(
            prompt=prompt,
            label=label,
            to_number=1,
            actor=actor,
            actor_label=actor_label,
            expected_moves=0,
        )
    return version


@transaction.atomic
def add_version(
    *,
    prompt: Prompt,
    text: str,
    variables: Sequence[Variable] = (),
    actor: User | None,
    expected_number: int,
    note: str = "",
    actor_label: str = "",
) -> VersionOutcome:
    """Add what `prompt` says from now on as version `expected_number + 1`, where
    `expected_number` is the newest that the person saw. No label moves.

    Raises StalePrompt, PromptRefused, and ValidationError for a note too long.
    """
    newest = latest_version(prompt)
    document = [one.as_json() for one in variables]
    if newest.text == text and newest.variables == document:
        return VersionOutcome(newest, is_new=False)
    if newest.number != expected_number:
        raise StalePrompt(newest)
    if prompt.archived_at is not None:
        raise PromptRefused(f"{prompt.name} is archived. Restore it first.")
    _validate(prompt, note, "")
    _check(text, variables)
    number = newest.number + 1
    try:
        with transaction.atomic():
            version = _add(prompt, number, text, variables, actor, actor_label, note)
    except IntegrityError:
        # The unique number let one of two writers through.
        raise StalePrompt(latest_version(prompt)) from None
    Prompt.objects.filter(pk=prompt.pk).update(updated_at=timezone.now())
    record_change(
        organization=prompt.organization,
        actor=actor,
        actor_label=actor_label,
        action="prompt.version_added",
        target=prompt,
        before={"version": newest.number},
        after={"version": number},
        note=version.note,
    )
    return VersionOutcome(version, is_new=True)


@transaction.atomic
def describe_prompt(
    *, prompt: Prompt, description: str, actor: User | None, actor_label: str = ""
) -> bool:
    """Say what the prompt is for. Returns whether that changed."""
    locked = Prompt.objects.select_for_update().get(pk=prompt.pk)
    before, locked.description = locked.description, description.strip()
    if before == locked.description:
        return False
    _validate(locked, "", "")
    locked.save(update_fields=["description", "updated_at"])
    record_change(
        organization=locked.organization,
        actor=actor,
        actor_label=actor_label,
        action="prompt.described",
        target=locked,
        before={"description": before},
        after={"description": locked.description},
    )
    prompt.description = locked.description
    return True


@transaction.atomic
def archive_prompt(
    *, prompt: Prompt, actor: User | None, actor_label: str = ""
) -> bool:
    """Take the prompt out of lists and out of what programs can read; nothing is lost.
    Returns False if it was so already. Raises PromptRefused while a feature uses it."""
    # Assignments lock the prompt too, so that none comes between.
    locked = Prompt.objects.select_for_update().get(pk=prompt.pk)
    users = sorted(one.feature.key for one in features_in_force(locked))
    if users:
        message = f"{prompt.name} is used by {', '.join(users)}. Change that first."
        raise PromptRefused(message)
    if _is_in_active_pack(locked):
        raise PromptRefused(f"{prompt.name} is used by the active pack.")
    return _set_archived(prompt, actor, actor_label, archive=True)


@transaction.atomic
def restore_prompt(
    *, prompt: Prompt, actor: User | None, actor_label: str = ""
) -> bool:
    """Take an archived prompt back. Returns False if it was not archived."""
    return _set_archived(prompt, actor, actor_label, archive=False)


def _is_in_active_pack(prompt: Prompt) -> bool:
    """Features without an assignment are answered by it."""
    active = ActivePack.objects.filter(organization=prompt.organization_id)
    return PackEntry.objects.filter(
        version__in=active.values("version"), prompt_version__prompt=prompt
    ).exists()


def _set_archived(
    prompt: Prompt, actor: User | None, actor_label: str, *, archive: bool
) -> bool:
    now = timezone.now()
    changed = Prompt.objects.filter(pk=prompt.pk, archived_at__isnull=archive).update(
        archived_at=now if archive else None, updated_at=now
    )
    if not changed:
        return False
    record_change(
        organization=prompt.organization,
        actor=actor,
        actor_label=actor_label,
        action="prompt.archived" if archive else "prompt.restored",
        target=prompt,
        before={"archived": not archive},
        after={"archived": archive},
    )
    prompt.refresh_from_db()
    return True


def _add(
    prompt: Prompt,
    number: int,
    text: str,
    variables: Sequence[Variable],
    actor: User | None,
    actor_label: str,
    note: str,
) -> PromptVersion:
    return PromptVersion.objects.create(
        prompt=prompt,
        number=number,
        text=text,
        variables=[one.as_json() for one in variables],
        note=note.strip(),
        actor=actor,
        actor_label=actor_name(actor, actor_label),
    )


def _check(text: str, variables: Sequence[Variable]) -> None:
    checked = check_prompt(text, variables)
    if not checked.is_valid:
        raise PromptRefused(checked=checked)


def _validate(prompt: Prompt, note: str, label: str) -> None:
    errors = {}
    try:
        prompt.full_clean(exclude=["organization"])
    except ValidationError as error:
        errors = error.message_dict
        errors["name"] = errors.get("name") or errors.pop("__all__", [])
        errors = {field: said for field, said in errors.items() if said}
    if len(prompt.description) > DESCRIPTION_LENGTH:
        errors["description"] = [f"At most {DESCRIPTION_LENGTH:,} characters."]
    if len(note.strip()) > NOTE_LENGTH:
        errors["note"] = [f"At most {NOTE_LENGTH} characters."]
    if "\x00" in prompt.description + note:
        errors["note"] = ["Text cannot hold a NUL character."]
    if label and (problem := check_label_name(label)):
        errors["label"] = [problem]
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def add_starting_prompts(
    *, organization: Organization, actor: User | None, actor_label: str = ""
) -> list[str]:
    """Create those of the starting texts whose name is not taken; their names."""
    taken = set(
        Prompt.objects.filter(organization=organization).values_list("name", flat=True)
    )
    added = [one for one in STARTING_TEXTS if one.name not in taken]
    for one in added:
        create_prompt(
            organization=organization,
            name=one.name,
            text=one.text,
            variables=one.variables,
            description=one.description,
            note="Starting text",
            actor=actor,
            actor_label=actor_label,
        )
    return [one.name for one in added]
