"""What the pages of profiles show."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from registry.machine_probe import machine_watch
from registry.models import ApiToken, Feature, Membership, Organization, Profile
from registry.profiles.document import EVERYTHING, Preference, ProfileDocument
from registry.profiles.needs import Needs
from registry.queries.profiles import Checked, check_profile
from registry.resolution.explaining import Explanation, explain
from registry.resolution.loading import load_snapshot_of
from registry.resolution.machine import Machine
from registry.resolution.plan import Selection


@dataclass(frozen=True)
class PreferenceRow:
    """A role or a task of a profile. `is_own` is False for what it extends."""

    part: str
    key: str
    title: str
    preference: Preference
    is_own: bool

    @property
    def needs(self) -> tuple[str, ...]:
        return Needs.of(self.preference.requirements).words

    @property
    def parameters(self) -> str:
        said = self.preference.parameters.items()
        return ", ".join(f"{name} {value}" for name, value in said)


@dataclass(frozen=True)
class ProfilePage:
    """A profile with everything about it."""

    profile: Profile
    checked: Checked
    rows: list[PreferenceRow]
    people: list[Membership]
    tokens: list[ApiToken]


def profile_page(profile: Profile) -> ProfilePage:
    organization = profile.organization
    checked = check_profile(organization, profile.slug, profile.document)
    tokens = ApiToken.objects.filter(organization=organization, revoked_at=None)
    return ProfilePage(
        profile=profile,
        checked=checked,
        rows=_rows(profile, checked.document),
        people=list(profile.memberships.select_related("user").order_by("user__email")),
        tokens=list(tokens.select_related("profile").order_by("label")),
    )


def feature_choices(organization: Organization) -> list[Feature]:
    rows = Feature.objects.filter(organization=organization, archived_at=None)
    return list(rows.order_by("name", "key"))


def explained(profile: Profile, key: str) -> Explanation:
    """What a call of the feature would do under the profile."""
    return explain(
        load_snapshot_of(profile.organization_id),
        profile.organization_id,
        Selection(feature=key, profile=profile.slug),
        at=timezone.now(),
    )


def enabled_references(organization: Organization) -> list[str]:
    """What a picker of models offers."""
    snapshot = load_snapshot_of(organization.pk)
    return [one.reference for one in snapshot.enabled_models(organization.pk)]


def this_machine() -> Machine:
    return machine_watch().machine()


def _rows(profile: Profile, whole: ProfileDocument) -> list[PreferenceRow]:
    own = ProfileDocument.of(profile.document)
    names = dict(
        Feature.objects.filter(organization=profile.organization).values_list(
            "key", "name"
        )
    )
    rows = [
        PreferenceRow(
            "roles",
            key,
            "Everything else" if key == EVERYTHING else names.get(key, key),
            preference,
            key in own.roles,
        )
        for key, preference in whole.roles.items()
    ]
    rows.sort(key=lambda row: (row.key == EVERYTHING, row.key))
    tasks = [
        PreferenceRow("tasks", key, key.capitalize(), preference, key in own.tasks)
        for key, preference in sorted(whole.tasks.items())
    ]
    return [*tasks, *rows]
