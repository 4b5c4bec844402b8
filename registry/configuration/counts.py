"""What a configuration file says of its own size, by which one that was cut betrays
itself: YAML that ends early is still YAML. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.configuration.fields import Wrong
from registry.configuration.section import Sections

COUNTS: Final = "entries"
"""At the head: how many entries each section holds; of a single one, how many
fields."""
END: Final = "complete"
"""At the end: whatever was cut off, this is missing too."""
MARKS: Final = (COUNTS, END)


def with_counts(said: Mapping[str, Any]) -> dict[str, Any]:
    """Sections as they are written, between the two marks."""
    counts = {name: len(entries) for name, entries in said.items()}
    packs = said.get("packs")
    counted = {**said, "packs": _counted(packs)} if packs else said
    return {COUNTS: counts, **counted, END: True}


def _counted(packs: Mapping[str, Any]) -> dict[str, Any]:
    """Each version with its number of features, as in a file of one pack."""
    return {
        slug: {**pack, "versions": [_version(one) for one in pack.get("versions", [])]}
        for slug, pack in packs.items()
    }


def _version(version: Mapping[str, Any]) -> dict[str, Any]:
    features = version["features"]
    facts = {name: one for name, one in version.items() if name != "features"}
    return {**facts, "feature_count": len(features), "features": features}


def wrong_counts(value: Mapping[str, Any], sections: Sections) -> Iterator[Wrong]:
    """Where a file holds something else than it says. One that says nothing of it, as
    people write them, is taken as it is."""
    if END in value and value[END] is not True:
        yield (END,), "Write “true”, or leave it out."
    if COUNTS not in value:
        return
    counts = value[COUNTS]
    if not isinstance(counts, Mapping):
        yield (COUNTS,), "The number of entries of each section was expected."
        return
    if END not in value:
        text = f"The file ends without its last line, “{END}: true”: it is cut."
        yield (COUNTS,), text
    for name, count in counts.items():
        path = (COUNTS, name)
        if name not in sections:
            yield path, f"“{name[:80]}” is no section."
        elif not isinstance(count, int) or isinstance(count, bool) or count < 0:
            yield path, "A whole number was expected."
        elif count != (held := _held(value.get(name))):
            text = f"Says {count:,} and holds {held:,}: the file is cut, or a count "
            yield path, f"{text}was not changed."


def _held(entries: Any) -> int:
    return len(entries) if isinstance(entries, Mapping) else 0
