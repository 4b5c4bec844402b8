"""What the management API takes and tells of experiments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from ninja import Field, Schema

from registry.api_paging import PageQuery

MOST_LISTED = 500
LARGEST = 1_000_000_000


class ListQuery(PageQuery):
    state: Literal[
        "",
        "draft",
        "live",
        "over",
        "running",
        "paused",
        "stopped",
        "promoted",
        "stepped_back",
    ] = Field("", description="`live` is running or paused, `over` has ended.")
    feature: str = Field("", max_length=200)
    q: str = Field("", max_length=200, description="Words of a name or a feature.")


class ArmOut(Schema):
    key: str
    name: str
    model: str
    is_control: bool
    share_percent: str
    parameters: dict[str, Any]
    prompt: str | None


class ExperimentOut(Schema):
    """Points are points of 100. `candidate_percent` is what the candidate of a canary
    gets now; `version` grows with each change."""

    slug: str
    name: str
    feature: str
    hypothesis: str
    kind: str
    state: str
    state_reason: str
    unit: str
    steps: list[int]
    step_index: int
    candidate_percent: int | None
    min_requests_per_step: int
    min_hours_per_step: float
    max_success_drop_points: float
    max_p95_rise_percent: float
    max_thumbs_down_rise_points: float
    cost_cap_usd: str | None
    max_days: int | None
    max_requests: int | None
    promote_by_itself: bool
    started_at: str | None
    step_started_at: str | None
    ended_at: str | None
    winner: str | None
    version: int
    arms: list[ArmOut]


class ShownOut(ExperimentOut):
    """`results` is null before it ran; `in_the_way` says in sentences what keeps a
    draft from starting."""

    results: dict[str, Any] | None
    in_the_way: list[str]
    events: list[dict[str, Any]]


class ArmIn(Schema):
    model: str = Field(..., min_length=1, max_length=300)
    name: str = Field("", max_length=120)
    parameters: dict[str, Any] = {}
    prompt: str = Field("", max_length=200, description="As in CODE_GENERATOR@7.")
    share_percent: Decimal = Field(Decimal(50), ge=0, le=100)


class ExperimentIn(Schema):
    """The control is what is assigned to the feature when it starts."""

    feature: str = Field(..., min_length=1, max_length=200)
    name: str = Field(..., min_length=1, max_length=120)
    slug: str = Field("", max_length=60, pattern=r"^[-a-z0-9]*$")
    hypothesis: str = Field("", max_length=2000)
    kind: Literal["split", "canary"] = "canary"
    unit: Literal["conversation", "user", "request"] = "user"
    candidates: list[ArmIn] = Field(..., max_length=20)
    control_share_percent: Decimal = Field(Decimal(50), ge=0, le=100)
    steps: list[int] = Field([5, 25, 50, 100], max_length=100)
    min_requests_per_step: int = Field(200, ge=1, le=LARGEST)
    min_hours_per_step: float = Field(1.0, ge=0, le=8760)
    max_success_drop_points: float = Field(2.0, ge=0, le=100)
    max_p95_rise_percent: float = Field(25.0, ge=0, le=10_000)
    max_thumbs_down_rise_points: float = Field(5.0, ge=0, le=100)
    cost_cap_usd: Decimal | None = Field(None, gt=0, le=LARGEST)
    max_days: int | None = Field(None, ge=1, le=3650)
    max_requests: int | None = Field(None, ge=1, le=LARGEST)
    promote_by_itself: bool = False


class WishIn(Schema):
    """`version` is the one that was seen: another one is refused (409)."""

    version: int | None = Field(None, ge=1, le=LARGEST)


class ReasonIn(WishIn):
    reason: str = Field("", max_length=400)


class PromoteIn(WishIn):
    arm: str = Field("b", max_length=20)
