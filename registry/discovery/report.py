"""What one discovery changed, in a form that a row and `--json` can hold. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

KEPT_NAMES: Final = 200
"""So many names of each kind stay in the row; the counts are of all."""
NAMED: Final = 3


@dataclass
class DiscoveryReport:
    """`new` are models that the connection never offered before, `created` those of
    them that nobody knew; `back` are offered again, `changed` have other facts, `gone`
    are offered no more. All by `provider/model-id`."""

    offered: int = 0
    new: dict[str, int] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    unusable: int = 0
    left_out: int = 0

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.back or self.changed or self.gone)

    def counts(self) -> dict[str, int]:
        return {
            "offered": self.offered,
            "new": len(self.new),
            "created": len(self.created),
            "back": len(self.back),
            "changed": len(self.changed),
            "gone": len(self.gone),
            "unusable": self.unusable,
            "left_out": self.left_out,
        }

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `new` maps a reference to its primary key."""
        return {
            "counts": self.counts(),
            "new": dict(list(self.new.items())[:KEPT_NAMES]),
            "created": self.created[:KEPT_NAMES],
            "back": self.back[:KEPT_NAMES],
            "changed": dict(list(self.changed.items())[:KEPT_NAMES]),
            "gone": self.gone[:KEPT_NAMES],
        }


def summary(report: dict[str, Any]) -> str:
    """One sentence of a stored report: `2 new, 1 gone; 14 models offered.`"""
    counts = report.get("counts", {})
    words = ("new", "back", "changed", "gone")
    parts = [f"{counts[word]:,} {word}" for word in words if counts.get(word)]
    offered = counts.get("offered", 0)
    models = "model" if offered == 1 else "models"
    return f"{', '.join(parts) or 'Nothing new'}; {offered:,} {models} offered."


def notes(report: dict[str, Any]) -> list[str]:
    """What a person should know beside the summary."""
    counts = report.get("counts", {})
    found = []
    if unusable := counts.get("unusable"):
        are = "name is" if unusable == 1 else "names are"
        found.append(
            f"{unusable:,} {are} too long or not printable and was left out."
            if unusable == 1
            else f"{unusable:,} {are} too long or not printable and were left out."
        )
    if left_out := counts.get("left_out"):
        found.append(
            f"{left_out:,} more new models were left out: the list is too long."
        )
    return found


def named(names: Sequence[str], total: int) -> str:
    """The first names and how many more: `a, b, c and 4 more`."""
    text = ", ".join(names[:NAMED])
    rest = total - min(len(names), NAMED)
    return f"{text} and {rest:,} more" if rest else text
