"""What resolution answers: ordered candidates with parameters, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    PromptEntry,
)

BYTES_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """Which model is wanted: exactly one of `feature` (a key), `model`
    (`provider/model-id` or a bare id), `provider` (a slug) or `is_auto`; `local_only`
    narrows any of them to models on this machine or network. `model` beside `feature`
    is not allowed. Without `has_fallback` only the model that was asked for is used
    (the first of an automatic choice), at any of its connections. `profile` is the
    short name of a profile that lies over all of it. `connection_id` keeps to that one
    connection. `asks_anyway`: whatever is documented or was found of the model, as a
    probe is there to find out."""

    feature: str = ""
    model: str = ""
    provider: str = ""
    is_auto: bool = False
    local_only: bool = False
    has_fallback: bool = True
    profile: str = ""
    connection_id: int | None = None
    asks_anyway: bool = False

    @classmethod
    def parse(cls, word: str) -> Selection:
        """`feature:<key>`, `auto`, `local`, `provider:<slug>`, else a model."""
        kind, colon, rest = word.strip().partition(":")
        if colon and kind == "feature":
            return cls(feature=rest)
        if colon and kind == "provider":
            return cls(provider=rest)
        if word.strip() == "auto":
            return cls(is_auto=True)
        if word.strip() == "local":
            return cls(is_auto=True, local_only=True)
        return cls(model=word.strip())

    @property
    def is_choice(self) -> bool:
        """Whether ModelHub chooses the model: nobody asked for one by itself."""
        return self.is_auto or bool(self.provider)

    def __str__(self) -> str:
        if self.feature:
            return f"feature:{self.feature}"
        if self.provider:
            return f"provider:{self.provider}"
        if self.is_auto:
            return "local" if self.local_only else "auto"
        return self.model


SOURCES: Final = {
    "profile": "Profile",
    "request": "Request",
    "assignment": "Assignment",
    "pack": "Pack",
    "default": "Default rule",
    "choice": "Automatic choice",
    "local": "Local model",
    "budget": "Cheaper model of a budget",
    "experiment": "Arm of an experiment",
}
"""The steps of the order in which a model is looked for; a budget and an experiment put
one in later."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model at one connection, with the assignment's parameters. `prompt` is the
    assignment's system prompt, `system` its text with the values of one request."""

    model: ModelEntry
    connection: ConnectionEntry
    parameters: Mapping[str, object] = field(default_factory=dict)
    position: int = 1
    """1: the model that was asked for; from 2 on: fallbacks."""
    source: str = ""
    """Which step of the order it comes from: a word of `SOURCES`."""
    prompt: PromptEntry | None = None
    system: str = ""

    @property
    def prompt_tokens(self) -> int:
        """About so many tokens of system prompt come on top of the client's own."""
        if self.system:
            return len(self.system.encode()) // BYTES_PER_TOKEN
        return self.prompt.template.size // BYTES_PER_TOKEN if self.prompt else 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A model that was not asked. `code` for programs, `reason` reads on after the
    model's name: "has no connection"."""

    reference: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArmMark:
    """The arm of an experiment that a request was given. `unit_hash` stands for the
    user or conversation that keeps it (None: each request by itself); `line` says why,
    for the trace."""

    arm_id: int
    unit_hash: int | None
    line: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is asked, in which order, and why. Empty `candidates`: nobody can answer,
    and `skipped` says why."""

    organization: OrganizationEntry
    selection: Selection
    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...] = ()
    feature: FeatureEntry | None = None
    trace: tuple[str, ...] = ()
    snapshot_version: int = 0
    profile: str = ""
    """The short name of the profile that had a say."""
    arm: ArmMark | None = None
    task_code: int | None = None
    """The kind of work, as `recommender.routing.task_codes` numbers it."""

    @property
    def is_choice(self) -> bool:
        """Whether ModelHub chooses among the candidates for each request."""
        by_feature = self.feature is not None and self.feature.choice is not None
        return self.selection.is_choice or by_feature


class NotResolved(Exception):
    """The selection names nothing: no such feature or model, or an ambiguous id.
    `choices` are the references that it could mean."""

    def __init__(self, message: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.choices = choices
