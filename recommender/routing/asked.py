"""What one request asks, and what kind of work that is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from recommender.routing.analysis import (
    Complexity,
    Level,
    WorkloadAnalysis,
    accuracy_of,
    analyse,
    urgency_of,
    volume_of,
)
from recommender.routing.classifier import LABELS, OTHER, Classification, classify
from recommender.routing.documented import strength_for
from recommender.routing.request import NO_FEATURE, FeatureDemand, RoutedRequest
from recommender.routing.text import text_facts

IMAGES: Final = "image_analysis"
TOOLS: Final = "tools"
LEAST_CHANCE: Final = 0.5
"""Below, the classifier guesses, and the task counts as something else."""


def nothing_said() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked at of one request. `prompt` is what the user said last,
    `request_id` what the choice is repeated by. `timeout_ms`: how long the caller says
    that it waits (None: not said). `conversation` names the conversation that the
    request goes on with; empty where it cannot be told."""

    request_id: str
    prompt: str
    input_tokens: int
    max_output_tokens: int | None = None
    capabilities: frozenset[str] = frozenset()
    image_count: int = 0
    tool_count: int = 0
    schema: Mapping[str, Any] | None = None
    is_stream: bool = False
    timeout_ms: float | None = None
    token_id: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    conversation: Callable[[], str] = nothing_said

    @property
    def has_images(self) -> bool:
        return self.image_count > 0 or IMAGES in self.capabilities


@dataclass(frozen=True, slots=True)
class Work:
    """The kind of work: `task` of the classifier, or OTHER; the `strength` that it
    asks for; and the higher of the two complexities: one counts what is in the request,
    the other reads its words."""

    task: str
    complexity: Complexity
    strength: str
    analysis: WorkloadAnalysis
    said: Classification

    @property
    def task_line(self) -> str:
        if self.said.task_chance < LEAST_CHANCE:
            return (
                f"Task: not clear (perhaps {LABELS[self.said.task].lower()}), "
                f"{self.said.complexity} complexity."
            )
        return self.said.line


def work_of(asked: Asked, feature: FeatureDemand = NO_FEATURE) -> Work:
    analysis = analyse(
        RoutedRequest(
            prompt=asked.prompt,
            input_tokens=asked.input_tokens,
            image_count=asked.image_count or int(IMAGES in asked.capabilities),
            tool_count=asked.tool_count or int(TOOLS in asked.capabilities),
            schema=asked.schema,
            is_stream=asked.is_stream,
            timeout_ms=asked.timeout_ms,
        ),
        feature,
    )
    said = classify(asked.prompt, analysis.text)
    task = said.task if said.task_chance >= LEAST_CHANCE else OTHER
    levels = (analysis.complexity.value, Complexity(said.complexity))
    return Work(
        task,
        max(levels, key=list(Complexity).index),
        strength_for(task, has_images=asked.has_images),
        analysis,
        said,
    )


def work_known(
    task: str, complexity: Complexity, feature: FeatureDemand = NO_FEATURE
) -> Work:
    """Work of which only the kind is known: a request that was answered before."""
    request = RoutedRequest()
    text = text_facts("")
    analysis = WorkloadAnalysis(
        Level(complexity, ("As it was when it was asked.",)),
        volume_of(feature),
        urgency_of(request, feature),
        accuracy_of(request, feature),
        text,
    )
    said = Classification(task, 1.0, complexity.value, 1.0)
    return Work(task, complexity, strength_for(task), analysis, said)
