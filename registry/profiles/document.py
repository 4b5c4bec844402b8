"""The document of a profile. Pure. Its stored form is JSON:

    {"extends": "base",
     "roles": {"code.review": {PREFERENCE}, "*": {PREFERENCE}},
     "tasks": {"coding": {PREFERENCE}}}

A role is a feature; `*` stands for all of them. A PREFERENCE is

    {"models": ["ollama/qwen3:14b"], "cloud_fallbacks": ["anthropic/claude-haiku"],
     "allow_cloud": true, "task": "coding", "parameters": {"temperature": 0.2},
     "requirements": {"reasoning_strength": 0.7, "min_context_tokens": 8000,
                      "max_memory_gb": 8, "needs_tools": true}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.profiles.strengths import SCALES, SUFFIX

EVERYTHING: Final = "*"
LATENCY_CLASSES: Final = ("background", "interactive", "realtime")
NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "needs_tools": ("tools",),
    "needs_vision": ("image_analysis",),
    "needs_structured_output": ("structured_output",),
    "needs_reasoning": ("reasoning",),
}
STRENGTHS: Final = tuple(f"{name}{SUFFIX}" for name in SCALES)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Preference:
    """What is preferred for a role or a task. None (and, in mappings, a name that is
    not there): nothing is said, so that something more general decides."""

    models: tuple[str, ...] | None = None
    cloud_fallbacks: tuple[str, ...] | None = None
    allow_cloud: bool | None = None
    task: str = ""
    requirements: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Preference:
        return cls(
            models=_references(stored.get("models")),
            cloud_fallbacks=_references(stored.get("cloud_fallbacks")),
            allow_cloud=stored.get("allow_cloud"),
            task=stored.get("task") or "",
            requirements=stored.get("requirements") or {},
            parameters=stored.get("parameters") or {},
        )

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.models is not None:
            said["models"] = list(self.models)
        if self.cloud_fallbacks is not None:
            said["cloud_fallbacks"] = list(self.cloud_fallbacks)
        if self.allow_cloud is not None:
            said["allow_cloud"] = self.allow_cloud
        if self.task:
            said["task"] = self.task
        if self.requirements:
            said["requirements"] = dict(self.requirements)
        if self.parameters:
            said["parameters"] = dict(self.parameters)
        return said

    def over(self, general: Preference) -> Preference:
        """This one, and where it says nothing, what the more general one says."""
        return Preference(
            models=general.models if self.models is None else self.models,
            cloud_fallbacks=general.cloud_fallbacks
            if self.cloud_fallbacks is None
            else self.cloud_fallbacks,
            allow_cloud=general.allow_cloud
            if self.allow_cloud is None
            else self.allow_cloud,
            task=self.task or general.task,
            requirements={**general.requirements, **self.requirements},
            parameters={**general.parameters, **self.parameters},
        )

    @property
    def references(self) -> tuple[str, ...]:
        return (*(self.models or ()), *(self.cloud_fallbacks or ()))


@dataclass(frozen=True, slots=True)
class ProfileDocument:
    """Preferences by role and by task, over those of the profile `extends`."""

    extends: str = ""
    roles: Mapping[str, Preference] = field(default_factory=dict)
    tasks: Mapping[str, Preference] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> ProfileDocument:
        """From the stored form, which `registry.profiles.checking` found right."""
        return cls(
            extends=stored.get("extends") or "",
            roles=_preferences(stored.get("roles")),
            tasks=_preferences(stored.get("tasks")),
        )

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"extends": self.extends} if self.extends else {}
        for name, preferences in (("roles", self.roles), ("tasks", self.tasks)):
            if preferences:
                said[name] = {key: one.as_json() for key, one in preferences.items()}
        return said

    @property
    def preferences(self) -> tuple[Preference, ...]:
        return (*self.roles.values(), *self.tasks.values())


def _references(stored: list[str] | None) -> tuple[str, ...] | None:
    return None if stored is None else tuple(stored)


def _preferences(stored: Mapping[str, Any] | None) -> dict[str, Preference]:
    return {key: Preference.of(said or {}) for key, said in (stored or {}).items()}
