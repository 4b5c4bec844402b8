"""What the steps that apply a configuration share: who does it, what is to be done,
and everything that was refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.configuration.files import Finding
from registry.configuration.merging import Wanted
from registry.configuration.planning import Action, Change, Plan
from registry.models import AIModel, Organization, User
from registry.packs.findings import Finding as PackFinding
from registry.parameters import ParameterError
from registry.queries.references import resolve_references
from registry.services.assignments import AssignmentRefused, StaleAssignment
from registry.services.custom_models import ModelInUse, StaleModel
from registry.services.features import StaleFeature
from registry.services.model_settings import ModelRefused
from registry.services.model_settings_bulk import ModelsRefused
from registry.services.pack_switching import StaleSwitch, SwitchRefused
from registry.services.packs import PackRefused, StalePack
from registry.services.profiles import ProfileRefused, StaleProfile
from registry.services.prompt_labels import LabelRefused, StaleLabel
from registry.services.prompts import PromptRefused, StalePrompt

REFUSALS: Final[tuple[type[Exception], ...]] = (
    ValidationError,
    ParameterError,
    AssignmentRefused,
    StaleAssignment,
    ModelInUse,
    StaleModel,
    StaleFeature,
    ModelRefused,
    ModelsRefused,
    SwitchRefused,
    StaleSwitch,
    PackRefused,
    StalePack,
    ProfileRefused,
    StaleProfile,
    LabelRefused,
    StaleLabel,
    PromptRefused,
    StalePrompt,
)


@dataclass
class Work:
    """One application of a plan, inside one transaction. `refused` grows; whoever began
    takes everything back where it is not empty. `told` is what a person has to know."""

    organization: Organization
    plan: Plan
    wanted: Wanted
    actor: User | None = None
    actor_label: str = ""
    refusals: tuple[type[Exception], ...] = REFUSALS
    refused: list[Finding] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def by(self) -> dict[str, Any]:
        """The last arguments of services."""
        return {"actor": self.actor, "actor_label": self.actor_label}

    def changes(self, section: str, *actions: Action) -> list[Change]:
        return self.plan.of(section, *actions)

    @contextmanager
    def attempt(self, change: Change, field_name: str = "") -> Iterator[None]:
        """Does something about one entry; a refusal is noted with its place, and
        nothing of it stays."""
        try:
            with transaction.atomic():
                yield
        except self.refusals as error:
            path = (change.section, change.key, *([field_name] if field_name else []))
            for text in refusal_lines(error):
                said = f"{change.section} · {change.key}: {text}"
                self.refused.append(self.wanted.finding(path, said))

    def refuse(self, section: str, problems: dict[str, str]) -> None:
        for key, text in problems.items():
            said = f"{section} · {key}: {text}"
            self.refused.append(self.wanted.finding((section, key), said))

    @cached_property
    def _known(self) -> dict[str, AIModel]:
        return {}

    def models(self, references: Collection[str]) -> dict[str, AIModel]:
        """Models by what was written; asked once for each."""
        missing = set(references) - set(self._known)
        if missing:
            self._known.update(resolve_references(missing, self.organization))
        return {one: self._known[one] for one in references if one in self._known}

    def model(self, reference: str) -> AIModel:
        """Raises ModelRefused."""
        found = self.models([reference]).get(reference)
        if found is None:
            raise ModelRefused(f"There is no model {reference}.")
        return found


def refusal_lines(error: Exception) -> list[str]:
    """What a service says, one sentence or more each."""
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return [
                text if name == "__all__" else f"{name}: {text}"
                for name, texts in error.message_dict.items()
                for text in texts
            ]
        return list(error.messages)
    problems = getattr(error, "problems", None)
    if isinstance(problems, tuple):
        return [str(one) for one in problems]
    findings = getattr(error, "findings", None)
    if findings:
        return [str(one) for one in findings if isinstance(one, PackFinding)]
    return [str(error)]
