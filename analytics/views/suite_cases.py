"""Cases of a suite: adding, editing, removing, moving, and their images."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.images import ImageRefused
from analytics.forms.scorers import ScorersPart
from analytics.forms.suite_cases import CaseForm, NewCaseForm, case_initial
from analytics.models import BenchmarkCase, BenchmarkImage, BenchmarkSuite
from analytics.queries.suite_cases import scorer_lines
from analytics.services.benchmark_cases import (
    StaleCase,
    add_case,
    content_of,
    edit_case,
    move_case,
    remove_case,
    take_back,
)
from analytics.services.benchmark_images import keep_upload
from analytics.views.benchmark_suites import suite_or_404
from registry.access import OrganizationRequest, analyst_required, member_required

STALE: Final = "Somebody else changed or removed this case meanwhile."


@require_http_methods(["GET", "POST"])
@analyst_required
def case_create(request: OrganizationRequest, key: str) -> HttpResponse:
    suite = suite_or_404(request, key)
    if request.method == "GET":
        return _form(request, suite, NewCaseForm(), ScorersPart.of([]))
    part = ScorersPart.posted(request.POST)
    if part.is_changing:
        form = NewCaseForm(initial=request.POST.dict())
        return _form(request, suite, form, part)
    form = NewCaseForm(request.POST, request.FILES)
    if not all([form.is_valid(), part.is_valid()]):
        return _form(request, suite, form, part)
    try:
        images = _images(request, form, ())
        case = add_case(
            suite=suite,
            content=form.content(images, part.values),
            key=form.cleaned_data["key"],
            actor=request.user,
        )
    except BenchmarkRefused as refused:
        form.refuse(refused.problems)
        return _form(request, suite, form, part)
    messages.success(request, f"{case.key} is added.")
    if "another" in request.POST:
        return redirect("analytics:benchmark_case_create", suite.key)
    return redirect("analytics:benchmark_suite", suite.key)


@require_http_methods(["GET", "POST"])
@analyst_required
def case_edit(request: OrganizationRequest, key: str, pk: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    case = _case(suite, pk)
    if request.method == "GET":
        form = CaseForm(initial=case_initial(content_of(case)))
        return _form(request, suite, form, ScorersPart.of(case.scorers), case)
    part = ScorersPart.posted(request.POST)
    if part.is_changing:
        form = CaseForm(initial=request.POST.dict())
        return _form(request, suite, form, part, case)
    form = CaseForm(request.POST, request.FILES)
    if not all([form.is_valid(), part.is_valid()]):
        return _form(request, suite, form, part, case)
    try:
        images = _images(request, form, _kept(request, case))
        new = edit_case(
            case=case, content=form.content(images, part.values), actor=request.user
        )
    except BenchmarkRefused as refused:
        form.refuse(refused.problems)
        return _form(request, suite, form, part, case)
    except StaleCase:
        form.add_error(None, f"{STALE} Your entries stand below.")
        return _form(request, suite, form, part, case, status=409)
    undo = reverse("analytics:benchmark_case_restore", args=[suite.key, case.pk])
    is_new = new.pk != case.pk
    messages.success(request, f"{new.key} is saved.", extra_tags=undo if is_new else "")
    return redirect("analytics:benchmark_suite", suite.key)


@require_POST
@analyst_required
def case_remove(request: OrganizationRequest, key: str, pk: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    case = _case(suite, pk)
    try:
        remove_case(case=case, actor=request.user)
    except StaleCase:
        messages.error(request, STALE)
    else:
        undo = reverse("analytics:benchmark_case_restore", args=[suite.key, case.pk])
        messages.success(request, f"{case.key} is removed.", extra_tags=undo)
    return redirect("analytics:benchmark_suite", suite.key)


@require_POST
@analyst_required
def case_restore(request: OrganizationRequest, key: str, pk: int) -> HttpResponse:
    suite = suite_or_404(request, key)
    try:
        case = take_back(case=_case(suite, pk), actor=request.user)
    except BenchmarkRefused as refused:
        messages.error(request, f"Not taken back. {refused}")
    else:
        messages.success(request, f"{case.key} is as it was before.")
    return redirect("analytics:benchmark_suite", suite.key)


@require_POST
@analyst_required
def case_move(request: OrganizationRequest, key: str, pk: int) -> HttpResponse:
    """Put a case at the place `to`, from 1."""
    suite = suite_or_404(request, key)
    case = _case(suite, pk)
    to = request.POST.get("to", "")
    if not to.isdecimal() or len(to) > 6:
        messages.error(request, "Say the place as a number from 1.")
        return redirect("analytics:benchmark_suite", suite.key)
    try:
        move_case(case=case, to=int(to), actor=request.user)
    except StaleCase:
        messages.error(request, STALE)
    page = request.POST.get("page", "")
    at = f"?{urlencode({'page': page})}" if page.isdecimal() and page != "1" else ""
    return redirect(f"{reverse('analytics:benchmark_suite', args=[suite.key])}{at}")


@require_GET
@member_required
def image_show(request: OrganizationRequest, digest: str) -> HttpResponse:
    """The bytes of an image; they never change."""
    image = get_object_or_404(
        BenchmarkImage, organization=request.organization, digest=digest
    )
    response = HttpResponse(bytes(image.data), content_type=image.media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _images(
    request: OrganizationRequest, form: CaseForm, kept: tuple[str, ...]
) -> tuple[str, ...]:
    """Digests of kept images and of those sent now. Raises BenchmarkRefused."""
    try:
        new = [
            keep_upload(organization=request.organization, upload=one).digest
            for one in form.cleaned_data["images"]
        ]
    except ImageRefused as error:
        raise BenchmarkRefused({"images": str(error)}) from error
    return tuple(dict.fromkeys((*kept, *new)))


def _case(suite: BenchmarkSuite, pk: int) -> BenchmarkCase:
    case = BenchmarkCase.objects.filter(suite=suite, pk=pk).first()
    if case is None:
        raise Http404("There is no such case.")
    return case


def _kept(request: OrganizationRequest, case: BenchmarkCase) -> tuple[str, ...]:
    """Images of the case that were not taken away."""
    said = request.POST.getlist("kept")
    return tuple(one for one in case.image_digests if one in said)


def _form(
    request: OrganizationRequest,
    suite: BenchmarkSuite,
    form: CaseForm,
    part: ScorersPart,
    case: BenchmarkCase | None = None,
    status: int = 0,
) -> HttpResponse:
    """The status is 422 where something is wrong and 200 else, unless given."""
    wrong = len(form.errors) + part.wrong
    images = case.image_digests if case else ()
    context = {
        "form": form,
        "part": part,
        "suite": suite,
        "case": case,
        "wrong": wrong,
        "kept": _kept(request, case) if case and request.POST else images,
        "suite_scorers": scorer_lines(suite.scorers),
        # A browser does not send a chosen file twice.
        "is_file_lost": bool(request.FILES),
    }
    code = status or (422 if wrong else 200)
    return render(request, "analytics/suite_case.html", context, status=code)
