"""What may be asked of usage. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analytics.sums import Sums, total

Key = int | str | None
"""The row id of a thing, or a word; None: there is none."""


class Dimension(StrEnum):
    MODEL = "model"
    PROVIDER = "provider"
    FEATURE = "feature"
    PACK = "pack"
    PACK_VERSION = "pack_version"
    CONNECTION = "connection"
    SOURCE = "source"
    TOKEN = "token"  # noqa: S105  # an API token's row id
    TAG = "tag"
    ERROR = "error"


class Step(StrEnum):
    """How a range is cut, in the zone of the question; weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Calls that started from `start` to before `end` (aware moments), cut by `step` in
    `zone` (None: not cut), split by at most two dimensions, of those whose keys are
    among `only`. `tag_name` says which tag Dimension.TAG means. `with_histograms`
    False leaves the histograms empty, which is quicker. Raises ValueError for a range
    without end, more than two dimensions, or a tag without its name."""

    organization_id: int
    start: datetime.datetime
    end: datetime.datetime
    zone: zoneinfo.ZoneInfo
    step: Step | None = None
    split: tuple[Dimension, ...] = ()
    only: Mapping[Dimension, frozenset[Key]] = field(default_factory=dict)
    tag_name: str = ""
    with_histograms: bool = False

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A range needs time zones.")
        if self.end <= self.start:
            raise ValueError("The range ends before it begins.")
        if len(self.split) > 2 or len(set(self.split)) != len(self.split):
            raise ValueError("Split by two different dimensions at most.")
        used = {*self.split, *self.only}
        if Dimension.TAG in used and not self.tag_name:
            raise ValueError("Say which tag.")


@dataclass(frozen=True)
class Part:
    """One part of an answer: `start` of its step (None where not cut), its key in each
    dimension of the split."""

    start: datetime.datetime | None
    keys: tuple[Key, ...]
    sums: Sums


@dataclass(frozen=True)
class Answer:
    """Parts with calls in them, in order of time and then of cost, the dearest first.
    Calls until `as_of` are in it."""

    question: Question
    parts: tuple[Part, ...]
    as_of: datetime.datetime

    @property
    def total(self) -> Sums:
        return total(part.sums for part in self.parts)
