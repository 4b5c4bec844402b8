"""What is wrong with a profile beside its shape: models that are not there, features
that nobody has, requirements that its own models do not meet. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from registry.profiles.document import EVERYTHING, Preference, ProfileDocument
from registry.profiles.needs import Needs, unmet
from registry.resolution.entries import ModelEntry, OrganizationEntry
from registry.resolution.finding import traits_of
from registry.resolution.naming import model_named, similar
from registry.resolution.plan import NotResolved
from registry.resolution.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ProfileFinding:
    """`severity` is error (nothing can come of it) or warning; `place` the role or
    task it is about, or empty."""

    severity: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


def findings_of(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    document: ProfileDocument,
    today: datetime.date,
) -> list[ProfileFinding]:
    """Of an effective document, by place; errors first."""
    found: list[ProfileFinding] = []
    keys = {one.key: one for one in snapshot.features_of(organization.id)}
    for key, preference in document.roles.items():
        if key != EVERYTHING and key not in keys:
            close = similar(key, keys)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            text = f"There is no feature of this key.{hint}"
            found.append(ProfileFinding("warning", key, text))
        elif key != EVERYTHING and keys[key].is_archived:
            found.append(ProfileFinding("warning", key, "The feature is archived."))
        found += _of_preference(snapshot, organization, key, preference, today)
    for task, preference in document.tasks.items():
        found += _of_preference(snapshot, organization, task, preference, today)
    return sorted(found, key=lambda one: one.severity != "error")


def _of_preference(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    place: str,
    preference: Preference,
    today: datetime.date,
) -> Iterator[ProfileFinding]:
    needs = Needs.of(preference.requirements)
    for reference in dict.fromkeys(preference.references):
        try:
            model = model_named(snapshot, organization, reference).model
        except NotResolved as error:
            yield ProfileFinding("error", place, error.message)
            continue
        for severity, text in _against(snapshot, organization, model, today):
            yield ProfileFinding(severity, place, f"{model.reference} {text}.")
        for _, text in unmet(needs, traits_of(model)):
            yield ProfileFinding("warning", place, f"{model.reference} {text}.")


def _against(
    snapshot: Snapshot,
    organization: OrganizationEntry,
    model: ModelEntry,
    today: datetime.date,
) -> Iterator[tuple[str, str]]:
    retired = model.retired_on
    if retired is not None and retired <= today:
        yield "error", f"was retired on {retired.day} {retired:%b %Y}"
    if model.id not in organization.enabled_model_ids:
        yield "warning", f"is not enabled for {organization.title}"
    connections = snapshot.connections(organization.id, model.provider)
    if not connections:
        yield "warning", f"has no connection: none to {model.provider} is set up"
    elif all(one.problem for one in connections):
        yield "warning", f"has no usable connection: {connections[0].problem}"
