"""What an assignment says at one moment, and how two such states differ. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.parameters import LABELS, PARAMETERS


@dataclass(frozen=True)
class AssignmentState:
    """Model, ordered fallbacks, parameters and the version of a prompt
    (`CODE_GENERATOR@7`), in the words people use."""

    model: str | None = None
    fallbacks: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    prompt: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form kept in audit entries and printed by the command."""
        return {
            "model": self.model,
            "fallbacks": list(self.fallbacks),
            "parameters": self.parameters,
            "prompt": self.prompt,
        }

    def rows(self) -> dict[str, str | None]:
        """Label → value as text; None where nothing is set."""
        return {
            "Model": self.model,
            "Fallbacks": ", ".join(self.fallbacks) or None,
            "Prompt": self.prompt,
            **{LABELS[name]: _text(self.parameters.get(name)) for name in PARAMETERS},
        }


NOTHING = AssignmentState()
"""The state of a feature that was never assigned."""


@dataclass(frozen=True)
class Change:
    """One line of a difference. None is: not set."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ThreeWay:
    """One line of a conflict: what it was, what they made of it, what I want."""

    label: str
    base: str | None
    theirs: str | None
    mine: str | None

    @property
    def they_changed(self) -> bool:
        return self.base != self.theirs

    @property
    def i_changed(self) -> bool:
        return self.base != self.mine

    @property
    def clashes(self) -> bool:
        return self.theirs != self.mine


def changes(before: AssignmentState, after: AssignmentState) -> list[Change]:
    """The lines in which two states differ, in the order of the form."""
    old, new = before.rows(), after.rows()
    return [
        Change(label, old[label], new[label])
        for label in new
        if old[label] != new[label]
    ]


def three_way(
    base: AssignmentState, theirs: AssignmentState, mine: AssignmentState
) -> list[ThreeWay]:
    """Every line that is set in any of the three states."""
    return list(_set_lines(base.rows(), theirs.rows(), mine.rows()))


def _set_lines(
    base: dict[str, str | None],
    theirs: dict[str, str | None],
    mine: dict[str, str | None],
) -> Iterator[ThreeWay]:
    for label in base:
        line = ThreeWay(label, base[label], theirs[label], mine[label])
        if any(value is not None for value in (line.base, line.theirs, line.mine)):
            yield line


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(repr(entry) for entry in value)
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"
