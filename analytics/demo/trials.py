"""Experiments of the sample product, as its calls know them. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analytics.demo.drafts import Draft
    from analytics.demo.world import Route

USERS: Final = 25
"""Of each customer."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What a user drew. `route` goes first; None where the assignment does."""

    arm_id: int
    unit_hash: int
    route: Route | None
    trace: str


@dataclass(frozen=True)
class Trial:
    """From `since` on and before `until`; `draw` gives the arm of a user."""

    feature: str
    since: datetime.datetime
    until: datetime.datetime
    draw: Callable[[str], Arm]

    def is_on(self, draft: Draft) -> bool:
        return draft.feature.key == self.feature and self.since <= draft.at < self.until


def user_of(draft: Draft) -> str:
    return f"{draft.customer}-{draft.request_id.int % USERS}"
