"""Adjust what recorded calls cost: choose, look at what it changes, apply, undo."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.charts_quality import adjusted_days_figure
from analytics.forms.adjustments import AdjustmentForm, ApplyForm, words_of
from analytics.models import AdjustmentKind, UsageAdjustment
from analytics.queries.adjustments import Preview, preview
from analytics.queries.model_search import models_like
from analytics.services.adjustments import (
    AdjustedSince,
    Busy,
    map_name,
    start_adjustment,
    undo_adjustment,
)
from registry.access import (
    OrganizationRequest,
    admin_required,
    editor_required,
    member_required,
)

PAGE: Final = "analytics/adjustment_new.html"
CHANGED: Final = "What would change is no longer what you saw. Look again."
BUSY: Final = "Another adjustment is not finished yet. Wait for it, then try again."


@require_GET
@editor_required
def adjustment_new(request: OrganizationRequest) -> HttpResponse:
    """Choose a model and a price, and see what they would change; nothing is done."""
    form = AdjustmentForm(request.GET, request.organization, timezone.now())
    is_asked = bool(request.GET.get("model"))
    context = _chosen(request, form, request.GET)
    if is_asked and form.is_valid():
        context |= _previewed(form, form.scope().end)
    status = 422 if is_asked and not form.is_valid() else 200
    return render(request, PAGE, context, status=status)


@require_POST
@admin_required
def adjustment_start(request: OrganizationRequest) -> HttpResponse:
    """Apply what was looked at; if it has changed meanwhile, it is shown anew."""
    form = AdjustmentForm(request.POST, request.organization, timezone.now())
    last = ApplyForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _chosen(request, form, request.POST), status=422)
    end = _end(last, form)
    context = _previewed(form, end)
    problem = _problem(last, context["found"])
    if not problem and form.ai_model:
        try:
            one = start_adjustment(
                organization=request.organization,
                actor=request.user,
                scope=form.scope(end),
                ai_model=form.ai_model,
                periods=form.used_periods,
                price_words=form.price_words,
                reason=last.cleaned_data["reason"],
                calls_total=context["found"].calls,
            )
        except Busy:
            problem = BUSY
        else:
            return redirect("analytics:adjustment_show", one.pk)
    context |= _chosen(request, form, request.POST) | {
        "problem": problem,
        "reason": request.POST.get("reason", "")[:300],
    }
    return render(request, PAGE, context, status=422)


@require_POST
@editor_required
def name_map(request: OrganizationRequest) -> HttpResponse:
    """From now on only: recorded calls stay as they are."""
    form = AdjustmentForm(request.POST, request.organization, timezone.now())
    if not form.is_valid() or not form.ai_model or not form.cleaned_data["name"]:
        return render(request, PAGE, _chosen(request, form, request.POST), status=422)
    map_name(
        organization=request.organization,
        actor=request.user,
        told_name=form.cleaned_data["name"],
        ai_model=form.ai_model,
    )
    messages.success(
        request,
        f"New calls of {form.cleaned_data['name']} are calls of "
        f"{form.ai_model.reference} from now on.",
    )
    return redirect("analytics:unpriced")


@require_GET
@member_required
def adjustment_show(request: OrganizationRequest, pk: int) -> HttpResponse:
    context = {"one": _own(request, pk)}
    return render(request, "analytics/adjustment.html", context)


@require_GET
@member_required
def adjustment_progress(request: OrganizationRequest, pk: int) -> HttpResponse:
    context = {"one": _own(request, pk)}
    return render(request, "analytics/_adjustment_state.html", context)


@require_POST
@admin_required
def adjustment_undo(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = _own(request, pk)
    try:
        if not undo_adjustment(one, actor=request.user):
            messages.info(request, "This adjustment is not applied (any more).")
    except Busy:
        messages.error(request, BUSY)
    except AdjustedSince:
        messages.error(
            request, "A later adjustment changed some of these calls. Undo it first."
        )
    return redirect("analytics:adjustment_show", one.pk)


def _own(request: OrganizationRequest, pk: int) -> UsageAdjustment:
    found = UsageAdjustment.objects.select_related("created_by", "undone_by")
    return get_object_or_404(found, organization=request.organization, pk=pk)


def _chosen(
    request: OrganizationRequest, form: AdjustmentForm, data: QueryDict
) -> dict[str, Any]:
    form.is_valid()
    kind = data.get("kind", "")
    name = data.get("name", "")[:200]
    find = data.get("find", name.replace("/", " "))[:200]
    is_open = form.ai_model is None
    return {
        "form": form,
        "kind": kind if kind in AdjustmentKind.values else AdjustmentKind.REPRICE.value,
        "name": name,
        "find": find,
        "is_asked": bool(data.get("model")),
        "offers": models_like(request.organization, find) if is_open else [],
        "ai_model": form.ai_model,
        "problem": "",
    }


def _previewed(form: AdjustmentForm, end: datetime.datetime) -> dict[str, Any]:
    found = preview(form.scope(end), form.used_periods, form.zone)
    words = {one.price_id: words_of(one) for one in form.periods}
    return {
        "found": found,
        "end": end.isoformat(),
        "prices": [(words.get(pk, ""), calls) for pk, calls in found.prices],
        "figure": adjusted_days_figure(found.days),
        "has_price": bool(form.periods),
    }


def _end(last: ApplyForm, form: AdjustmentForm) -> datetime.datetime:
    """The moment of the preview; a later one than now is none."""
    last.is_valid()
    end: datetime.datetime | None = last.cleaned_data.get("end")
    return form.scope(min(end, form.now) if end else form.now).end


def _problem(last: ApplyForm, found: Preview) -> str:
    if not last.cleaned_data.get("reason"):
        return "Say why, in a few words: it stands in the audit log."
    if last.cleaned_data.get("seen") != found.fingerprint:
        return CHANGED
    return ""
