"""Suites from files and as files, and those that come with ModelHub."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.benchmark_files import told
from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.suite_files import NotRead
from analytics.forms.suite_cases import TAB, CaseFileForm, CaseReadingForm
from analytics.models import BenchmarkImport
from analytics.queries.benchmark_export import exported
from analytics.queries.benchmark_suites import suite_named
from analytics.services.benchmark_imports import (
    apply_file,
    compare,
    keep_file,
    read_import,
    undo_import,
)
from analytics.services.shipped_suites import install_shipped, missing_shipped
from analytics.views.benchmark_suites import suite_or_404
from registry.access import OrganizationRequest, analyst_required, member_required

SHOWN: Final = 200
"""Faults and cases that a preview shows of each sort."""
CONTENT_TYPES: Final = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "yaml": "application/yaml",
}


@require_http_methods(["GET", "POST"])
@analyst_required
def import_new(request: OrganizationRequest) -> HttpResponse:
    """Send a file; `?suite=` says where it goes, else it makes a suite."""
    key = request.GET.get("suite", "")
    suite = suite_or_404(request, key) if key else None
    form = CaseFileForm(request.POST or None, request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "suite": suite}
        return render(
            request, "analytics/benchmark_import_new.html", context, status=status
        )
    file = form.cleaned_data["file"]
    one = keep_file(
        organization=request.organization,
        suite=suite,
        file_name=file.name,
        content=file.read(),
        actor=request.user,
    )
    return redirect("analytics:benchmark_import", one.key)


@require_http_methods(["GET", "POST"])
@analyst_required
def import_show(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    """What the file would change; POST reads it another way."""
    one = _import(request, key)
    if one.kept_at is not None and one.suite is not None:
        return redirect("analytics:benchmark_suite", one.suite.key)
    if request.method == "POST":
        form = CaseReadingForm(request.POST)
        if form.is_valid():
            one.reading = asdict(form.reading)
            one.save(update_fields=["reading"])
            return redirect("analytics:benchmark_import", one.key)
    return _preview(request, one)


@require_POST
@analyst_required
def import_keep(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    one = _import(request, key)
    if one.kept_at is not None:
        messages.info(request, "This file was taken in already.")
        return redirect("analytics:benchmark_list")
    try:
        read = read_import(one)
        named = suite_named(request.organization, read.head.get("suite", "-"))
        outcome = apply_file(
            organization=request.organization,
            suite=one.suite or named,
            read=read,
            file_name=one.file_name,
            actor=request.user,
            with_removal="with_removal" in request.POST,
            kept=one,
        )
    except (NotRead, BenchmarkRefused) as refused:
        messages.error(request, f"Nothing was taken in. {refused}")
        return redirect("analytics:benchmark_import", key)
    undo = reverse("analytics:benchmark_import_undo", args=[one.key])
    messages.success(request, f"Taken in. {told(outcome)}", extra_tags=undo)
    return redirect("analytics:benchmark_suite", outcome.suite.key)


@require_POST
@analyst_required
def import_undo(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    one = _import(request, key)
    if undo_import(one=one, actor=request.user):
        messages.success(request, f"The cases of {one.file_name} are taken back.")
    else:
        messages.error(request, "There is nothing to take back.")
    if one.suite is None or one.suite.archived_at is not None:
        return redirect("analytics:benchmark_list")
    return redirect("analytics:benchmark_suite", one.suite.key)


@require_GET
@member_required
def suite_export(request: OrganizationRequest, key: str, kind: str) -> HttpResponse:
    suite = suite_or_404(request, key)
    response = HttpResponse(exported(suite, kind), content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{suite.key}.{kind}"'
    return response


@require_POST
@analyst_required
def shipped_install(request: OrganizationRequest) -> HttpResponse:
    """The suite `suite`, or all that are missing."""
    key = request.POST.get("suite", "")
    keys = [key] if key else missing_shipped(request.organization)
    try:
        for one in keys:
            install_shipped(
                organization=request.organization, key=one, actor=request.user
            )
    except BenchmarkRefused as refused:
        messages.error(request, str(refused))
        return redirect("analytics:benchmark_list")
    said = f"{len(keys)} suite{'s are' if len(keys) != 1 else ' is'} added."
    messages.success(request, said)
    return redirect("analytics:benchmark_list")


def _import(request: OrganizationRequest, key: uuid.UUID) -> BenchmarkImport:
    rows = BenchmarkImport.objects.select_related("suite__organization")
    return get_object_or_404(rows, organization=request.organization, key=key)


def _preview(request: OrganizationRequest, one: BenchmarkImport) -> HttpResponse:
    sign = one.reading.get("delimiter", "")
    initial = {**one.reading, "delimiter": TAB if sign == "\t" else sign}
    context: dict[str, Any] = {"one": one, "form": CaseReadingForm(initial=initial)}
    try:
        read = read_import(one)
    except NotRead as error:
        context["problem"] = str(error)
    else:
        named = suite_named(request.organization, read.head.get("suite", "-"))
        suite = one.suite or named
        context |= {
            "suite": suite,
            "found": compare(suite, read),
            "faults": read.faults[:SHOWN],
            "shown": SHOWN,
        }
    return render(request, "analytics/benchmark_import.html", context)
