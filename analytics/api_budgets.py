"""Management API: budgets, where they stand, and whether there is room."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from analytics.budget_doors import check_budget, remaining_budget, touched_by
from analytics.models import BudgetDefinition
from analytics.queries.budget_states import BudgetState, budget_state, budget_states
from analytics.services.budget_definitions import (
    change_budget,
    create_budget,
    delete_budget,
)
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_lookup import named_model
from registry.api_paging import PageOf, PageQuery, page, page_of_list
from registry.api_tags import checked, is_checked, tag_of, tell_tag
from registry.models import AIModel, Feature, Pack, Role, TokenScope
from registry.schemas import Body, Problem

router = Router(tags=["Budgets"])
READERS = access(Role.VIEWER, TokenScope.GATEWAY)
Scope = Literal[
    "organization", "feature", "model", "provider", "connection", "token", "tag"
]
Period = Literal["day", "week", "month", "total"]
OnLimitWord = Literal["block", "warn", "switch", "fallback"]


class BudgetChange(Body):
    """Fields that are not sent stay as they are."""

    name: str | None = Field(None, max_length=80)
    amount_usd: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    on_limit: OnLimitWord | None = None
    pack: str | None = Field(None, description="Short name of the pack to switch to.")
    fallback_model: str | None = Field(None, description="provider/model-id")
    thresholds: list[Decimal] | None = Field(None, description="Shares, 0 to 1.")
    rolls_over: bool | None = None
    roll_over_cap_usd: Decimal | None = Field(None, ge=0)
    is_active: bool | None = None
    version: int | None = Field(None, description="As you saw it; else it always wins.")


class NewBudget(BudgetChange):
    amount_usd: Decimal = Field(ge=0, max_digits=14, decimal_places=2)
    scope_kind: Scope = "organization"
    scope_id: int = Field(0, ge=0, lt=2**63, description="Of the row it is for.")
    tag_name: str = Field("", max_length=100)
    tag_value: str = Field("", max_length=100)
    period: Period = "month"
    time_zone: str | None = None


class BudgetOut(Schema):
    """A budget and its window of now. `id` null: the monthly limit of a model."""

    id: int | None
    name: str
    scope_kind: str
    scope: str
    period: str
    time_zone: str
    on_limit: str
    is_active: bool
    version: int | None
    starts_at: datetime.datetime
    opens_again_at: datetime.datetime | None
    limit_usd: Decimal
    spent_usd: Decimal
    outside_usd: Decimal
    held_usd: Decimal
    left_usd: Decimal
    unpriced_calls: int


class BudgetQuery(PageQuery):
    scope_kind: Scope | Literal[""] = ""


class CheckFilter(Schema):
    """What the call would be."""

    estimate_usd: Decimal = Field(Decimal(0), ge=0)
    model: str = Field("", max_length=300, description="provider/model-id")
    feature: str = Field("", max_length=80, description="Key of a feature.")


class CheckOut(Schema):
    """`remaining_usd` null: nothing would stop such a call."""

    is_allowed: bool
    reasons: list[str]
    remaining_usd: Decimal | None


@router.get(
    "/budgets",
    response=PageOf[BudgetOut],
    auth=READERS,
    summary="Budgets and usage",
)
def list_budgets(
    request: OrganizationRequest, response: HttpResponse, filters: Query[BudgetQuery]
) -> Any:
    """With what is spent, held and left in the window of now."""
    found = [
        one
        for one in budget_states(request.organization, timezone.now())
        if filters.scope_kind in ("", one.rule.kind)
    ]
    shown, following = page_of_list(found, _place, filters)
    return page(request, response, [_document(one) for one in shown], following)


@router.get(
    "/budgets/check",
    response={200: CheckOut, 404: Problem},
    auth=READERS,
    summary="Whether there is room for a call",
)
def check(request: OrganizationRequest, filters: Query[CheckFilter]) -> Any:
    """Of the moment: it holds nothing. The gateway holds by itself."""
    organization = request.organization
    feature, ai_model = None, None
    if filters.feature:
        feature = get_object_or_404(
            Feature, organization=organization, key=filters.feature
        )
    if filters.model:
        ai_model = named_model(filters.model, organization)[1]
    touched = touched_by(organization, ai_model=ai_model, feature=feature)
    found = check_budget(organization, filters.estimate_usd, touched=touched)
    return {
        "is_allowed": found.is_allowed,
        "reasons": list(found.reasons),
        "remaining_usd": remaining_budget(organization, touched=touched),
    }


@router.get(
    "/budgets/{int:pk}",
    response={200: BudgetOut, 404: Problem},
    auth=READERS,
    summary="One budget and its usage",
)
def get_budget(request: OrganizationRequest, response: HttpResponse, pk: int) -> Any:
    return _told(response, _definition(request, pk))


@router.post(
    "/budgets",
    response={201: BudgetOut, 403: Problem, 422: Problem},
    summary="Make a budget",
)
def create_budget_(
    request: OrganizationRequest, response: HttpResponse, body: NewBudget
) -> Any:
    """What its calls have cost in this window already is spent."""
    facts = {"scope_kind": body.scope_kind, "name": "", **_facts(request, body)}
    definition = create_budget(
        organization=request.organization, actor=request.user, **facts
    )
    response["Location"] = f"/api/budgets/{definition.pk}"
    return Status(201, _told(response, definition))


@router.patch(
    "/budgets/{int:pk}",
    response={200: BudgetOut, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
    summary="Change a budget",
)
def change_budget_(
    request: OrganizationRequest, response: HttpResponse, pk: int, body: BudgetChange
) -> Any:
    """Scope, period and time zone stay; a new amount holds at once."""
    definition = _checked(request, pk)
    change_budget(
        definition=definition,
        actor=request.user,
        expected_version=definition.version if is_checked(request) else body.version,
        **_facts(request, body),
    )
    return _told(response, definition)


@router.delete(
    "/budgets/{int:pk}",
    response={204: None, 403: Problem, 404: Problem},
    summary="Delete a budget",
)
def delete_budget_(request: OrganizationRequest, pk: int) -> Any:
    """It stops nothing from now on. Its history stays, and the page restores it."""
    delete_budget(definition=_checked(request, pk), actor=request.user)
    return Status(204, None)


def _definition(request: OrganizationRequest, pk: int) -> BudgetDefinition:
    living = BudgetDefinition.objects.filter(
        organization=request.organization, deleted_at=None
    )
    found: BudgetDefinition = get_object_or_404(living, pk=pk)
    return found


def _checked(request: OrganizationRequest, pk: int) -> BudgetDefinition:
    return checked(request, lambda: _definition(request, pk), _tag)


def _tag(definition: BudgetDefinition) -> str:
    return tag_of("budget", definition.pk, definition.version)


def _told(response: HttpResponse, definition: BudgetDefinition) -> dict[str, Any]:
    tell_tag(response, _tag(definition))
    return _document(budget_state(definition, timezone.now()))


def _place(state: BudgetState) -> str:
    pk = state.definition.pk if state.definition else 0
    return f"{state.rule.kind}\n{state.name}\n{state.rule.scope_id}\n{pk}"


def _facts(request: OrganizationRequest, body: BudgetChange) -> dict[str, Any]:
    """What was sent, with rows for names."""
    facts: dict[str, Any] = body.dict(exclude_unset=True)
    facts.pop("version", None)
    for name in ("amount_usd", "name", "on_limit", "rolls_over", "is_active"):
        if name in facts and facts[name] is None:
            del facts[name]
    for name in ("thresholds", "time_zone"):
        if name in facts and facts[name] is None:
            del facts[name]
    if facts.get("pack"):
        facts["pack"] = _pack(request, facts["pack"])
    if facts.get("fallback_model"):
        facts["fallback_model"] = _model(request, facts["fallback_model"])
    return facts


def _pack(request: OrganizationRequest, slug: str) -> Pack:
    pack = Pack.objects.filter(organization=request.organization, slug=slug).first()
    if pack is None:
        raise HttpError(422, f"There is no pack {slug[:80]}.")
    return pack


def _model(request: OrganizationRequest, reference: str) -> AIModel:
    return named_model(reference, request.organization)[1]


def _document(state: BudgetState) -> dict[str, Any]:
    definition, window = state.definition, state.window
    return {
        "id": definition.pk if definition else None,
        "name": state.name,
        "scope_kind": state.rule.kind,
        "scope": state.scope,
        "period": state.rule.period,
        "time_zone": state.rule.time_zone,
        "on_limit": state.rule.on_limit,
        "is_active": state.is_active,
        "version": definition.version if definition else None,
        "starts_at": state.starts_at,
        "opens_again_at": state.ends_at,
        "limit_usd": state.limit_usd,
        "spent_usd": state.spent_usd,
        "outside_usd": window.outside_usd if window else Decimal(0),
        "held_usd": state.held_usd,
        "left_usd": state.left_usd,
        "unpriced_calls": window.unpriced_calls if window else 0,
    }
