"""What would change if an organisation became what files say. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from registry.configuration.section import Document, Entry, Section, Sections

Action = Literal["create", "change", "keep", "remove"]
ACTIONS: Final[tuple[Action, ...]] = ("create", "change", "remove", "keep")
FINGERPRINT_LENGTH: Final = 16


@dataclass(frozen=True)
class Change:
    """What happens to one entry. `before` and `after` hold the fields that differ;
    `entry` is the whole entry as it will be, `stated` what the files say of it."""

    section: str
    key: str
    action: Action
    before: Entry
    after: Entry
    entry: Entry
    stated: frozenset[str] = frozenset()

    @property
    def is_change(self) -> bool:
        return self.action != "keep"

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "key": self.key,
            "action": self.action,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Plan:
    """Every entry that the files name, and with pruning those that they do not.
    `untouched` counts the entries that are here and named nowhere, by section."""

    changes: tuple[Change, ...]
    untouched: Mapping[str, int]
    is_pruning: bool = False

    @property
    def to_do(self) -> tuple[Change, ...]:
        return tuple(one for one in self.changes if one.is_change)

    @property
    def counts(self) -> dict[Action, int]:
        found = Counter(one.action for one in self.changes)
        return {action: found[action] for action in ACTIONS}

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything else would be done, or something that it
        builds on says something else."""
        said = json.dumps(
            [one.as_json() for one in self.to_do], sort_keys=True, default=str
        )
        return hashlib.sha256(said.encode()).hexdigest()[:FINGERPRINT_LENGTH]

    def of(self, section: str, *actions: Action) -> list[Change]:
        """What is to be done in a section, in the order of its keys in the files."""
        return [
            one
            for one in self.changes
            if one.section == section
            and one.action in (actions or ("create", "change"))
        ]


def planned(
    current: Document, wanted: Document, sections: Sections, *, prune: bool = False
) -> Plan:
    """`current` as it is here. A field that no file states stays as it is; with
    `prune` it returns to its default, and what no file names in a section that the
    files have is removed."""
    changes: list[Change] = []
    untouched: dict[str, int] = {}
    for name, section in sections.items():
        here = current.get(name, {})
        said = wanted.get(name)
        if said is None:
            untouched[name] = len(here)
            continue
        changes += [
            _change(section, key, here.get(key), entry, prune=prune)
            for key, entry in said.items()
        ]
        others = [key for key in here if key not in said]
        if prune and not section.is_single:
            changes += [_removal(section, key, here[key]) for key in others]
        else:
            untouched[name] = len(others)
    left = {name: count for name, count in untouched.items() if count}
    return Plan(tuple(changes), left, prune)


def _change(
    section: Section, key: str, here: Entry | None, said: Entry, *, prune: bool
) -> Change:
    old = section.with_defaults(here or {})
    new = dict(old)
    for name, field in section.fields.items():
        if name in said:
            new[name] = said[name]
        elif prune and not field.survives_pruning:
            new[name] = field.default
    differing = [name for name in new if new[name] != old[name]]
    action: Action = "keep"
    if here is None:
        action = "create"
    elif differing:
        action = "change"
    return Change(
        section.name,
        key,
        action,
        {} if here is None else {name: old[name] for name in differing},
        {name: new[name] for name in differing},
        new,
        frozenset(said),
    )


def _removal(section: Section, key: str, here: Entry) -> Change:
    before = section.without_defaults(here)
    return Change(section.name, key, "remove", before, {}, dict(here))


def sorted_document(document: Document, sections: Sections) -> Document:
    """As it is written: sections in their order, keys by name, nothing that is as it
    always was."""
    return {
        name: {
            key: section.without_defaults(entry)
            for key, entry in sorted(document[name].items())
        }
        for name, section in sections.items()
        if name in document
    }


def change_lines(change: Change) -> Iterator[str]:
    """Field by field, for a person."""
    for name in dict.fromkeys((*change.before, *change.after)):
        before, after = change.before.get(name), change.after.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _inside(name, before, after)
        elif change.action == "change":
            yield f"{name}: {shown(before)} → {shown(after)}"
        else:
            yield f"{name}: {shown(after if change.after else before)}"


def _inside(name: str, before: Entry, after: Entry) -> Iterator[str]:
    for part in dict.fromkeys((*before, *after)):
        if before.get(part) != after.get(part):
            old, new = shown(before.get(part)), shown(after.get(part))
            yield f"{name}.{part}: {old} → {new}"


def shown(value: Any, length: int = 80) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(one, dict) for one in value):
            return f"{len(value)} of them"
        return shown(", ".join(str(one) for one in value), length)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    line = " ".join(str(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
