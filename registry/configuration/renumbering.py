"""Versions are known by what they say, not by their number: numbers in files are turned
into those that the same versions have here, or will get. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from registry.configuration.section import Document, Entry
from registry.lined.document import Path
from registry.packs.document import prompt_reference

Numbers = dict[str, dict[int, int]]
"""By prompt or pack: the number here of each number in the files."""


def renumbered(wanted: Document, current: Document) -> Document:
    """`wanted` with the versions that are here already in front of those to add."""
    found = deepcopy(wanted)
    here_prompts = current.get("prompts", {})
    prompts = _renumber(found.get("prompts", {}), here_prompts)
    for name, entry in found.get("prompts", {}).items():
        known = prompts.get(name, {})
        if "labels" in entry:
            entry["labels"] = {
                label: known.get(number, number)
                for label, number in entry["labels"].items()
            }
    _point_prompts(found, prompts)
    labels = _labels(found, current)
    for _, holder in _prompt_users(found):
        holder["prompt"] = _exact(holder["prompt"], labels)
    packs = _renumber(found.get("packs", {}), current.get("packs", {}))
    _point_pack(found, current, packs)
    return found


def prompt_users(document: Document) -> Iterator[tuple[Path, Entry]]:
    """Every place that names a prompt, with the mapping that holds it."""
    return _prompt_users(document)


def _renumber(entries: Mapping[str, Entry], here: Mapping[str, Entry]) -> Numbers:
    found: Numbers = {}
    for key, entry in entries.items():
        if "versions" in entry:
            kept = list(here.get(key, {}).get("versions", []))
            numbers, versions = _matched(kept, entry["versions"])
            found[key], entry["versions"] = numbers, versions
    return found


def _matched(
    here: list[Entry], said: list[Entry]
) -> tuple[dict[int, int], list[Entry]]:
    numbers: dict[int, int] = {}
    result = list(here)
    place = 0
    for version in said:
        spot = _spot(result, version, place)
        if spot is None:
            newest = result[-1]["number"] if result else 0
            # Numbers of a first import stay; later ones go on from what is here.
            number = newest + 1
            result.append({**version, "number": number})
            spot = len(result) - 1
        place = spot + 1
        numbers[version["number"]] = result[spot]["number"]
    return numbers, result


def _spot(here: list[Entry], version: Entry, place: int) -> int | None:
    wanted = _content(version)
    spots = [at for at, one in enumerate(here) if _content(one) == wanted]
    later = [at for at in spots if at >= place]
    return next(iter((*later, *spots)), None)


def _content(version: Entry) -> Entry:
    """Without number and note, which say nothing of what it does."""
    return {
        name: one for name, one in version.items() if name not in {"number", "note"}
    }


def _point_prompts(document: Document, prompts: Numbers) -> None:
    for _, holder in _prompt_users(document):
        one = prompt_reference(holder["prompt"])
        if one and one.number and one.number in prompts.get(one.name, {}):
            holder["prompt"] = f"{one.name}@{prompts[one.name][one.number]}"


def _labels(document: Document, current: Document) -> dict[str, Mapping[str, int]]:
    found: dict[str, Mapping[str, int]] = {}
    for source in (current, document):
        for name, entry in source.get("prompts", {}).items():
            found[name] = {**found.get(name, {}), **entry.get("labels", {})}
    return found


def _exact(text: str, labels: Mapping[str, Mapping[str, int]]) -> str:
    one = prompt_reference(text)
    if one is None or one.number:
        return text
    number = labels.get(one.name, {}).get(one.label)
    return f"{one.name}@{number}" if number else text


def _prompt_users(document: Document) -> Iterator[tuple[Path, Entry]]:
    for key, entry in document.get("features", {}).items():
        held: dict[str, Any] = entry.get("assignment") or {}
        if held.get("prompt"):
            yield ("features", key, "assignment", "prompt"), held
    for slug, entry in document.get("packs", {}).items():
        for place, version in enumerate(entry.get("versions", [])):
            for key, one in version["features"].items():
                if one.get("prompt"):
                    path = ("packs", slug, "versions", place, "features", key, "prompt")
                    yield path, one


def _point_pack(document: Document, current: Document, packs: Numbers) -> None:
    for entry in document.get("organization", {}).values():
        slug, at, number = (entry.get("active_pack") or "").partition("@")
        if not slug:
            continue
        if at:
            known = packs.get(slug, {})
            entry["active_pack"] = f"{slug}@{known.get(int(number), int(number))}"
            continue
        for source in (document, current):
            versions = source.get("packs", {}).get(slug, {}).get("versions")
            if versions:
                entry["active_pack"] = f"{slug}@{versions[-1]['number']}"
                break
