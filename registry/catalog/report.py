"""What a sync did, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SHOWN: Final = 12
KEPT_IN_ROW: Final = 200


@dataclass
class SyncReport:
    """What was (or with a dry run: would be) done. Models are `provider/model-id`."""

    is_dry_run: bool = False
    providers_added: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    left_alone: int = 0
    confirmed: int = 0
    vanished: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    prices_added: int = 0
    prices_ended: int = 0
    price_changes: list[str] = field(default_factory=list)
    past_kept: list[str] = field(default_factory=list)
    aliases_added: int = 0
    aliases_changed: dict[str, str] = field(default_factory=dict)
    aliases_removed: list[str] = field(default_factory=list)
    aliases_unresolved: list[str] = field(default_factory=list)
    kept_edited: list[str] = field(default_factory=list)
    kept_newer: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return any(
            (
                self.providers_added,
                self.added,
                self.changed,
                self.vanished,
                self.returned,
                self.prices_added,
                self.prices_ended,
                self.aliases_added,
                self.aliases_changed,
                self.aliases_removed,
            )
        )

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        found = {}
        for name, value in vars(self).items():
            if name != "is_dry_run":
                found[name] = value if isinstance(value, int) else len(value)
        return found

    def as_dict(self, limit: int | None = None) -> dict[str, Any]:
        """JSON-ready; lists no longer than `limit`, next to the full counts."""
        details: dict[str, Any] = {}
        for name, value in vars(self).items():
            if isinstance(value, list):
                details[name] = value[:limit]
            elif isinstance(value, dict):
                details[name] = dict(list(value.items())[:limit])
        return {
            "dry_run": self.is_dry_run,
            "counts": self.counts(),
            "details": details,
        }

    def lines(self) -> Iterator[str]:
        """The report as text: the counts, then what changed, not too much of it."""
        yield "This is what a sync would do." if self.is_dry_run else "Synced."
        yield (
            f"Models: {len(self.added)} added, {len(self.changed)} changed, "
            f"{self.left_alone} left alone, {len(self.vanished)} vanished, "
            f"{len(self.returned)} back again."
        )
        yield (
            f"Prices: {self.prices_added} rows added, {self.prices_ended} ended, "
            f"{len(self.price_changes)} in force changed."
        )
        yield (
            f"Aliases: {self.aliases_added} added, {len(self.aliases_changed)} "
            f"changed, {len(self.aliases_unresolved)} without a known version."
        )
        for title, rows in self._sections():
            yield from _section(title, rows)

    def _sections(self) -> Iterator[tuple[str, list[str]]]:
        changes = [f"{one}: {', '.join(names)}" for one, names in self.changed.items()]
        moved = [f"{name} → {target}" for name, target in self.aliases_changed.items()]
        yield "Price changed", self.price_changes
        yield "Past price differs in the source, kept as it was", self.past_kept
        yield "Changed", changes
        yield "Vanished", self.vanished
        yield "Back again", self.returned
        yield "Alias moved", moved
        yield "Alias removed", self.aliases_removed
        yield "Kept, because a person edited it", self.kept_edited
        yield "Kept, because it was read later than this source", self.kept_newer
        yield "Alias without a known version", self.aliases_unresolved


def _section(title: str, rows: list[str]) -> Iterator[str]:
    if not rows:
        return
    yield f"{title}:"
    for row in rows[:SHOWN]:
        yield f"  {row}"
    if len(rows) > SHOWN:
        yield f"  … and {len(rows) - SHOWN} more"
