"""How many requests an hour brings: time of day, weekday, growth and noise. Pure."""

from __future__ import annotations

import datetime
from typing import Final

import numpy as np

from analytics.demo.features import Rhythm
from analytics.demo.story import SATURDAY, Story

HOURS: Final[dict[Rhythm, tuple[float, ...]]] = {
    Rhythm.OFFICE: (
        *(0.05, 0.03, 0.03, 0.03, 0.04, 0.08, 0.2, 0.5, 0.9, 1.2, 1.35, 1.3),
        *(0.95, 1.1, 1.35, 1.3, 1.1, 0.8, 0.5, 0.35, 0.25, 0.2, 0.12, 0.08),
    ),
    Rhythm.EVENING: (
        *(0.35, 0.2, 0.12, 0.1, 0.1, 0.15, 0.35, 0.6, 0.75, 0.85, 0.9, 0.95),
        *(1.0, 0.95, 0.9, 0.9, 1.0, 1.15, 1.3, 1.45, 1.5, 1.35, 1.0, 0.6),
    ),
    Rhythm.NIGHT: (0.1, 2.5, 4.0, 3.0, 1.0, 0.2, *(0.02,) * 18),
}
WEEKEND: Final = {Rhythm.OFFICE: 0.22, Rhythm.EVENING: 0.78, Rhythm.NIGHT: 0.6}
SUNDAY: Final = 0.9
DAY_NOISE: Final = 0.06
"""Sigma of the log-normal factor of each day."""
HOUR: Final = datetime.timedelta(hours=1)


def hours_of(story: Story) -> list[datetime.datetime]:
    """The hours that the period touches, in UTC."""
    count = -(-(story.ends_at - story.starts_at) // HOUR)
    return [story.starts_at + HOUR * step for step in range(count)]


def expected_requests(
    rhythm: Rhythm, story: Story, requests_per_day: float
) -> np.ndarray:
    """Of each hour; `requests_per_day` is the mean of whole days."""
    hours = hours_of(story)
    weights = np.array([_weight(rhythm, hour, story) for hour in hours])
    whole_days = (story.ends_at - story.starts_at) / datetime.timedelta(days=1)
    total = requests_per_day * whole_days
    return np.asarray(weights * (total / weights.sum()))


def drawn_requests(
    expected: np.ndarray, story: Story, rng: np.random.Generator
) -> np.ndarray:
    """Whole numbers by a Poisson distribution around `expected`, with a mood for each
    day."""
    moods = rng.lognormal(0, DAY_NOISE, story.days + 1)
    days = np.minimum(np.arange(len(expected)) // 24, story.days)
    return rng.poisson(expected * moods[days])


def _weight(rhythm: Rhythm, hour: datetime.datetime, story: Story) -> float:
    local = hour.astimezone(story.zone)
    weight = HOURS[rhythm][local.hour]
    if local.weekday() >= SATURDAY:
        weight *= WEEKEND[rhythm]
    if local.weekday() > SATURDAY:
        weight *= SUNDAY
    passed = (hour - story.starts_at) / (story.ends_at - story.starts_at)
    return weight * story.growth_at(passed)
