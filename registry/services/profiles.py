"""Making, editing, deleting and restoring profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.audit import record_change
from registry.models import ApiToken, Membership, Organization, Profile, User
from registry.profiles.checking import DocumentError, clean_document, said
from registry.profiles.document import ProfileDocument
from registry.profiles.files import RESERVED, ProfileFile, slug_from
from registry.profiles.overlay import ProfileCycle, ProfileMissing, effective
from registry.queries.profiles import documents_of, extended_by

EDITABLE = ("name", "description", "document")


class ProfileRefused(Exception):
    """The profile breaks a rule; nothing was changed. `problems` are sentences."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problems))


class StaleProfile(Exception):
    """Someone else edited the profile meanwhile; nothing was changed."""

    def __init__(self, current: Profile) -> None:
        self.current = current
        super().__init__(
            f"{current.slug} was edited meanwhile: it is at version {current.version}."
        )


@transaction.atomic
def create_profile(
    *,
    organization: Organization,
    name: str,
    slug: str = "",
    description: str = "",
    document: Mapping[str, Any] | None = None,
    actor: User | None,
    actor_label: str = "",
) -> Profile:
    """A new profile; without `slug` it is made of the name. Raises ProfileRefused for
    a wrong document, a name that is taken, and a circle."""
    _lock(organization)
    profile = Profile(
        organization=organization,
        name=name.strip(),
        slug=slug.strip() or slug_from(name),
        description=description.strip(),
        document=_document(document or {}),
    )
    _validate(profile)
    try:
        with transaction.atomic():
            profile.save(force_insert=True)
    except IntegrityError as error:
        message = f"There is a profile {profile.slug} already."
        raise ProfileRefused([message]) from error
    after = {"name": profile.name, **_facts(profile)}
    _record(profile, actor, actor_label, "created", None, after)
    return profile


def copy_profile(
    *,
    profile: Profile,
    name: str,
    slug: str = "",
    actor: User | None,
    actor_label: str = "",
) -> Profile:
    """A profile of its own that says the same. Raises ProfileRefused."""
    return create_profile(
        organization=profile.organization,
        name=name,
        slug=slug,
        description=profile.description,
        document=profile.document,
        actor=actor,
        actor_label=actor_label,
    )


@transaction.atomic
def edit_profile(
    *,
    profile: Profile,
    expected_version: int,
    actor: User | None,
    actor_label: str = "",
    **facts: Any,  # a field of EDITABLE each
) -> bool:
    """Set the given fields of `EDITABLE`. `expected_version` is the version the person
    saw. Returns whether anything changed. Raises StaleProfile and ProfileRefused."""
    unknown = sorted(set(facts) - set(EDITABLE))
    if unknown:
        message = f"A profile has no {', '.join(unknown)} to edit."
        raise TypeError(message)
    _lock(profile.organization)
    locked = Profile.objects.select_for_update().get(pk=profile.pk)
    before = _facts(locked)
    for field, value in facts.items():
        new = _document(value) if field == "document" else value.strip()
        setattr(locked, field, new)
    after = _facts(locked)
    changed = [field for field in EDITABLE if before[field] != after[field]]
    if not changed:
        return False
    if locked.version != expected_version:
        raise StaleProfile(Profile.objects.get(pk=profile.pk))
    if locked.archived_at is not None:
        raise ProfileRefused(["This profile is deleted. Restore it first."])
    _validate(locked)
    locked.version += 1
    locked.save()
    _record(
        locked,
        actor,
        actor_label,
        "edited",
        {field: before[field] for field in changed},
        {field: after[field] for field in changed},
    )
    profile.refresh_from_db()
    return True


def import_profile(
    *,
    organization: Organization,
    file: ProfileFile,
    actor: User | None,
    actor_label: str = "",
) -> tuple[Profile, str]:
    """The profile of a file: a new one, or the one of its short name, edited (a
    deleted one is taken back). What happened is created, edited or unchanged. Raises
    ProfileRefused."""
    known = Profile.objects.filter(organization=organization, slug=file.slug).first()
    if known is None:
        profile = create_profile(
            organization=organization,
            name=file.name,
            slug=file.slug,
            description=file.description,
            document=file.document,
            actor=actor,
            actor_label=actor_label,
        )
        return profile, "created"
    with transaction.atomic():
        restore_profile(profile=known, actor=actor, actor_label=actor_label)
        is_changed = edit_profile(
            profile=known,
            expected_version=known.version,
            name=file.name,
            description=file.description,
            document=file.document,
            actor=actor,
            actor_label=actor_label,
        )
    return known, "edited" if is_changed else "unchanged"


@transaction.atomic
def delete_profile(
    *, profile: Profile, actor: User | None, actor_label: str = ""
) -> bool:
    """Hide the profile and take it from whoever has it. Returns False if it was
    deleted already. Raises ProfileRefused while others extend it."""
    _lock(profile.organization)
    others = extended_by(profile)
    if others:
        message = f"{', '.join(others)} extend{'s' * (len(others) == 1)} this profile."
        raise ProfileRefused([message])
    now = timezone.now()
    deleted = Profile.objects.filter(pk=profile.pk, archived_at=None).update(
        archived_at=now, updated_at=now
    )
    if not deleted:
        return False
    people = Membership.objects.filter(profile=profile)
    tokens = ApiToken.objects.filter(profile=profile)
    before = {
        "deleted": False,
        "people": sorted(people.values_list("user__email", flat=True)),
        "tokens": sorted(tokens.values_list("label", flat=True)),
    }
    people.update(profile=None)
    tokens.update(profile=None)
    after = {"deleted": True, "people": [], "tokens": []}
    _record(profile, actor, actor_label, "deleted", before, after)
    profile.refresh_from_db()
    return True


@transaction.atomic
def restore_profile(
    *, profile: Profile, actor: User | None, actor_label: str = ""
) -> bool:
    """Take a deleted profile back; nobody has it yet. Returns False if it was not
    deleted. Raises ProfileRefused where what it extends is not there any more."""
    _lock(profile.organization)
    restored = Profile.objects.filter(pk=profile.pk, archived_at__isnull=False).update(
        archived_at=None, updated_at=timezone.now()
    )
    if not restored:
        return False
    profile.refresh_from_db()
    _check_way(profile)
    before, after = {"deleted": True}, {"deleted": False}
    _record(profile, actor, actor_label, "restored", before, after)
    return True


def _lock(organization: Organization) -> None:
    """Two edits at once could close a circle that neither of them sees."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _document(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return clean_document(value)
    except DocumentError as error:
        raise ProfileRefused([said(*one) for one in error.wrong]) from error


def _validate(profile: Profile) -> None:
    if profile.slug in RESERVED:
        raise ProfileRefused([f"“{profile.slug}” has a meaning already."])
    try:
        profile.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        problems = [
            f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items()
        ]
        raise ProfileRefused(problems) from error
    if "\x00" in profile.name + profile.description:
        # Forms refuse it; a copy, a file and the console come past them.
        raise ProfileRefused(["A name and a description have no null characters."])
    if len(profile.description) > 2_000:
        raise ProfileRefused(["description: At most 2,000 characters."])
    _check_way(profile)


def _check_way(profile: Profile) -> None:
    documents = documents_of(profile.organization)
    own = {profile.slug: ProfileDocument.of(profile.document)}
    try:
        effective(profile.slug, {**documents, **own})
    except (ProfileCycle, ProfileMissing) as error:
        raise ProfileRefused([str(error)]) from error


def _facts(profile: Profile) -> dict[str, Any]:
    return {field: getattr(profile, field) for field in EDITABLE}


def _record(
    profile: Profile,
    actor: User | None,
    actor_label: str,
    what: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    record_change(
        organization=profile.organization,
        actor=actor,
        actor_label=actor_label,
        action=f"profile.{what}",
        target=profile,
        before=before,
        after=after,
    )
