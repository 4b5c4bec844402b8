"""What kind of work a request is: how complex, how much of it, how urgent, how exact.
Pure: every level with the reasons for it, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from recommender.routing.request import (
    NO_FEATURE,
    FeatureDemand,
    RoutedRequest,
    schema_size,
)
from recommender.routing.text import TextFacts, part_read, text_facts


class Complexity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Volume(StrEnum):
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"


class Urgency(StrEnum):
    REAL_TIME = "real-time"
    NEAR_REAL_TIME = "near-real-time"
    BATCH = "batch"


class Accuracy(StrEnum):
    BASIC = "basic"
    STANDARD = "standard"
    HIGH = "high"
    CRITICAL = "critical"


MEDIUM_FROM: Final = 2
HIGH_FROM: Final = 5
"""Points of complexity from which it is medium, and high."""
MODERATE_FROM_PER_DAY: Final = 1_000
HEAVY_FROM_PER_DAY: Final = 50_000
SHORT_WAIT_MS: Final = 5_000
LARGE_PIXELS: Final = 4_000_000
GRAVE: Final = re.compile(
    r"\b(?:medica\w+|diagnos\w+|dosage|patients?|legal\w*|contracts?|lawsuit|tax(?:es)?"
    r"|invoices?|payments?|safety|production (?:data|database|outage)|compliance"
    r"|audit\w*|financial|insurance)\b",
    re.IGNORECASE,
)
OF_FEATURE: Final = {
    "background": Urgency.BATCH,
    "interactive": Urgency.NEAR_REAL_TIME,
    "realtime": Urgency.REAL_TIME,
}


Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Level(Generic[Word]):
    """One finding; `reasons` are sentences, the weightiest first."""

    value: Word
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class WorkloadAnalysis:
    complexity: Level[Complexity]
    volume: Level[Volume]
    urgency: Level[Urgency]
    accuracy: Level[Accuracy]
    text: TextFacts

    @property
    def line(self) -> str:
        """All of it in one sentence, for a trace."""
        return (
            f"Work of {self.complexity.value} complexity, {self.volume.value} volume, "
            f"{self.urgency.value}, {self.accuracy.value} accuracy."
        )


@dataclass(frozen=True)
class _Points:
    value: int
    reason: str


def analyse(
    request: RoutedRequest, feature: FeatureDemand = NO_FEATURE
) -> WorkloadAnalysis:
    text = text_facts(request.prompt)
    return WorkloadAnalysis(
        complexity_of(request, text),
        volume_of(feature),
        urgency_of(request, feature),
        accuracy_of(request, feature),
        text,
    )


def complexity_of(request: RoutedRequest, text: TextFacts) -> Level[Complexity]:
    """Points for everything that makes work hard; low below 2, high from 5."""
    found = sorted(_points(request, text), key=lambda one: -one.value)
    total = sum(one.value for one in found)
    value = Complexity.HIGH if total >= HIGH_FROM else Complexity.MEDIUM
    if total < MEDIUM_FROM:
        value = Complexity.LOW
    reasons = tuple(one.reason for one in found)
    return Level(value, reasons or ("A short request without conditions.",))


def volume_of(feature: FeatureDemand) -> Level[Volume]:
    per_day = feature.requests_per_day
    # NaN is not above 0 either.
    if per_day is None or not per_day > 0:
        return Level(Volume.LIGHT, ("No traffic of it is known.",))
    reason = f"About {per_day:,.0f} requests a day."
    if per_day >= HEAVY_FROM_PER_DAY:
        return Level(Volume.HEAVY, (reason,))
    is_light = per_day < MODERATE_FROM_PER_DAY
    return Level(Volume.LIGHT if is_light else Volume.MODERATE, (reason,))


def urgency_of(request: RoutedRequest, feature: FeatureDemand) -> Level[Urgency]:
    """The request says more than the feature."""
    if request.is_batch:
        return Level(Urgency.BATCH, ("The request is part of a batch.",))
    wait = request.timeout_ms
    if wait is not None and wait <= SHORT_WAIT_MS:
        return Level(Urgency.REAL_TIME, (f"The caller waits {wait:,.0f} ms.",))
    said = OF_FEATURE.get(feature.urgency)
    if said is not None and (said is not Urgency.BATCH or not request.is_stream):
        return Level(said, (f"The feature says {feature.urgency}.",))
    if request.is_stream:
        return Level(Urgency.NEAR_REAL_TIME, ("It is read as it is written.",))
    return Level(Urgency.NEAR_REAL_TIME, ("Nothing says how urgent it is.",))


def accuracy_of(request: RoutedRequest, feature: FeatureDemand) -> Level[Accuracy]:
    """What the feature says; words of grave matters raise it, nothing lowers it."""
    levels = list(Accuracy)
    is_said = feature.accuracy in levels
    said = Accuracy(feature.accuracy) if is_said else Accuracy.STANDARD
    grave = GRAVE.search(part_read(request.prompt))
    if grave and levels.index(said) < levels.index(Accuracy.HIGH):
        return Level(Accuracy.HIGH, (f"It is about “{grave.group().lower()}”.",))
    why = f"The feature says {said.value}." if is_said else "Nothing asks for more."
    return Level(said, (why,))


def _points(request: RoutedRequest, text: TextFacts) -> Iterator[_Points]:
    yield from _of_size(request)
    yield from _of_text(text)
    yield from _of_images(request)
    size = schema_size(request.schema)
    if size.fields >= 8 or size.depth >= 3:
        said = f"A schema of {size.fields} fields, {size.depth} deep."
        yield _Points(2 if size.fields >= 25 or size.depth >= 5 else 1, said)
    if request.tool_count:
        plural = "s" if request.tool_count > 1 else ""
        yield _Points(1, f"{request.tool_count} tool{plural} to choose from.")


def _of_size(request: RoutedRequest) -> Iterator[_Points]:
    tokens = request.size_tokens
    steps = sum(tokens >= limit for limit in (500, 4_000, 32_000))
    if steps:
        yield _Points(steps, f"About {tokens:,} tokens to read.")


def _of_text(text: TextFacts) -> Iterator[_Points]:
    if text.code_lines >= 5:
        value = 2 if text.code_lines >= 40 else 1
        yield _Points(value, f"{text.code_lines} lines of code.")
    if text.conditions >= 3:
        value = 2 if text.conditions >= 7 else 1
        yield _Points(value, f"{text.conditions} conditions to keep.")
    if text.reasoning:
        value = min(3, text.reasoning)
        plural = "s" if text.reasoning > 1 else ""
        yield _Points(value, f"{text.reasoning} word{plural} that ask for reasoning.")
    if text.has_traceback:
        yield _Points(1, "An error to find the cause of.")
    if text.language not in {"", "English"}:
        yield _Points(1, f"Written in {text.language}.")
    if text.simple:
        yield _Points(-1, "It is said to be small or simple.")


def _of_images(request: RoutedRequest) -> Iterator[_Points]:
    count = request.image_count
    if count:
        is_much = count >= 4 or request.image_pixels >= LARGE_PIXELS
        plural = "s" if count > 1 else ""
        yield _Points(2 if is_much else 1, f"{count} image{plural} to look at.")
