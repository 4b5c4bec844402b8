"""Budgets: where they stand, making them, and changing them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.forms.budgets import BudgetForm, NewBudgetForm, initial_of
from analytics.models import Budget, BudgetDefinition
from analytics.queries.budget_pages import budget_page, budgets_page
from analytics.services.budget_checking import BudgetRefused
from analytics.services.budget_definitions import (
    StaleBudget,
    change_budget,
    create_budget,
    delete_budget,
    restore_budget,
)
from analytics.services.budget_history import last_change, undo_change
from analytics.services.budget_reconciling import HeldNow, repair
from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import AuditEntry

TIME_ZONES = (
    "UTC",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
)

HELD_NOW: Final = (
    "Calls are under way that hold of this budget. What they spent would count twice: "
    "try again when its holds are gone, a minute after the last call."
)


@require_GET
@member_required
def budget_list(request: OrganizationRequest) -> HttpResponse:
    kind = request.GET.get("scope", "")
    page = budgets_page(request.organization, timezone.now(), kind)
    return render(request, "analytics/budgets.html", {"page": page})


@require_GET
@member_required
def budget_show(request: OrganizationRequest, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    page = budget_page(definition, timezone.now())
    context = {"page": page, "change": last_change(definition)}
    return render(request, "analytics/budget.html", context)


@require_http_methods(["GET", "POST"])
@editor_required
def budget_create(request: OrganizationRequest) -> HttpResponse:
    form = NewBudgetForm(request.organization, request.POST or None)
    if not form.is_valid():
        return _form(request, form, 422 if form.is_bound else 200)
    try:
        definition = create_budget(
            organization=request.organization, actor=request.user, **form.facts
        )
    except BudgetRefused as refused:
        form.refuse(refused.problems)
        return _form(request, form, 422)
    messages.success(
        request,
        f"{definition.name} holds from now on.",
        extra_tags=reverse("analytics:budget_delete", args=[definition.pk]),
    )
    return redirect("analytics:budget_show", definition.pk)


@require_http_methods(["GET", "POST"])
@editor_required
def budget_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    if request.method == "GET":
        form = BudgetForm(request.organization, initial=initial_of(definition))
        return _form(request, form, 200, definition)
    form = BudgetForm(request.organization, request.POST)
    if not form.is_valid():
        return _form(request, form, 422, definition)
    facts = form.facts
    facts["name"] = facts["name"] or definition.name
    expected = form.cleaned_data["expected_version"]
    try:
        change_budget(
            definition=definition,
            actor=request.user,
            expected_version=expected or 0,
            **facts,
        )
    except BudgetRefused as refused:
        form.refuse(refused.problems)
        return _form(request, form, 422, definition)
    except StaleBudget:
        return _form(request, form, 409, definition, is_stale=True)
    _say_changed(request, definition, f"{definition.name} is saved.")
    return redirect("analytics:budget_show", definition.pk)


@require_POST
@editor_required
def budget_pause(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Pause, or go on: `active` says which."""
    definition = _definition(request, pk)
    if request.POST.get("active") not in {"yes", "no"}:
        raise BadRequest("Say active=yes or active=no.")
    is_active = request.POST["active"] == "yes"
    try:
        change_budget(definition=definition, actor=request.user, is_active=is_active)
    except BudgetRefused as refused:
        messages.error(request, str(refused))
        return redirect("analytics:budget_show", pk)
    said = "holds again." if is_active else "is paused: it stops nothing."
    _say_changed(request, definition, f"{definition.name} {said}")
    return redirect("analytics:budget_show", pk)


@require_POST
@editor_required
def budget_delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    delete_budget(definition=definition, actor=request.user)
    messages.success(
        request,
        f"{definition.name} is deleted.",
        extra_tags=reverse("analytics:budget_restore", args=[pk]),
    )
    return redirect("analytics:budget_list")


@require_POST
@editor_required
def budget_restore(request: OrganizationRequest, pk: int) -> HttpResponse:
    definition = _definition(request, pk)
    try:
        restore_budget(definition=definition, actor=request.user)
    except BudgetRefused as refused:
        messages.error(request, f"{definition.name} cannot be restored. {refused}")
        return redirect("analytics:budget_list")
    messages.success(request, f"{definition.name} is back.")
    return redirect("analytics:budget_show", pk)


@require_POST
@editor_required
def budget_undo(request: OrganizationRequest, pk: int, entry_id: int) -> HttpResponse:
    definition = _definition(request, pk)
    entry = get_object_or_404(
        AuditEntry,
        pk=entry_id,
        organization=request.organization,
        object_type="budgetdefinition",
        object_id=str(pk),
    )
    try:
        is_done = undo_change(definition=definition, entry=entry, actor=request.user)
    except BudgetRefused as refused:
        messages.error(request, f"Not taken back. {refused}")
        return redirect("analytics:budget_show", pk)
    if is_done:
        messages.success(request, f"{definition.name} is as it was before.")
    else:
        messages.error(request, "Not taken back: it was changed again since.")
    return redirect("analytics:budget_show", pk)


@require_POST
@editor_required
def budget_repair(request: OrganizationRequest, window_id: int) -> HttpResponse:
    """Make the ledger of one window say what calls are recorded to have cost."""
    budget = get_object_or_404(
        Budget, pk=window_id, organization_id=request.organization.pk
    )
    try:
        if repair(budget=budget, actor=request.user, at=timezone.now()):
            messages.success(request, "The ledger says what is recorded now.")
        else:
            messages.success(request, "Ledger and records agree already.")
    except HeldNow:
        messages.error(request, HELD_NOW)
    if budget.definition_id is None:
        return redirect("analytics:budget_list")
    return redirect("analytics:budget_show", budget.definition_id)


def _definition(request: OrganizationRequest, pk: int) -> BudgetDefinition:
    found = BudgetDefinition.objects.select_related(
        "organization", "pack", "fallback_model__provider"
    )
    definition = found.filter(pk=pk, organization=request.organization).first()
    if definition is None:
        raise Http404("There is no such budget.")
    return definition


def _say_changed(
    request: OrganizationRequest, definition: BudgetDefinition, text: str
) -> None:
    entry = last_change(definition)
    undo = ""
    if entry is not None:
        undo = reverse("analytics:budget_undo", args=[definition.pk, entry.pk])
    messages.success(request, text, extra_tags=undo)


def _form(
    request: OrganizationRequest,
    form: BudgetForm,
    status: int,
    definition: BudgetDefinition | None = None,
    *,
    is_stale: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "definition": definition,
        "is_stale": is_stale,
        "time_zones": TIME_ZONES,
    }
    return render(request, "analytics/budget_form.html", context, status=status)
