"""From what a request calls a model to the one model that is meant. Pure."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from registry.resolution.entries import ModelEntry, OrganizationEntry
from registry.resolution.plan import NotResolved
from registry.resolution.snapshot import Snapshot

LONGEST_NAME: Final = 300
LONGEST_SHOWN: Final = 80
MOST_CHOICES: Final = 8
MOST_COMPARED: Final = 200
"""So many names are looked through for similar ones: a wrong name must stay cheap."""
ALIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Named:
    """The model that a word means, and how it was found, in sentences."""

    model: ModelEntry
    trace: tuple[str, ...] = ()


def model_named(
    snapshot: Snapshot, organization: OrganizationEntry, word: str
) -> Named:
    """The model that `word` (`provider/model-id`, an alias or a bare id) means to the
    organisation, enabled or not. Raises NotResolved."""
    wanted = word.strip()
    if not wanted:
        raise NotResolved("No model is named.")
    if len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise NotResolved(f"{shown(wanted)} is not the name of a model.")
    named = _exact(snapshot, organization, wanted) or _bare(
        snapshot, organization, wanted
    )
    if named is None:
        raise _unknown(snapshot, organization, wanted)
    return named


def shown(word: str) -> str:
    """A word of a request as a message may repeat it: quoted, printable and short."""
    plain = "".join(
        one if one.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for one in word[:LONGEST_SHOWN]
    )
    return f"“{plain}…”" if len(word) > LONGEST_SHOWN else f"“{plain}”"


def similar(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names that look like `word`, best first; only so many are compared."""
    by_lower = {name.lower(): name for name in itertools.islice(names, MOST_COMPARED)}
    close = difflib.get_close_matches(
        word[:LONGEST_SHOWN].lower(), by_lower, n=3, cutoff=ALIKE
    )
    return tuple(by_lower[name] for name in close)


def _exact(
    snapshot: Snapshot, organization: OrganizationEntry, wanted: str
) -> Named | None:
    provider, slash, name = wanted.partition("/")
    if not slash:
        return None
    model = snapshot.model_at(organization.id, provider, name)
    if model is not None:
        return Named(model)
    if (provider, name) not in snapshot.catalog.aliases:
        return None
    target = snapshot.catalog.aliases[provider, name]
    model = snapshot.model(target) if target is not None else None
    if model is None or model.organization_id not in {None, organization.id}:
        message = f"{shown(wanted)} is an alias whose exact version is not known."
        raise NotResolved(message)
    return Named(model, (f"{wanted} is an alias of {model.reference}.",))


def _bare(
    snapshot: Snapshot, organization: OrganizationEntry, wanted: str
) -> Named | None:
    """A bare id belongs to the one provider where it can be used; failing that, to the
    only one that has it."""
    found = snapshot.models_named(organization.id, wanted)
    if not found:
        return None

    def is_enabled(model: ModelEntry) -> bool:
        return model.id in organization.enabled_model_ids

    def is_connected(model: ModelEntry) -> bool:
        connections = snapshot.connections(organization.id, model.provider)
        return any(not one.problem for one in connections)

    narrowings: tuple[tuple[str, Callable[[ModelEntry], bool]], ...] = (
        (
            "is enabled and connected",
            lambda model: is_enabled(model) and is_connected(model),
        ),
        ("has a connection", is_connected),
        ("is enabled", is_enabled),
        ("has this name", lambda _: True),
    )
    for words, holds in narrowings:
        kept = [model for model in found if holds(model)]
        if len(kept) == 1:
            why = f": of {len(found)} with this name only it {words}"
            reason = why if len(found) > 1 else ""
            return Named(kept[0], (f"{wanted} is {kept[0].reference}{reason}.",))
        if kept:
            raise _ambiguous(wanted, kept)
    return None


def _ambiguous(wanted: str, models: list[ModelEntry]) -> NotResolved:
    references = tuple(sorted(one.reference for one in models))
    listed = ", ".join(references[:MOST_CHOICES])
    more = len(references) - MOST_CHOICES
    rest = f" and {more} more" if more > 0 else ""
    return NotResolved(
        f"{shown(wanted)} can mean {listed}{rest}. Write one of them.", references
    )


def _unknown(
    snapshot: Snapshot, organization: OrganizationEntry, wanted: str
) -> NotResolved:
    _, _, name = wanted.partition("/")
    elsewhere = snapshot.models_named(organization.id, name) if name else ()
    enabled = snapshot.enabled_models(organization.id)
    references = (one.reference for one in enabled)
    names = (one.model_name for one in enabled)
    close = similar(wanted, references) if name else ()
    by_name = {one.model_name: one.reference for one in enabled}
    if not name:
        close = tuple(by_name[one] for one in similar(wanted, names))
    choices = tuple(
        dict.fromkeys([*(one.reference for one in elsewhere[:MOST_CHOICES]), *close])
    )
    meant = f" Did you mean {' or '.join(choices[:3])}?" if choices else ""
    return NotResolved(f"No model is called {shown(wanted)}.{meant}", choices)
