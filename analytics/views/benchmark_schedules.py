"""Runs that begin by themselves: listed, made, switched on and off, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.forms.benchmark_schedules import ScheduleForm
from analytics.models import BenchmarkSchedule
from analytics.queries.benchmark_schedules import schedule_lines
from analytics.services.benchmark_schedules import (
    ScheduleRefused,
    create_schedule,
    delete_schedule,
    switch_schedule,
)
from analytics.views.benchmark_runs import model_choices, suites_in_use
from registry.access import OrganizationRequest, editor_required, member_required

LIST = "analytics:benchmark_schedule_list"


@require_GET
@member_required
def benchmark_schedule_list(request: OrganizationRequest) -> HttpResponse:
    context = {
        "lines": schedule_lines(request.organization, timezone.now()),
        "has_suites": suites_in_use(request).exists(),
    }
    return render(request, "analytics/benchmark_schedules.html", context)


@require_http_methods(["GET", "POST"])
@editor_required
def benchmark_schedule_create(request: OrganizationRequest) -> HttpResponse:
    data = request.POST
    if request.method == "POST":
        form = ScheduleForm(request.organization, data)
        if form.is_valid() and _is_made(request, form):
            messages.success(request, "The schedule is made.")
            return redirect(LIST)
    else:
        initial = {"suite": request.GET.get("suite", "")}
        form = ScheduleForm(request.organization, initial=initial)
        data = QueryDict()
    context = {"form": form, **model_choices(request, data)}
    status = 422 if form.errors else 200
    page = "analytics/benchmark_schedule_form.html"
    return render(request, page, context, status=status)


def _is_made(request: OrganizationRequest, form: ScheduleForm) -> bool:
    cleaned = form.cleaned_data
    try:
        create_schedule(
            cleaned["suite"],
            kind=cleaned["kind"],
            options=form.options(),
            weekdays=cleaned["weekdays"],
            at_hour=cleaned["at_hour"],
            patterns=cleaned["patterns"],
            by=request.user,
        )
    except ScheduleRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


@require_POST
@editor_required
def benchmark_schedule_switch(request: OrganizationRequest, pk: int) -> HttpResponse:
    """To what the button says, so that two who press it do not undo each other."""
    is_enabled = request.POST.get("is_enabled") == "on"
    switch_schedule(_schedule(request, pk), is_enabled=is_enabled, by=request.user)
    said = "on" if is_enabled else "off"
    messages.success(request, f"The schedule is switched {said}.")
    return redirect(LIST)


@require_POST
@editor_required
def benchmark_schedule_delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    delete_schedule(_schedule(request, pk), by=request.user)
    messages.success(request, "The schedule is removed. Its runs stay.")
    return redirect(LIST)


def _schedule(request: OrganizationRequest, pk: int) -> BenchmarkSchedule:
    schedules = BenchmarkSchedule.objects.select_related("suite__organization")
    return get_object_or_404(schedules, suite__organization=request.organization, pk=pk)
