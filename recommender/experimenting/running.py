"""A running experiment as every process of the gateway knows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recommender.experimenting.sticky import Draw, draw
from registry.resolution.entries import FeatureEntry, PromptEntry


@dataclass(frozen=True, slots=True)
class RunningArm:
    """`upper_bucket` is the first bucket that is not its own any more."""

    id: int
    key: str
    model_id: int | None
    reference: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    prompt_version_id: int | None = None
    prompt: PromptEntry | None = None
    upper_bucket: int = 0


@dataclass(frozen=True, slots=True)
class RunningExperiment:
    """`unit` is `user`, `conversation` or `request`; `candidates` are in the order of
    their buckets."""

    id: int
    name: str
    feature_id: int
    unit: str
    salt: str
    control: RunningArm
    candidates: tuple[RunningArm, ...]

    def draw(self, unit: str) -> Draw:
        return draw(self.salt, unit)

    def arm_of(self, bucket: int) -> RunningArm:
        for arm in self.candidates:
            if bucket < arm.upper_bucket:
                return arm
        return self.control

    def is_on(self, feature: FeatureEntry) -> bool:
        """Whether the feature still does what the control arm was at the start. Its
        fallbacks may change: they serve all arms alike."""
        control, prompt = self.control, feature.prompt
        return (
            feature.choice is None
            and feature.model_ids[:1] == (control.model_id,)
            and feature.parameters == control.parameters
            and (prompt.version_id if prompt else None) == control.prompt_version_id
        )


Experiments = Mapping[int, RunningExperiment]
"""The running ones, by the row id of their feature."""
