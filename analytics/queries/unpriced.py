"""Calls without a price, in groups that one decision deals with."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    Sum,
    Value,
    When,
)

from analytics.models import UnpricedSetAside, UsageRecord
from analytics.queries.measure_choices import SOURCES
from analytics.usage_row import Outcome, Source
from registry.cost import CostState
from registry.models import AIModel, Organization

MOST: Final = 200
"""Groups on one page, the largest of each kind."""


class GroupKind(StrEnum):
    """Why calls have no price: no model matches their `name`; their `model` had none
    when they were made; nobody reported what they used."""

    NAME = "name"
    MODEL = "model"
    USAGE = "usage"


@dataclass(frozen=True, kw_only=True)
class Group:
    """`name` is `provider/model`, as it was told where `ai_model` is None. Tokens are
    None where nobody said."""

    kind: GroupKind
    name: str
    ai_model: AIModel | None
    calls: int
    tokens: int | None
    first: datetime.datetime
    last: datetime.datetime
    sources: str
    set_aside: UnpricedSetAside | None


@dataclass(frozen=True)
class Unpriced:
    """`failed` are calls that failed before anything was counted: providers do not
    charge for them as a rule, and nothing is to be done."""

    open: Sequence[Group] = ()
    set_aside: Sequence[Group] = ()
    failed: int = 0
    totals: Counter[GroupKind] = field(default_factory=Counter)

    def of(self, kind: GroupKind) -> list[Group]:
        return [one for one in self.open if one.kind is kind]

    @property
    def names(self) -> list[Group]:
        return self.of(GroupKind.NAME)

    @property
    def models(self) -> list[Group]:
        return self.of(GroupKind.MODEL)

    @property
    def uncounted(self) -> list[Group]:
        return self.of(GroupKind.USAGE)


def unpriced_groups(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> Unpriced:
    """Groups of calls from `start` to before `end`, the largest first; three queries,
    by an index of unpriced calls alone."""
    rows = list(_rows(organization, start, end))
    failed = sum(row["calls"] for row in rows if _is_failed(row))
    told = [row for row in rows if not _is_failed(row)]
    models = {
        one.pk: one
        for one in AIModel.objects.visible_to(organization)
        .filter(pk__in={row["ai_model_id"] for row in told if row["ai_model_id"]})
        .select_related("provider")
    }
    aside = {
        (one.kind, one.name): one
        for one in UnpricedSetAside.objects.filter(
            organization=organization
        ).select_related("created_by")
    }
    groups = [_group(row, models, aside) for row in _merged(told)]
    groups.sort(key=lambda one: (-one.calls, one.name))
    found = Unpriced(
        open=[one for one in groups if one.set_aside is None][:MOST],
        set_aside=[one for one in groups if one.set_aside is not None][:MOST],
        failed=failed,
    )
    for one in groups:
        found.totals[one.kind] += one.calls
    return found


def group_exists(organization: Organization, kind: GroupKind, name: str) -> bool:
    """Are there such calls at all? By name; of a model by its reference."""
    found = UsageRecord.objects.filter(
        organization_id=organization.pk, cost_state=CostState.UNPRICED.value
    )
    models = AIModel.objects.visible_to(organization).at_reference(name)
    ids = list(models.values_list("pk", flat=True))
    by_name = Q(ai_model_id=None, model_name=name)
    if kind is GroupKind.NAME:
        return found.filter(by_name, input_tokens__isnull=False).exists()
    if kind is GroupKind.MODEL:
        return found.filter(ai_model_id__in=ids).exists()
    return found.filter(by_name | Q(ai_model_id__in=ids), input_tokens=None).exists()


def _rows(
    organization: Organization, start: datetime.datetime, end: datetime.datetime
) -> Any:
    counted = ExpressionWrapper(
        Q(input_tokens__isnull=False), output_field=BooleanField()
    )
    told = Case(
        When(ai_model_id=None, then=F("model_name")),
        default=Value(""),
        output_field=CharField(),
    )
    return (
        UsageRecord.objects.filter(
            organization_id=organization.pk,
            cost_state=CostState.UNPRICED.value,
            started_at__gte=start,
            started_at__lt=end,
        )
        .annotate(told=told, is_counted=counted)
        .values("ai_model_id", "told", "is_counted", "outcome")
        .annotate(
            calls=Count("id"),
            tokens=Sum(F("input_tokens") + F("output_tokens")),
            first=Min("started_at"),
            last=Max("started_at"),
            sources=ArrayAgg("source", distinct=True),
        )
        .order_by()
    )


def _is_failed(row: dict[str, Any]) -> bool:
    return not row["is_counted"] and row["outcome"] == Outcome.ERROR.value


def _merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes no longer told apart."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = (row["ai_model_id"], row["told"], row["is_counted"])
        before = merged.get(key)
        if before is None:
            merged[key] = dict(row)
            continue
        before["calls"] += row["calls"]
        before["tokens"] = (before["tokens"] or 0) + (row["tokens"] or 0)
        before["first"] = min(before["first"], row["first"])
        before["last"] = max(before["last"], row["last"])
        before["sources"] = sorted({*before["sources"], *row["sources"]})
    return list(merged.values())


def _group(
    row: dict[str, Any],
    models: dict[int, AIModel],
    aside: dict[tuple[str, str], UnpricedSetAside],
) -> Group:
    ai_model = models.get(row["ai_model_id"])
    kind = GroupKind.USAGE
    if row["is_counted"]:
        kind = GroupKind.MODEL if row["ai_model_id"] else GroupKind.NAME
    name = row["told"]
    if row["ai_model_id"]:
        name = ai_model.reference if ai_model else f"Removed model {row['ai_model_id']}"
    return Group(
        kind=kind,
        name=name,
        ai_model=ai_model,
        calls=row["calls"],
        tokens=row["tokens"] if row["is_counted"] else None,
        first=row["first"],
        last=row["last"],
        sources=", ".join(SOURCES.get(Source(one), one) for one in row["sources"]),
        set_aside=aside.get((kind.value, name)),
    )
