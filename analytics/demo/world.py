"""What the generator needs to know of the organisation that it writes for. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.demo.features import Part
from analytics.demo.story import Story
from analytics.demo.trials import Arm, Trial, user_of
from registry.resolution.entries import PricePeriod

if TYPE_CHECKING:
    from analytics.demo.drafts import Draft

PriceAt = Callable[[int, datetime.datetime], PricePeriod | None]
"""The price of a model at an aware moment, as the organisation has it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A model at a connection; `reference` is `provider/model-id`."""

    part: Part
    reference: str
    ai_model_id: int
    connection_id: int

    @property
    def provider(self) -> str:
        return self.reference.partition("/")[0]


@dataclass(frozen=True)
class Era:
    """While one version of a pack was active, from `since` on. By feature key: the
    routes in order, the number of the assignment's revision, and the version of its
    prompt, where it has one."""

    since: datetime.datetime
    pack_version_id: int
    routes: Mapping[str, tuple[Route, ...]]
    revisions: Mapping[str, int]
    prompt_version_ids: Mapping[str, int]


@dataclass(frozen=True)
class World:
    """`eras` by time; `failing_provider` is the one of the incident."""

    story: Story
    organization_id: int
    feature_ids: Mapping[str, int]
    eras: tuple[Era, ...]
    token_ids: tuple[int, ...]
    failing_provider: str
    price_at: PriceAt
    trials: tuple[Trial, ...] = ()

    def arm_of(self, draft: Draft) -> Arm | None:
        """Of the experiment that decides about a request, if one does."""
        trial = next((one for one in self.trials if one.is_on(draft)), None)
        return None if trial is None else trial.draw(user_of(draft))

    def era_at(self, moment: datetime.datetime) -> Era:
        begun = [era for era in self.eras if era.since <= moment]
        return begun[-1] if begun else self.eras[0]
