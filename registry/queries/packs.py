"""Packs, their versions and what they say."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery

from registry.models import (
    Organization,
    Pack,
    PackEntry,
    PackSwitch,
    PackVersion,
    PlannedSwitch,
    PlannedSwitchState,
)
from registry.packs.document import PackDocument, PackFeature
from registry.packs.findings import Finding
from registry.queries.pack_difference import pack_difference, pack_differences
from registry.queries.pack_models import references_of
from registry.queries.pack_situation import active_pack, in_force

MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class PackRow:
    """A pack for a list. `findings` are of its newest version against the organisation
    as it is now; `active_number` is the version in force, if it is this pack's."""

    pack: Pack
    latest: PackVersion
    entry_count: int
    findings: tuple[Finding, ...]
    active_number: int | None
    last_used_at: datetime.datetime | None
    planned: tuple[PlannedSwitch, ...]

    @property
    def is_active(self) -> bool:
        return self.active_number is not None

    @property
    def errors(self) -> int:
        return sum(one.severity == "error" for one in self.findings)

    @property
    def warnings(self) -> int:
        return sum(one.severity == "warning" for one in self.findings)


@dataclass(frozen=True)
class VersionRow:
    """A version; `added`, `changed` and `removed` are keys of features, against the
    version before it."""

    version: PackVersion
    entry_count: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    is_active: bool
    last_used_at: datetime.datetime | None


def packs_of(
    organization: Organization, *, is_archived: bool = False
) -> QuerySet[Pack]:
    return Pack.objects.filter(
        organization=organization, archived_at__isnull=not is_archived
    ).select_related("organization")


def pack_rows(
    organization: Organization, at: datetime.datetime, *, is_archived: bool = False
) -> list[PackRow]:
    """By name. The number of queries does not grow with the packs."""
    packs = list(packs_of(organization, is_archived=is_archived))
    newest = newest_versions(packs)
    plans = pack_differences(list(newest.values()), at)
    used = _last_used(organization)
    active = active_pack(organization)
    in_use = active.version if active else None
    planned = planned_switches(organization)
    return [
        PackRow(
            pack=pack,
            latest=newest[pack.pk],
            entry_count=newest[pack.pk].entry_count,  # type: ignore[attr-defined]  # annotated
            findings=plans[newest[pack.pk].pk].difference.findings,
            active_number=(
                in_use.number if in_use and in_use.pack_id == pack.pk else None
            ),
            last_used_at=max(
                (when for key, when in used.items() if key[0] == pack.pk), default=None
            ),
            planned=tuple(one for one in planned if one.pack_id == pack.pk),
        )
        for pack in packs
    ]


def newest_versions(packs: Iterable[Pack]) -> dict[int, PackVersion]:
    """The newest version of each, with `entry_count`, by the key of the pack."""
    newest = PackVersion.objects.filter(pack=OuterRef("pack")).order_by("-number")
    rows = (
        PackVersion.objects.filter(
            pack__in=list(packs), pk=Subquery(newest.values("pk")[:1])
        )
        .select_related("pack__organization")
        .annotate(entry_count=Count("entries"))
    )
    return {one.pack_id: one for one in rows}


def pack_findings(version: PackVersion, at: datetime.datetime) -> tuple[Finding, ...]:
    """What is wrong with a version in its organisation, now."""
    return pack_difference(version, at).difference.findings


def pack_named(organization: Organization, slug: str) -> Pack | None:
    """Archived ones too."""
    return (
        Pack.objects.filter(organization=organization, slug=slug.replace("\x00", ""))
        .select_related("organization")
        .first()
    )


def similar_packs(organization: Organization, word: str) -> list[str]:
    """Slugs of packs that look like `word`, best first."""
    slugs = list(packs_of(organization).values_list("slug", flat=True))
    return difflib.get_close_matches(word[:80].lower(), slugs, n=3, cutoff=0.4)


def version_of(pack: Pack, number: int | None = None) -> PackVersion | None:
    """The version of this number, or the newest."""
    if number is not None and not 0 < number <= MAX_NUMBER:
        return None
    versions = pack.versions.select_related("pack__organization").order_by("-number")
    return (versions if number is None else versions.filter(number=number)).first()


def latest_version(pack: Pack) -> PackVersion:
    """Always asks the database: another process may have added one."""
    return pack.versions.select_related("pack__organization").latest("number")


def document_of(version: PackVersion) -> PackDocument:
    """As it is exported. A prompt that was written by its label is written by its exact
    version: that is what this version stays with."""
    entries = version.entries.select_related("prompt_version__prompt")
    return PackDocument(
        name=version.pack.name,
        slug=version.pack.slug,
        description=version.pack.description,
        note=version.note,
        features=tuple(_feature(one) for one in entries),
    )


def document_assigned_now(
    organization: Organization,
    *,
    name: str,
    slug: str,
    description: str = "",
    note: str = "",
) -> PackDocument:
    """A pack of what every feature has now; those without a model are left out."""
    features = [one for one in in_force(organization).values() if not one.is_archived]
    ids = {key[0] for one in features if one.held for key in one.held.model_keys}
    references = references_of(pk for pk in ids if pk is not None)
    return PackDocument(
        name,
        slug,
        description,
        note,
        tuple(
            PackFeature(
                one.key,
                references[one.held.model_id],
                tuple(references[pk] for pk in one.held.fallback_ids),
                one.held.parameters,
                one.held.prompt.text if one.held.prompt else "",
            )
            for one in features
            if one.held and one.held.model_id is not None
        ),
    )


def version_rows(pack: Pack) -> list[VersionRow]:
    """Newest first, each with what it changed."""
    entries = PackEntry.objects.select_related("prompt_version__prompt")
    versions = list(
        pack.versions.select_related("pack__organization", "actor")
        .prefetch_related(Prefetch("entries", entries))
        .order_by("-number")
    )
    active = active_pack(pack.organization)
    used = _last_used(pack.organization)
    said = [
        {one.feature_key: _feature(one).as_json() for one in version.entries.all()}
        for version in versions
    ]
    return [
        VersionRow(
            version,
            len(new),
            tuple(key for key in new if key not in old),
            tuple(key for key in new if key in old and new[key] != old[key]),
            tuple(key for key in old if key not in new),
            active is not None and active.version_id == version.pk,
            used.get((pack.pk, version.pk)),
        )
        for version, new, old in zip(versions, said, [*said[1:], {}], strict=True)
    ]


def planned_switches(
    organization: Organization, *, pack: Pack | None = None, limit: int = 50
) -> list[PlannedSwitch]:
    """Those that wait, soonest first."""
    found = PlannedSwitch.objects.filter(
        organization=organization, state=PlannedSwitchState.PLANNED
    ).select_related("pack", "actor")
    return list((found.filter(pack=pack) if pack else found)[:limit])


def past_planned_switches(
    organization: Organization, limit: int = 20
) -> list[PlannedSwitch]:
    """Those that were done, failed or were cancelled, newest first."""
    return list(
        PlannedSwitch.objects.filter(organization=organization)
        .exclude(state=PlannedSwitchState.PLANNED)
        .select_related("pack", "actor")
        .order_by("-updated_at")[:limit]
    )


def _feature(entry: PackEntry) -> PackFeature:
    return PackFeature(
        key=entry.feature_key,
        model=entry.model_reference,
        fallbacks=tuple(entry.fallback_references),
        parameters=entry.parameters,
        prompt=_prompt(entry),
        note=entry.note,
    )


def _prompt(entry: PackEntry) -> str:
    version = entry.prompt_version
    if version is None:
        return entry.prompt_reference
    return f"{version.prompt.name}@{version.number}"


def _last_used(
    organization: Organization,
) -> dict[tuple[int, int], datetime.datetime]:
    """When each version was last switched to, by pack and version."""
    rows = (
        PackSwitch.objects.filter(organization=organization, to_version__isnull=False)
        .order_by()
        .values_list("to_version__pack_id", "to_version_id")
        .annotate(when=Max("at"))
    )
    return {(pack_id, version_id): when for pack_id, version_id, when in rows}
