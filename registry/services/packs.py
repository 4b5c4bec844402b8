"""Making packs and new versions of them. A version never changes; editing adds one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.addresses import AddressRefused, parsed
from registry.audit import record_change
from registry.lined.document import Unreadable
from registry.models import Organization, Pack, PackEntry, PackVersion, User
from registry.packs.document import PackDocument, PackFeature
from registry.packs.reading import checked
from registry.queries.pack_models import known_prompts
from registry.queries.packs import document_of, latest_version
from registry.queries.references import resolve_references


class PackRefused(Exception):
    """The pack breaks a rule; nothing was changed. `problems` are sentences."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class StalePack(Exception):
    """Someone else made a version meanwhile; nothing was changed."""

    def __init__(self, latest: PackVersion) -> None:
        self.latest = latest
        super().__init__(f"The pack was changed meanwhile: it is at {latest}.")


@dataclass(frozen=True)
class VersionOutcome:
    """The version that says what was asked for. `is_new` is False where the newest one
    said so already: a double submit adds nothing."""

    version: PackVersion
    is_new: bool


@transaction.atomic
def create_pack(
    *,
    organization: Organization,
    document: PackDocument,
    actor: User | None,
    actor_label: str = "",
    is_ready_made: bool = False,
    source_url: str = "",
) -> PackVersion:
    """A new pack with its first version. Models, features and prompts that are not
    known are kept as they are written. Raises PackRefused."""
    said = _checked(document)
    pack = Pack(
        organization=organization,
        slug=said.slug,
        name=said.name,
        description=said.description,
        is_ready_made=is_ready_made,
        source_url=_address(source_url),
    )
    _validate(pack)
    try:
        with transaction.atomic():
            pack.save(force_insert=True)
    except IntegrityError as error:
        raise PackRefused([f"There is a pack {said.slug} already."]) from error
    version = _add(pack, said, 1, actor, actor_label)
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="pack.created",
        target=pack,
        before=None,
        after={
            "name": pack.name,
            "version": 1,
            "features": len(said.features),
            **({"source_url": pack.source_url} if pack.source_url else {}),
        },
        note=said.note,
    )
    return version


def add_version(
    *,
    pack: Pack,
    document: PackDocument,
    expected_number: int,
    actor: User | None,
    actor_label: str = "",
) -> VersionOutcome:
    """What `document` says as the next version. Its name, slug and description are left
    alone: see `describe_pack`. `expected_number` is the newest version that the person
    saw. Raises StalePack and PackRefused."""
    said = _checked(document)
    latest = latest_version(pack)
    before = document_of(latest)
    if before.says_the_same(_exact(said, pack.organization)):
        return VersionOutcome(latest, is_new=False)
    if pack.archived_at is not None:
        raise PackRefused(["This pack is archived. Restore it first."])
    if latest.number != expected_number:
        raise StalePack(latest)
    try:
        version = _write_next(pack, said, latest, before, actor, actor_label)
    except IntegrityError as error:
        # The unique (pack, number) let somebody else go first.
        raise StalePack(latest_version(pack)) from error
    return VersionOutcome(version, is_new=True)


def import_pack(
    *,
    organization: Organization,
    document: PackDocument,
    actor: User | None,
    actor_label: str = "",
) -> VersionOutcome:
    """A new pack; or, where there is one with its slug, a new version of it. Raises
    PackRefused and StalePack."""
    pack = Pack.objects.filter(organization=organization, slug=document.slug).first()
    if pack is None:
        version = create_pack(
            organization=organization,
            document=document,
            actor=actor,
            actor_label=actor_label,
        )
        return VersionOutcome(version, is_new=True)
    return add_version(
        pack=pack,
        document=document,
        expected_number=latest_version(pack).number,
        actor=actor,
        actor_label=actor_label,
    )


@transaction.atomic
def describe_pack(
    *,
    pack: Pack,
    name: str,
    description: str,
    source_url: str,
    actor: User | None,
    actor_label: str = "",
) -> bool:
    """Rename and describe; the slug stays. Whether anything changed. Raises
    PackRefused."""
    locked = Pack.objects.select_for_update().get(pk=pack.pk)
    before = _facts(locked)
    locked.name, locked.description = name.strip(), description.strip()
    locked.source_url = _address(source_url)
    after = _facts(locked)
    changed = [field for field in after if before[field] != after[field]]
    if not changed:
        return False
    _validate(locked)
    locked.save()
    record_change(
        organization=locked.organization,
        actor=actor,
        actor_label=actor_label,
        action="pack.described",
        target=locked,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )
    pack.refresh_from_db()
    return True


def archive_pack(*, pack: Pack, actor: User | None, actor_label: str = "") -> bool:
    """Hide the pack; nothing is lost. False if it was already. Raises PackRefused for
    the active one."""
    if pack.versions.filter(pk__in=_active_ids(pack)).exists():
        raise PackRefused([f"{pack.slug} is active. Switch to another pack first."])
    return _set_archived(pack, actor, actor_label, archive=True)


def restore_pack(*, pack: Pack, actor: User | None, actor_label: str = "") -> bool:
    """Take an archived pack back. False if it was not archived."""
    return _set_archived(pack, actor, actor_label, archive=False)


def _active_ids(pack: Pack) -> list[int]:
    active = getattr(pack.organization, "active_pack", None)
    return [active.version_id] if active and active.version_id else []


@transaction.atomic
def _set_archived(
    pack: Pack, actor: User | None, actor_label: str, *, archive: bool
) -> bool:
    now = timezone.now()
    changed = Pack.objects.filter(pk=pack.pk, archived_at__isnull=archive).update(
        archived_at=now if archive else None, updated_at=now
    )
    if not changed:
        return False
    record_change(
        organization=pack.organization,
        actor=actor,
        actor_label=actor_label,
        action="pack.archived" if archive else "pack.restored",
        target=pack,
        before={"archived": not archive},
        after={"archived": archive},
    )
    pack.refresh_from_db()
    return True


@transaction.atomic
def _write_next(
    pack: Pack,
    said: PackDocument,
    latest: PackVersion,
    before: PackDocument,
    actor: User | None,
    actor_label: str,
) -> PackVersion:
    version = _add(pack, said, latest.number + 1, actor, actor_label)
    old = {one.key: one.as_json() for one in before.features}
    new = {one.key: one.as_json() for one in said.features}
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    record_change(
        organization=pack.organization,
        actor=actor,
        actor_label=actor_label,
        action="pack.edited",
        target=pack,
        before={"version": latest.number, **{key: old.get(key) for key in changed}},
        after={"version": version.number, **{key: new.get(key) for key in changed}},
        note=said.note,
    )
    return version


def _add(
    pack: Pack, said: PackDocument, number: int, actor: User | None, actor_label: str
) -> PackVersion:
    version = PackVersion.objects.create(
        pack=pack,
        number=number,
        note=said.note,
        actor=actor,
        actor_label=actor_name(actor, actor_label),
    )
    organization = pack.organization
    models = resolve_references({one.model for one in said.features}, organization)
    prompts = known_prompts(
        organization, {one.prompt for one in said.features if one.prompt}
    )

    def entry(one: PackFeature) -> PackEntry:
        prompt = prompts.get(one.prompt)
        return PackEntry(
            version=version,
            feature_key=one.key,
            model_reference=one.model,
            ai_model=models.get(one.model),
            fallback_references=list(one.fallbacks),
            parameters=dict(one.parameters),
            prompt_reference=one.prompt,
            prompt_version_id=prompt.id if prompt else None,
            note=one.note,
        )

    PackEntry.objects.bulk_create(entry(one) for one in said.features)
    return version


def _exact(said: PackDocument, organization: Organization) -> PackDocument:
    """With prompts by the version that their labels mean now, as a version keeps
    them."""
    prompts = known_prompts(
        organization, {one.prompt for one in said.features if one.prompt}
    )
    return replace(
        said,
        features=tuple(
            replace(one, prompt=prompts[one.prompt].text)
            if one.prompt in prompts
            else one
            for one in said.features
        ),
    )


def _checked(document: PackDocument) -> PackDocument:
    try:
        return checked(document)
    except Unreadable as error:
        raise PackRefused(str(one) for one in error.problems) from error


def _address(url: str) -> str:
    """In one spelling. Whether it may be gone to is checked when it is."""
    if not url.strip():
        return ""
    try:
        parsed(url.split("?")[0])
    except AddressRefused as error:
        raise PackRefused([str(error)]) from error
    return url.strip()


def _validate(pack: Pack) -> None:
    try:
        pack.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise PackRefused(
            f"{name}: {text}"
            for name, texts in error.message_dict.items()
            for text in texts
        ) from error


def _facts(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.name,
        "description": pack.description,
        "source_url": pack.source_url,
    }
