"""What the active profile says about one selection. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.profiles.needs import Needs
from registry.profiles.overlay import chosen_for
from registry.resolution.entries import ProfileEntry
from registry.resolution.naming import shown, similar
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Overlay:
    """A profile, and what it prefers and requires here. `references` are its models
    and then its cloud fallbacks."""

    profile: ProfileEntry
    references: tuple[str, ...]
    needs: Needs
    parameters: Mapping[str, Any]
    allows_cloud: bool
    parts: tuple[str, ...]

    @property
    def binds(self) -> bool:
        """Whether it asks anything of a model."""
        return bool(self.needs.words)

    @property
    def trace(self) -> tuple[str, ...]:
        """What it says, in sentences."""
        name = f"The profile “{self.profile.name}” is active"
        if not self.parts:
            return (f"{name} and says nothing here.",)
        lines = [f"{name} and speaks of {_and(self.parts)}."]
        if self.references:
            lines.append(f"It prefers {', then '.join(self.references)}.")
        if self.needs.words:
            lines.append(f"It requires {_and(self.needs.words)}.")
        if not self.allows_cloud:
            lines.append("It allows no model in the cloud.")
        if self.parameters:
            words = [f"{name} {value}" for name, value in self.parameters.items()]
            lines.append(f"It sets {', '.join(words)}.")
        return tuple(lines)


def overlay_of(
    snapshot: Snapshot, organization_id: int, selection: Selection
) -> Overlay | None:
    """None where no profile is active, or one has no say: a model that is named stays
    that model. Raises NotResolved for a profile that is not known or cannot be used,
    as what it forbids would be done otherwise."""
    if not selection.profile:
        return None
    profile = _profile(snapshot, organization_id, selection.profile)
    if selection.model:
        return None
    chosen = chosen_for(profile.document, selection.feature)
    preference = chosen.preference
    return Overlay(
        profile=profile,
        references=tuple(dict.fromkeys(preference.references)),
        needs=Needs.of(preference.requirements),
        parameters=preference.parameters,
        allows_cloud=preference.allow_cloud is not False,
        parts=chosen.parts,
    )


def _profile(snapshot: Snapshot, organization_id: int, slug: str) -> ProfileEntry:
    profile = snapshot.profile(organization_id, slug)
    if profile is None:
        known = [one.slug for one in snapshot.profiles_of(organization_id)]
        close = similar(slug, known)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise NotResolved(f"No profile is called {shown(slug)}.{hint}")
    if profile.problem:
        raise NotResolved(f"The profile {slug} cannot be used. {profile.problem}")
    return profile


def _and(words: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
