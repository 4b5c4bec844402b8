"""Names in a configuration that nothing is known by, with the nearest that are."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from registry.configuration.files import Finding
from registry.configuration.merging import Wanted
from registry.configuration.renumbering import prompt_users
from registry.configuration.section import Document
from registry.lined.document import Path
from registry.models import Organization
from registry.packs.document import prompt_reference
from registry.profiles.document import ProfileDocument
from registry.profiles.overlay import ProfileCycle, ProfileMissing, effective
from registry.queries.references import resolve_references, similar_references

Named = tuple[Path, str]
MOST_HINTS = 20
"""A file full of mistakes is told of; looking for likenesses of each takes time."""


def unknown_references(
    organization: Organization, current: Document, wanted: Wanted
) -> tuple[list[Finding], list[Finding]]:
    """Errors, then warnings: a pack or a profile may name what is not there yet."""
    check = _Check(organization, current, wanted)
    errors = [
        *check.models(_binding_models(wanted.document)),
        *check.prompts(),
        *check.active_pack(),
        *check.profiles(),
    ]
    warnings = [
        *check.models(_loose_models(wanted.document)),
        *check.features(),
    ]
    return errors, warnings


def _binding_models(document: Document) -> Iterator[Named]:
    own = set(document.get("custom_models", ()))
    for key, entry in document.get("models", {}).items():
        if key not in own:
            yield ("models", key), key
        for place, name in enumerate(entry.get("fallbacks", ())):
            yield ("models", key, "fallbacks", place), name
    yield from _assigned_models(document)
    for section, field in (
        ("organization", "default_model"),
        ("budgets", "fallback_model"),
    ):
        for key, entry in document.get(section, {}).items():
            if entry.get(field):
                yield (section, key, field), entry[field]


def _assigned_models(document: Document) -> Iterator[Named]:
    for key, entry in document.get("features", {}).items():
        said = entry.get("assignment") or {}
        path = ("features", key, "assignment")
        if said.get("model"):
            yield (*path, "model"), said["model"]
        for place, name in enumerate(said.get("fallbacks", ())):
            yield (*path, "fallbacks", place), name


def _chosen_models(document: Document) -> Iterator[Named]:
    for key, entry in document.get("features", {}).items():
        choice = entry.get("automatic_choice") or {}
        for place, name in enumerate(choice.get("models", ())):
            yield ("features", key, "automatic_choice", "models", place), name


def _loose_models(document: Document) -> Iterator[Named]:
    yield from _chosen_models(document)
    for slug, entry in document.get("packs", {}).items():
        for place, version in enumerate(entry.get("versions", ())[-1:]):
            for key, said in version["features"].items():
                path = ("packs", slug, "versions", place, "features", key)
                for name in (said["model"], *said.get("fallbacks", ())):
                    yield path, name
    for slug, entry in document.get("profiles", {}).items():
        for part in ("roles", "tasks"):
            for key, said in entry.get(part, {}).items():
                for field in ("models", "cloud_fallbacks"):
                    for name in (said or {}).get(field) or ():
                        yield ("profiles", slug, part, key, field), name


@dataclass(frozen=True)
class _Check:
    organization: Organization
    current: Document
    wanted: Wanted

    def models(self, named: Iterable[Named]) -> Iterator[Finding]:
        rows = list(named)
        own = set(self.wanted.document.get("custom_models", ()))
        names = {name for _, name in rows} - own
        known = resolve_references(names, self.organization)
        hints = 0
        for path, name in rows:
            if name in own:
                continue
            found = known.get(name)
            if found is None:
                hints += 1
                close = (
                    similar_references(name, self.organization)
                    if hints <= MOST_HINTS
                    else []
                )
                yield self._finding(path, f"No model is called {name}.", close)
            elif found.reference != name:
                text = f"{name} is an alias, which moves. Write {found.reference}."
                yield self._finding(path, text)

    def prompts(self) -> Iterator[Finding]:
        known: dict[str, set[str]] = {}
        for source in (self.current, self.wanted.document):
            for name, entry in source.get("prompts", {}).items():
                numbers = {str(one["number"]) for one in entry.get("versions", ())}
                kept = known.setdefault(name, {"latest"})
                kept |= {*numbers, *entry.get("labels", ())}
        for path, holder in prompt_users(self.wanted.document):
            one = prompt_reference(holder["prompt"])
            if one is None or path[0] == "packs":
                continue
            if one.name not in known:
                text = f"There is no prompt {one.name}."
                yield self._finding(path, text, _close(one.name, known))
            elif str(one.number or one.label) not in known[one.name]:
                yield self._finding(path, f"There is no version {one}.")
        for name, entry in self.wanted.document.get("prompts", {}).items():
            for label, number in entry.get("labels", {}).items():
                if str(number) not in known[name]:
                    path = ("prompts", name, "labels", label)
                    yield self._finding(path, f"There is no version {number}.")

    def active_pack(self) -> Iterator[Finding]:
        for key, entry in self.wanted.document.get("organization", {}).items():
            slug, _, number = (entry.get("active_pack") or "").partition("@")
            if not slug:
                continue
            path = ("organization", key, "active_pack")
            packs = {
                **self.current.get("packs", {}),
                **self.wanted.document.get("packs", {}),
            }
            if slug not in packs:
                text = f"There is no pack {slug}."
                yield self._finding(path, text, _close(slug, packs))
                continue
            known = {
                str(one["number"])
                for source in (self.current, self.wanted.document)
                for one in source.get("packs", {}).get(slug, {}).get("versions", ())
            }
            if number and number not in known:
                yield self._finding(path, f"There is no version {number} of {slug}.")

    def profiles(self) -> Iterator[Finding]:
        said = self.wanted.document.get("profiles", {})
        both = {
            slug: {**self.current.get("profiles", {}).get(slug, {}), **entry}
            for slug, entry in {**self.current.get("profiles", {}), **said}.items()
        }
        documents = {slug: ProfileDocument.of(entry) for slug, entry in both.items()}
        for slug in said:
            path = ("profiles", slug, "extends")
            try:
                effective(slug, documents)
            except ProfileCycle as error:
                yield self._finding(path, str(error))
            except ProfileMissing as error:
                yield self._finding(path, str(error), _close(error.slug, documents))

    def features(self) -> Iterator[Finding]:
        known = {
            *self.current.get("features", {}),
            *self.wanted.document.get("features", {}),
        }
        for slug, entry in self.wanted.document.get("packs", {}).items():
            for version in entry.get("versions", ())[-1:]:
                for key in version["features"]:
                    if key not in known:
                        path = ("packs", slug, "versions")
                        text = f"There is no feature {key}: its entry waits for it."
                        yield self._finding(path, text, _close(key, known))

    def _finding(self, path: Path, text: str, close: Collection[str] = ()) -> Finding:
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        place = " · ".join(str(one) for one in path[:3])
        return self.wanted.finding(path, f"{place}: {text}{hint}")


def _close(name: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, list(known), n=2)
