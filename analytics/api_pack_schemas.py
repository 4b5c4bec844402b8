"""What the management API takes and answers about packs."""

from __future__ import annotations

import datetime
from typing import Any, Final

from ninja import Field, Schema

from registry.api_paging import PageQuery
from registry.schemas import Body, ShortText

LARGEST: Final = 2**31 - 1


class PackOut(Schema):
    slug: str
    name: str
    description: str
    version: int
    features: int
    errors: int
    warnings: int
    is_active: bool
    active_version: int | None
    is_ready_made: bool
    source_url: str | None
    source_error: str | None
    last_used_at: datetime.datetime | None
    findings: list[dict[str, Any]]


class PackVersionOut(Schema):
    """`document` is the pack as it is written to a file."""

    slug: str
    version: int
    at: datetime.datetime
    by: str
    version_note: str | None
    document: dict[str, Any]


class PackPlan(Schema):
    """What a switch would change, feature by feature, and what a month would cost.
    `expected` is sent with the switch, so that what was seen is what is done."""

    pack: str
    active: str | None
    expected: str
    is_allowed: bool
    is_needed: bool
    difference: dict[str, Any]
    projected_month: dict[str, Any]


class SwitchIn(Body):
    version: int | None = Field(None, ge=1, le=LARGEST, description="Else the newest.")
    keep: list[ShortText] = Field([], max_length=500, description="Keys to leave.")
    expected: str | None = Field(None, max_length=200)
    force_reason: str = Field("", max_length=400)
    enable_models: bool = False
    create_missing_features: bool = False
    note: str = Field("", max_length=400)


class UndoIn(Body):
    expected: str | None = Field(None, max_length=200)
    force_reason: str = Field("", max_length=400)


class SwitchDone(Schema):
    active: str | None
    is_new: bool
    enabled: list[str]
    created_features: list[str]
    left_alone: dict[str, str]
    difference: dict[str, Any]


class SwitchOut(Schema):
    id: int
    at: datetime.datetime
    by: str
    from_version: str | None
    to_version: str | None
    features: int
    kept: list[str]
    is_roll_back: bool
    is_undone: bool
    was_forced: bool
    reason: str | None


class PackQuery(PageQuery):
    is_archived: bool = False


class VersionQuery(Schema):
    version: int | None = Field(None, ge=1, le=LARGEST, description="Else the newest.")
