"""Runs of benchmarks: choosing, starting, looking on, pausing, going on, ending."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.forms.benchmark_runs import ResumeForm, RunForm, initial_of
from analytics.models import BenchmarkRun, BenchmarkSuite
from analytics.queries.benchmark_estimates import estimate
from analytics.queries.benchmark_progress import latest_failures, progress_of
from analytics.services import benchmark_runs as runs
from analytics.services.benchmark_runs import RunRefused, problems_of
from modelhub.htmx import is_fragment
from registry.access import OrganizationRequest, analyst_required, member_required
from registry.models import AIModel
from registry.queries.candidates import enabled_models

SHOWN: Final = 24
ESTIMATE: Final = "run-estimate"
MODELS: Final = "run-models"


@require_http_methods(["GET", "POST"])
@analyst_required
def benchmark_run_new(request: OrganizationRequest) -> HttpResponse:
    """The choice, with what it may cost. A change asks for the estimate alone."""
    if request.method == "POST":
        return _start(request)
    if is_fragment(request, MODELS):
        context = model_choices(request, request.GET)
        return render(request, "analytics/_benchmark_run_models.html", context)
    if is_fragment(request, ESTIMATE):
        form = RunForm(request.organization, request.GET)
        context = _estimated(request, form)
        return render(request, "analytics/_benchmark_estimate.html", context)
    initial = _initial(request)
    shown = QueryDict(mutable=True)
    shown.setlist("models", initial.get("models", []))
    form = RunForm(request.organization, initial=initial)
    context = {"form": form, **model_choices(request, shown), **_of(request, initial)}
    return render(request, "analytics/benchmark_run_new.html", context)


def _start(request: OrganizationRequest) -> HttpResponse:
    form = RunForm(request.organization, request.POST)
    problems: tuple[str, ...] = ()
    if form.is_valid():
        suite = form.cleaned_data["suite"]
        try:
            run = runs.start_run(
                request.organization, suite, form.options(), by=request.user
            )
        except RunRefused as refused:
            problems = refused.problems
        else:
            return redirect("analytics:benchmark_run", run.number)
    context = {
        "form": form,
        **model_choices(request, request.POST),
        **_estimated(request, form),
    }
    if problems:
        context["problems"] = problems
    return render(request, "analytics/benchmark_run_new.html", context, status=422)


@require_GET
@member_required
def benchmark_run(request: OrganizationRequest, number: int) -> HttpResponse:
    run = _run(request, number)
    return render(request, "analytics/benchmark_run.html", _shown(run))


@require_GET
@member_required
def benchmark_run_progress(request: OrganizationRequest, number: int) -> HttpResponse:
    """The head of the page; the browser asks for it again while the run goes on."""
    run = _run(request, number)
    return render(request, "analytics/_benchmark_progress.html", _shown(run))


@require_POST
@analyst_required
def benchmark_run_pause(request: OrganizationRequest, number: int) -> HttpResponse:
    if not runs.pause(_run(request, number), by=request.user):
        messages.info(request, "This run is not at work.")
    return redirect("analytics:benchmark_run", number)


@require_POST
@analyst_required
def benchmark_run_resume(request: OrganizationRequest, number: int) -> HttpResponse:
    form = ResumeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The limit is an amount from $0 on.")
        return redirect("analytics:benchmark_run", number)
    limit = form.cleaned_data["limit_usd"]
    if not runs.resume(_run(request, number), by=request.user, limit_usd=limit):
        messages.info(request, "This run is not paused.")
    return redirect("analytics:benchmark_run", number)


@require_POST
@analyst_required
def benchmark_run_cancel(request: OrganizationRequest, number: int) -> HttpResponse:
    if not runs.cancel(_run(request, number), by=request.user):
        messages.info(request, "This run is over already.")
    return redirect("analytics:benchmark_run", number)


def _run(request: OrganizationRequest, number: int) -> BenchmarkRun:
    found = BenchmarkRun.objects.select_related("suite", "created_by", "organization")
    return get_object_or_404(found, organization=request.organization, number=number)


def _shown(run: BenchmarkRun) -> dict[str, Any]:
    progress = progress_of(run, timezone.now())
    failures = latest_failures(run) if progress.failed else []
    return {"run": run, "progress": progress, "failures": failures}


def _initial(request: OrganizationRequest) -> dict[str, Any]:
    """Of a run that is done again, or of a suite."""
    number = request.GET.get("from", "")
    if number.isdecimal() and len(number) < 10:
        return initial_of(_run(request, int(number)))
    key = request.GET.get("suite", "")
    if key and not suites_in_use(request).filter(key=key).exists():
        raise Http404("There is no such suite.")
    return {"suite": key, "models": request.GET.getlist("models")}


def suites_in_use(request: OrganizationRequest) -> QuerySet[BenchmarkSuite]:
    return BenchmarkSuite.objects.filter(
        organization=request.organization, archived_at=None
    )


def _of(request: OrganizationRequest, initial: dict[str, Any]) -> dict[str, Any]:
    """The estimate of what is chosen at first."""
    data = QueryDict(mutable=True)
    data.update({"repetitions": "1", "concurrency": "4"})
    for name, value in initial.items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is not None:
            data[name] = str(value)
    return _estimated(request, RunForm(request.organization, data))


def _estimated(request: OrganizationRequest, form: RunForm) -> dict[str, Any]:
    if not form.is_valid() or not form.cleaned_data["models"]:
        return {"estimate": None, "problems": ()}
    options = form.options()
    found = estimate(
        form.cleaned_data["suite"],
        options.contenders,
        repetitions=options.repetitions,
        parameters=options.parameters,
    )
    return {"estimate": found, "problems": problems_of(found, options)}


def model_choices(request: OrganizationRequest, data: QueryDict) -> dict[str, Any]:
    """What is chosen first, then what the words find among enabled models."""
    chosen = list(dict.fromkeys(data.getlist("models")))
    words = data.get("q", "")[:100]
    found = enabled_models(request.organization)
    for word in words.lower().replace("\x00", "").split():
        found = found.filter(search_text__contains=word)
    others = [one for one in found[: SHOWN + len(chosen)] if _is_new(one, chosen)]
    return {
        "chosen": chosen,
        "others": others[:SHOWN],
        "has_more": len(others) > SHOWN,
        "words": words,
        "has_suites": suites_in_use(request).exists(),
    }


def _is_new(ai_model: AIModel, chosen: list[str]) -> bool:
    return ai_model.reference not in chosen
