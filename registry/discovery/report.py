"""What one discovery changed, in a form that a row and `--json` can hold. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from registry.models import DiscoveryRun

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


def run_json(run: DiscoveryRun) -> dict[str, Any]:
    """A run for a program; `new` are references."""
    report = run.report
    return {
        "connection": run.connection_id,
        "provider": run.connection.provider.slug,
        "label": run.connection.label,
        "state": run.state,
        "error": run.error or None,
        "counts": report.get("counts", {}),
        "new": list(report.get("new", {})),
        "created": report.get("created", []),
        "back": report.get("back", []),
        "changed": report.get("changed", {}),
        "gone": report.get("gone", []),
    }


def runs_text(runs: Sequence[DiscoveryRun]) -> str:
    """A line for each run, and the names of what is new or gone."""
    if not runs:
        return "There is no connection to ask."
    return "\n".join(line for run in runs for line in _run_lines(run))


def _run_lines(run: DiscoveryRun) -> list[str]:
    if not run.is_finished:
        return [f"{run.connection}: somebody else is asking it now."]
    if run.error:
        return [f"{run.connection}: {run.error}"]
    lines = [f"{run.connection}: {summary(run.report)}"]
    for word in ("new", "back", "gone"):
        names = list(run.report.get(word, ()))
        lines += [f"  {word}: {name}" for name in names]
    return lines + [f"  {note}" for note in notes(run.report)]
