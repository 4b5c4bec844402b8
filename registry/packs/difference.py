"""What a switch would change, feature by feature. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from registry.assignment_state import Change
from registry.capabilities import CAPABILITIES
from registry.packs.findings import Finding, lacks_enabling
from registry.packs.judging import Judged, KnownModel, KnownPrompt
from registry.parameters import LABELS, PARAMETERS

State = Literal[
    "changed", "new", "unchanged", "kept", "skipped", "not_in_pack", "no_feature"
]
STATES: Final[dict[State, str]] = {
    "changed": "Changed",
    "new": "New",
    "unchanged": "Unchanged",
    "kept": "Kept",
    "skipped": "Cannot be served",
    "not_in_pack": "Not in the pack",
    "no_feature": "No such feature",
}


@dataclass(frozen=True)
class Setting:
    """What a feature has or gets. No `model`: the assignment is taken away."""

    model: KnownModel | None
    fallbacks: tuple[KnownModel, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt: KnownPrompt | None = None

    @classmethod
    def of(cls, judged: Judged) -> Setting:
        return cls(judged.model, judged.fallbacks, judged.parameters, judged.prompt)

    @property
    def says(self) -> tuple[object, ...]:
        """What two settings are compared by."""
        return (
            self.model and self.model.id,
            tuple(one.id for one in self.fallbacks),
            self.parameters,
            self.prompt and self.prompt.id,
        )

    def rows(self) -> dict[str, str | None]:
        """Label → value as text; None where nothing is set."""
        listed = ", ".join(one.reference for one in self.fallbacks)
        return {
            "Model": self.model.reference if self.model else None,
            "Fallbacks": listed or None,
            "Prompt": self.prompt.text if self.prompt else None,
            **{LABELS[name]: _text(self.parameters.get(name)) for name in PARAMETERS},
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "model": self.model.reference if self.model else None,
            "fallbacks": [one.reference for one in self.fallbacks],
            "parameters": dict(self.parameters),
            "prompt": self.prompt.text if self.prompt else None,
        }


NOTHING: Final = Setting(None)


@dataclass(frozen=True)
class FeatureChange:
    """One line of a difference. `is_own`: what is in force was assigned by hand;
    `pack` is the version that it follows otherwise, as `mixed-pack v3`. `can_be_kept`:
    it has an assignment that a switch can leave as it is."""

    key: str
    name: str
    state: State
    before: Setting | None = None
    after: Setting | None = None
    is_own: bool = False
    pack: str = ""
    findings: tuple[Finding, ...] = ()
    can_be_kept: bool = False

    @property
    def label(self) -> str:
        return STATES[self.state]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The lines in which before and after differ; None is: not set."""
        if self.after is None:
            return ()
        old, new = (self.before or NOTHING).rows(), self.after.rows()
        return tuple(
            Change(label, old[label], new[label])
            for label in new
            if old[label] != new[label]
        )

    @property
    def model_before(self) -> int | None:
        return _model_id(self.before)

    @property
    def model_after(self) -> int | None:
        return _model_id(self.after)

    @property
    def gained(self) -> tuple[str, ...]:
        """Words of `registry.capabilities`; nothing is gained over nothing."""
        had, has = self._capabilities
        return tuple(word for word in CAPABILITIES if had and word in has - had)

    @property
    def lost(self) -> tuple[str, ...]:
        had, has = self._capabilities
        return tuple(word for word in CAPABILITIES if has and word in had - has)

    @property
    def window_before(self) -> int | None:
        return _window(self.before)

    @property
    def window_after(self) -> int | None:
        return _window(self.after)

    @property
    def is_window_smaller(self) -> bool:
        before, after = self.window_before, self.window_after
        return before is not None and after is not None and after < before

    @property
    def _capabilities(self) -> tuple[frozenset[str], frozenset[str]]:
        return _capabilities(self.before), _capabilities(self.after)

    def as_json(self) -> dict[str, Any]:
        return {
            "feature": self.key,
            "state": self.state,
            "before": self.before and self.before.as_json(),
            "after": self.after and self.after.as_json(),
            "is_own": self.is_own,
            "pack": self.pack or None,
            "gained": list(self.gained),
            "lost": list(self.lost),
            "context_window_before": self.window_before,
            "context_window_after": self.window_after,
            "findings": [one.as_json() for one in self.findings],
        }


@dataclass(frozen=True)
class Difference:
    """All features of the organisation and of the pack, by key."""

    rows: tuple[FeatureChange, ...]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for row in self.rows for finding in row.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "warning")

    @property
    def needs_enabling(self) -> tuple[str, ...]:
        """Models that only have to be enabled."""
        return lacks_enabling(self.findings)

    @property
    def counts(self) -> dict[State, int]:
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES}

    def of(self, *states: State) -> tuple[FeatureChange, ...]:
        return tuple(row for row in self.rows if row.state in states)

    @property
    def changed(self) -> tuple[FeatureChange, ...]:
        """Those that get something else than they have, or had nothing."""
        return self.of("changed", "new")

    @property
    def unchanged(self) -> tuple[FeatureChange, ...]:
        return self.of("unchanged")

    @property
    def kept(self) -> tuple[FeatureChange, ...]:
        return self.of("kept")

    @property
    def skipped(self) -> tuple[FeatureChange, ...]:
        return self.of("skipped")

    @property
    def not_in_pack(self) -> tuple[FeatureChange, ...]:
        return self.of("not_in_pack")

    @property
    def no_feature(self) -> tuple[FeatureChange, ...]:
        return self.of("no_feature")

    def as_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "features": [row.as_json() for row in self.rows]}


def state_between(before: Setting | None, after: Setting) -> State:
    """Where the feature can be served and is not kept."""
    if before is None:
        return "new"
    return "unchanged" if before.says == after.says else "changed"


def _model_id(setting: Setting | None) -> int | None:
    return setting.model.id if setting and setting.model else None


def _window(setting: Setting | None) -> int | None:
    return setting.model.facts.context_window if setting and setting.model else None


def _capabilities(setting: Setting | None) -> frozenset[str]:
    return (
        setting.model.facts.capabilities if setting and setting.model else frozenset()
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(repr(entry) for entry in value)
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"
