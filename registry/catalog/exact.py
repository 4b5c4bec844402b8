"""Which names of a provider are exact versions, and what the other names stand for.

Rules and reasons: docs/catalog.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from genai_prices import types as genai

from registry.catalog.names import (
    dated_stem,
    has_words_of,
    is_moving,
    moving_stem,
    spellings,
    version_day,
    version_number,
    version_text,
)
from registry.catalog.periods import price_periods

LATEST_NAME: Final = re.compile(r"[ (]+latest\)?$", re.IGNORECASE)


@dataclass
class ProviderNames:
    """`rows`: exact id → the entry that prices it. `aliases`: other name → exact id,
    None where none is known."""

    provider: genai.Provider
    known: Mapping[str, str]
    rows: dict[str, genai.ModelInfo] = field(default_factory=dict)
    aliases: dict[str, str | None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def add_row(self, model_id: str, entry: genai.ModelInfo) -> None:
        self.rows[model_id] = entry
        self.taken.add(model_id.lower())

    def add_alias(self, name: str, model_id: str | None) -> None:
        self.aliases[name] = model_id
        self.taken.add(name.lower())


def exact_versions(provider: genai.Provider, known: Mapping[str, str]) -> ProviderNames:
    """Sorts all names of `provider` into exact versions and aliases. `known` are the
    ids (with names) that second catalogues know there."""
    names = ProviderNames(provider, known)
    for entry in provider.models:
        if not is_moving(entry.id):
            names.add_row(entry.id, entry)
    for entry in provider.models:
        _add_named_versions(names, entry)
    _add_known_versions(names)
    _add_moving_names(names)
    _turn_latest_rows_into_aliases(names)
    _turn_labels_into_aliases(names)
    _add_spellings(names)
    return names


def plain_name(name: str) -> str:
    """`Claude Opus 4.5 (latest)` → `Claude Opus 4.5`."""
    return LATEST_NAME.sub("", name)


def _add_named_versions(names: ProviderNames, entry: genai.ModelInfo) -> None:
    """Dated (and, of a moving entry, numbered) ids that an entry names by equality.
    Of two spellings of one id the better known, else the first, is the row."""
    rows: dict[str, str] = {}
    equal = [one for one in _equal_names(entry.match) if _is_version(names, one, entry)]
    for spelling in sorted(equal, key=lambda one: one not in names.known):
        exact = rows.setdefault(spellings(spelling)[-1], spelling)
        if exact == spelling:
            names.add_row(spelling, entry)
        else:
            names.add_alias(spelling, exact)


def _is_version(names: ProviderNames, name: str, entry: genai.ModelInfo) -> bool:
    if name.lower() in names.taken or is_moving(name):
        return False
    numbered = is_moving(entry.id) and version_number(name, moving_stem(entry.id))
    dated = version_day(name) not in {None, version_day(entry.id)}
    return bool(numbered or dated) and names.provider.find_model(name) is entry


def _add_known_versions(names: ProviderNames) -> None:
    """Dated ids that only a second catalogue spells out, where exactly one entry
    matches them and the id without its date is a name of that entry."""
    stems: dict[str, genai.ModelInfo] = {}
    for entry in names.provider.models:
        own = {entry.id.lower(), *map(str.lower, _equal_names(entry.match))}
        for name in own | {moving_stem(one) for one in own}:
            stems.setdefault(name, entry)
    for model_id in names.known:
        named = stems.get(dated_stem(model_id) or "")
        if named is None or model_id.lower() in names.taken:
            continue
        matching = [one for one in names.provider.models if one.is_match(model_id)]
        if len(matching) == 1 and matching[0] is named:
            names.add_row(model_id, named)


def _add_moving_names(names: ProviderNames) -> None:
    for entry in names.provider.models:
        for name in (entry.id, *_equal_names(entry.match)):
            if is_moving(name):
                names.add_alias(name, _newest(names, name, entry))
    for name in names.known:
        if is_moving(name) and name.lower() not in names.taken:
            target = _newest(names, name, None)
            if target:
                names.add_alias(name, target)


def _newest(
    names: ProviderNames, moving: str, entry: genai.ModelInfo | None
) -> str | None:
    """The exact version that the moving name stands for. `entry` names it, if any."""
    stem = moving_stem(moving)
    dated = _newest_first(
        {
            one: version_day(one)
            for one in names.rows
            if moving_stem(dated_stem(one) or "-") == stem
        }
    )
    numbered = _newest_first(
        {one: version_number(one, stem) for one in names.rows if entry is not None}
    )
    itself = [one for one in names.rows if one.lower() == stem]
    if entry is not None and entry.id == moving:
        # It has a price of its own, which the version behind it must have too.
        price = _last_price(names, entry)
        agreeing = (
            one
            for one in (*dated, *numbered, *itself)
            if _last_price(names, names.rows[one]) == price
        )
        return next(agreeing, next(iter(dated), None))
    if entry is not None and entry.id not in numbered:
        numbered = []
    named = [entry.id] if entry and has_words_of(entry.id, stem) else []
    return next(iter((*dated, *numbered, *named, *itself)), None)


def _newest_first(versions: Mapping[str, tuple[Any, ...] | None]) -> list[str]:
    found = [(version, one) for one, version in versions.items() if version]
    return [one for _, one in sorted(found, reverse=True)]


def _last_price(names: ProviderNames, entry: genai.ModelInfo) -> object:
    periods = price_periods(entry, names.provider.id)
    return periods[-1].rates["standard"] if periods else None


def _turn_latest_rows_into_aliases(names: ProviderNames) -> None:
    """Ids that a catalogue calls "(latest)" move too, once a dated sibling of the
    same entry is known."""
    for model_id in list(names.rows):
        name = names.known.get(model_id, "")
        if not LATEST_NAME.search(name):
            continue
        siblings = list(_dated_siblings(names, model_id, plain_name(name)))
        if siblings:
            _turn_into_alias(names, model_id, siblings)


def _turn_labels_into_aliases(names: ProviderNames) -> None:
    """An id without a date that only genai-prices knows, and whose entry prices dated
    ids of that stem, is its label for them (`claude-3-haiku`), not a version."""
    known = {one.lower() for one in names.known}
    for model_id in list(names.rows):
        if not known or model_id.lower() in known or version_day(model_id):
            continue
        siblings = [
            one
            for one in _dated_siblings(names, model_id, "")
            if one.lower() in known and dated_stem(one) == model_id.lower()
        ]
        if siblings:
            _turn_into_alias(names, model_id, siblings)


def _turn_into_alias(
    names: ProviderNames, model_id: str, siblings: Iterable[str]
) -> None:
    """`model_id` and all that pointed to it point to the newest of `siblings`."""
    newest = max(siblings, key=lambda one: (version_day(one) or (), one))
    del names.rows[model_id]
    names.aliases[model_id] = newest
    for alias, target in names.aliases.items():
        if target == model_id:
            names.aliases[alias] = newest


def _dated_siblings(names: ProviderNames, model_id: str, name: str) -> Iterator[str]:
    for other, entry in names.rows.items():
        if other == model_id or entry is not names.rows[model_id]:
            continue
        same_name = names.known.get(other) == name and version_text(other)
        if dated_stem(other) == model_id.lower() or same_name:
            yield other


def _add_spellings(names: ProviderNames) -> None:
    for entry in names.provider.models:
        target: str | None = entry.id
        if entry.id not in names.rows:
            target = names.aliases.get(entry.id)
        for spelling in _equal_names(entry.match):
            if spelling.lower() not in names.taken:
                names.add_alias(spelling, target)


def _equal_names(clause: genai.MatchLogic) -> Iterable[str]:
    if isinstance(clause, genai.ClauseEquals):
        yield clause.equals
    elif isinstance(clause, genai.ClauseOr):
        for part in clause.or_:
            yield from _equal_names(part)
