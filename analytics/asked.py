"""What a person asks the analytics page: one state behind many questions. Pure."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from analytics.periods import Comparison, Period, Range, step_for
from analytics.questions import Dimension, Key, Question, Step

SPLITS: Final = {
    Dimension.MODEL: "Model",
    Dimension.PROVIDER: "Provider",
    Dimension.FEATURE: "Feature",
    Dimension.PACK: "Pack",
    Dimension.PACK_VERSION: "Pack version",
    Dimension.CONNECTION: "Connection",
    Dimension.SOURCE: "Source",
    Dimension.TOKEN: "API token",
    Dimension.TAG: "Tag",
}
"""What usage is split and filtered by, and its name."""
OF_ATTEMPTS: Final = frozenset(
    {Dimension.MODEL, Dimension.PROVIDER, Dimension.CONNECTION}
)
"""Attempts of one request differ in these."""


class Level(StrEnum):
    """What is counted: requests, or the attempts that they are made of. A request with
    a fallback has no one model, so that models are told by their calls."""

    REQUEST = "request"
    CALL = "call"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`wished_step` None: whichever suits the range. `now` is one moment for all
    questions of a page."""

    organization_id: int
    now: datetime.datetime
    zone: zoneinfo.ZoneInfo
    range: Range
    period: Period
    comparison: Comparison = Comparison.NONE
    compared: Period | None = None
    wished_step: Step | None = None
    split: tuple[Dimension, ...] = ()
    only: Mapping[Dimension, frozenset[Key]] = field(default_factory=dict)
    tag_name: str = ""

    @property
    def step(self) -> Step:
        return step_for(self.period, self.wished_step)

    @property
    def step_was_changed(self) -> bool:
        """The wished step would have made more points than a chart can show."""
        return self.wished_step is not None and self.wished_step is not self.step

    @property
    def is_live(self) -> bool:
        return self.period.includes(self.now)

    @property
    def level(self) -> Level:
        """Of everything that was asked for."""
        return Level.CALL if OF_ATTEMPTS & self.only.keys() else Level.REQUEST

    @property
    def split_level(self) -> Level:
        """Of the parts of the split."""
        is_call = OF_ATTEMPTS & {*self.split, *self.only}
        return Level.CALL if is_call else Level.REQUEST

    def question(
        self,
        *,
        period: Period | None = None,
        step: Step | None = None,
        split: tuple[Dimension, ...] = (),
        with_histograms: bool = False,
    ) -> Question:
        asked = period or self.period
        return Question(
            organization_id=self.organization_id,
            start=asked.start,
            end=asked.until,
            zone=self.zone,
            step=step,
            split=split,
            only=self.only,
            tag_name=self.tag_name,
            with_histograms=with_histograms,
        )
