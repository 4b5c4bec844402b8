"""The requests of the sample product, drawn in columns: when, which feature, how many
tokens, for whom. Pure; the same seed and story give the same requests."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from analytics.demo.features import (
    CUSTOMERS,
    ENVIRONMENT_SHARES,
    ENVIRONMENTS,
    FEATURES,
    DemoFeature,
)
from analytics.demo.rhythm import drawn_requests, expected_requests, hours_of
from analytics.demo.story import Story

LUCKS: Final = 7
"""Numbers from 0 to 1 that a request takes its turns by."""
OUTPUT_SPREAD: Final = 1.15
"""How much wider outputs spread than inputs."""
HIT_SHARE: Final = 0.82
"""Of requests with a cacheable beginning, those that found it in the cache."""
LONGER_PROMPT: Final = 1.14
"""What the second version of the prompts made of inputs."""
SLOWNESS: Final = 0.38
"""Sigma of the log-normal factor of latencies."""


class Draft(NamedTuple):
    """One request before anybody answered it. `cached_tokens` were found in the cache,
    or are to be written to it where `is_hit` is false. `luck` decides on the rest."""

    feature: DemoFeature
    request_id: uuid.UUID
    at: datetime.datetime
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    is_hit: bool
    thinking_tokens: int
    slowness: float
    customer: str
    environment: str
    luck: tuple[float, ...]


@dataclass(frozen=True)
class _Columns:
    """One array a field of a draft; `feature` is a number of `FEATURES`."""

    feature: np.ndarray
    at_ms: np.ndarray
    input_tokens: np.ndarray
    output_tokens: np.ndarray
    cached_tokens: np.ndarray
    is_hit: np.ndarray
    thinking_tokens: np.ndarray
    slowness: np.ndarray
    customer: np.ndarray
    environment: np.ndarray
    luck: np.ndarray


def drafts(story: Story, requests_per_day: float, seed: int) -> Iterator[Draft]:
    """All requests, by time."""
    rng = np.random.default_rng(seed)
    share = requests_per_day / sum(one.weight for one in FEATURES)
    parts = [
        _drawn(number, one, story, one.weight * share, rng)
        for number, one in enumerate(FEATURES)
    ]
    names = _Columns.__dataclass_fields__
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in names
    }
    order = np.argsort(columns["at_ms"], kind="stable")
    ordered = _Columns(**{name: column[order] for name, column in columns.items()})
    return _told(ordered, rng.bytes(16 * len(order)))


def _drawn(
    number: int,
    feature: DemoFeature,
    story: Story,
    requests_per_day: float,
    rng: np.random.Generator,
) -> _Columns:
    at_ms = _moments(feature, story, requests_per_day, rng)
    size = len(at_ms)
    asked = rng.lognormal(np.log(feature.input_tokens), feature.spread, size)
    if feature.prompt:
        asked[at_ms >= story.prompt_changed_at.timestamp() * 1000] *= LONGER_PROMPT
    wide = feature.spread * OUTPUT_SPREAD
    output = 1 + rng.lognormal(np.log(feature.output_tokens), wide, size).astype(int)
    inputs = 8 + asked.astype(int)
    cacheable = np.clip(rng.normal(feature.cached, 0.12, size), 0, 0.95)
    thinking = np.clip(rng.normal(feature.thinking, 0.15, size), 0, 0.9)
    return _Columns(
        feature=np.full(size, number),
        at_ms=at_ms,
        input_tokens=inputs,
        output_tokens=output,
        cached_tokens=(inputs * cacheable * bool(feature.cached)).astype(int),
        is_hit=rng.random(size) < HIT_SHARE,
        thinking_tokens=(output * thinking * bool(feature.thinking)).astype(int),
        slowness=rng.lognormal(0, SLOWNESS, size),
        customer=rng.choice(len(CUSTOMERS), size, p=_customer_shares()),
        environment=rng.choice(len(ENVIRONMENTS), size, p=ENVIRONMENT_SHARES),
        luck=rng.random((size, LUCKS)),
    )


def _moments(
    feature: DemoFeature,
    story: Story,
    requests_per_day: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """In milliseconds since 1970; none after the end."""
    expected = expected_requests(feature.rhythm, story, requests_per_day)
    counts = drawn_requests(expected, story, rng)
    hours = np.array([int(hour.timestamp()) * 1000 for hour in hours_of(story)])
    at_ms = np.repeat(hours, counts)
    at_ms = at_ms + rng.integers(0, 3_600_000, len(at_ms))
    return at_ms[at_ms < story.ends_at.timestamp() * 1000]


def _customer_shares() -> np.ndarray:
    """A few customers ask most (Zipf's law)."""
    weights = 1 / np.arange(1, len(CUSTOMERS) + 1)
    return np.asarray(weights / weights.sum())


def _told(columns: _Columns, random_bytes: bytes) -> Iterator[Draft]:
    lists = [getattr(columns, name).tolist() for name in _Columns.__dataclass_fields__]
    epoch = datetime.datetime.fromtimestamp(0, datetime.UTC)
    for row, values in enumerate(zip(*lists, strict=True)):
        feature, at_ms, asked, output, cached, is_hit, thinking, *rest = values
        slowness, customer, environment, luck = rest
        yield Draft(
            FEATURES[feature],
            uuid.UUID(bytes=random_bytes[16 * row : 16 * row + 16], version=4),
            epoch + datetime.timedelta(milliseconds=at_ms),
            asked,
            output,
            cached,
            is_hit,
            thinking,
            slowness,
            CUSTOMERS[customer],
            ENVIRONMENTS[environment],
            tuple(luck),
        )
