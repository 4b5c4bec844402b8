"""Profiles of an organisation: lists, who uses which, what is wrong with them, and
drafts of new ones from what exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from registry.models import Organization, Profile
from registry.profiles.document import EVERYTHING, Preference, ProfileDocument
from registry.profiles.files import ProfileFile
from registry.profiles.overlay import (
    ProfileCycle,
    ProfileMissing,
    effective,
    way_of,
)
from registry.resolution.loading import load_snapshot_of
from registry.resolution.profile_findings import ProfileFinding, findings_of
from registry.resolution.snapshot import Snapshot
from registry.resolution.stages import local_models


def profiles_of(organization: Organization) -> QuerySet[Profile]:
    """Those in use, by name, each with how many people and tokens have it."""
    return (
        Profile.objects.filter(organization=organization, archived_at=None)
        .annotate(
            person_count=Count("memberships", distinct=True),
            token_count=Count(
                "api_tokens", filter=Q(api_tokens__revoked_at=None), distinct=True
            ),
        )
        .order_by("name", "slug")
    )


def deleted_profiles(organization: Organization) -> QuerySet[Profile]:
    return Profile.objects.filter(
        organization=organization, archived_at__isnull=False
    ).order_by("-archived_at")


def documents_of(organization: Organization) -> dict[str, ProfileDocument]:
    """By short name, deleted ones left out."""
    rows = Profile.objects.filter(organization=organization, archived_at=None)
    return {
        slug: ProfileDocument.of(document)
        for slug, document in rows.values_list("slug", "document")
    }


def extended_by(profile: Profile) -> list[str]:
    """Short names of the profiles that extend this one directly."""
    documents = documents_of(profile.organization)
    return sorted(
        slug for slug, one in documents.items() if one.extends == profile.slug
    )


def file_of(profile: Profile) -> ProfileFile:
    return ProfileFile(
        profile.name, profile.slug, profile.description, profile.document
    )


@dataclass(frozen=True)
class Checked:
    """A document laid over all that it extends, and what is wrong with that."""

    document: ProfileDocument
    findings: tuple[ProfileFinding, ...]
    way: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(one.severity == "error" for one in self.findings)


def check_profile(
    organization: Organization, slug: str, stored: Mapping[str, Any]
) -> Checked:
    """What would come of `stored` as the document of `slug`, saved or not."""
    own = ProfileDocument.of(stored)
    documents = {**documents_of(organization), slug: own}
    try:
        whole = effective(slug, documents)
        way = way_of(slug, documents)
    except (ProfileCycle, ProfileMissing) as error:
        return Checked(own, (ProfileFinding("error", "", str(error)),))
    names = {
        reference.partition("/")[2]
        for preference in whole.preferences
        for reference in preference.references
    }
    snapshot = load_snapshot_of(organization.pk, names)
    entry = snapshot.configuration.organizations[organization.pk]
    today = timezone.now().date()
    return Checked(whole, tuple(findings_of(snapshot, entry, whole, today)), way)


def draft_from_assignments(snapshot: Snapshot, organization_id: int) -> dict[str, Any]:
    """A role for every feature that is assigned, with its models and parameters."""
    roles = {
        feature.key: Preference(
            models=tuple(
                model.reference
                for model_id in feature.model_ids
                if (model := snapshot.model(model_id)) is not None
            ),
            parameters=dict(feature.parameters),
        )
        for feature in snapshot.features_of(organization_id)
        if feature.model_ids and not feature.is_archived
    }
    return ProfileDocument(roles=roles).as_json()


def draft_local_first(snapshot: Snapshot, organization_id: int) -> dict[str, Any]:
    """Local models that discovery found before everything that is assigned. Empty
    where there are none."""
    organization = snapshot.configuration.organizations[organization_id]
    local = local_models(snapshot, organization)
    if not local:
        return {}
    models = tuple(one.reference for one in local)
    return ProfileDocument(roles={EVERYTHING: Preference(models=models)}).as_json()
