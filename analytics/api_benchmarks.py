"""Management API: benchmarks, their suites and runs."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from analytics.models import BenchmarkRun, BenchmarkSuite
from analytics.queries.benchmark_run_lists import RunLine, run_lines, runs_of
from analytics.queries.benchmark_suites import SuiteRow, suite_named, suite_rows
from analytics.services.benchmark_runs import (
    RunOptions,
    cancel,
    pause,
    resume,
    start_run,
)
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_paging import PageOf, PageQuery, page, page_of_list, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.models import Role
from registry.schemas import Body, DecimalText, ShortText

router = Router(tags=["Benchmarks"])


class SuiteQuery(PageQuery):
    q: ShortText = Field("", description="In name, key or description.")
    is_archived: bool = False


class SuiteOut(Schema):
    key: str
    name: str
    description: str
    cases: int
    pass_score: float
    last_run: int | None = Field(description="Its number.")


class RunQuery(PageQuery):
    suite: ShortText = Field("", description="Key of a suite.")
    state: ShortText = ""


class RunOut(Schema):
    """`cost_usd` is of what has a price; `unpriced` answers are not in it."""

    number: int
    suite: str
    state: str
    models: list[str]
    repetitions: int
    answers: int
    over: int
    cost_usd: DecimalText | None
    unpriced: int
    estimate_usd: DecimalText | None
    limit_usd: DecimalText | None
    problem: str
    created_at: datetime.datetime


class RunDetail(RunOut):
    """`summary` is what the page of the results shows: scores with their intervals by
    model and tag, costs, latencies."""

    summary: dict[str, Any]


class NewRun(Body):
    suite: ShortText = Field(min_length=1, description="Key of a suite.")
    models: list[ShortText] = Field(min_length=1, max_length=50)
    repetitions: int = Field(1, ge=1, le=100)
    concurrency: int = Field(4, ge=1, le=100)
    limit_usd: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    parameters: dict[str, Any] = {}
    ignores_budgets: bool = False


@router.get(
    "/benchmarks/suites", response=PageOf[SuiteOut], summary="List benchmark suites"
)
def list_suites(
    request: OrganizationRequest, response: HttpResponse, filters: Query[SuiteQuery]
) -> Any:
    rows = suite_rows(request.organization, filters.q, is_archived=filters.is_archived)
    shown, following = page_of_list(rows, _suite_key, filters)
    return page(request, response, [_suite(row) for row in shown], following)


@router.get(
    "/benchmarks/runs",
    response=PageOf[RunOut],
    summary="List benchmark runs, the newest first",
)
def list_runs(
    request: OrganizationRequest, response: HttpResponse, filters: Query[RunQuery]
) -> Any:
    suite = _suite_named(request, filters.suite) if filters.suite else None
    found = runs_of(request.organization, suite)
    if filters.state:
        found = found.filter(state=filters.state)
    rows, following = page_of_rows(found, ("-number",), filters)
    return page(request, response, [_run(one) for one in run_lines(rows)], following)


@router.post(
    "/benchmarks/runs",
    response={201: RunDetail},
    auth=access(Role.ANALYST),
    summary="Start a benchmark run",
)
def start_run_(
    request: OrganizationRequest, response: HttpResponse, body: NewRun
) -> Any:
    """It costs money: a limit and the budgets hold it back."""
    run = start_run(
        request.organization,
        _suite_named(request, body.suite),
        RunOptions(
            contenders=body.models,
            **body.dict(exclude={"suite", "models"}),
        ),
        by=request.user,
    )
    response["Location"] = f"/api/benchmarks/runs/{run.number}"
    return Status(201, _told(response, _run_numbered(request, run.number)))


@router.get(
    "/benchmarks/runs/{int:number}",
    response=RunDetail,
    summary="One benchmark run and its results",
)
def get_run(request: OrganizationRequest, response: HttpResponse, number: int) -> Any:
    return _told(response, _run_numbered(request, number))


@router.post(
    "/benchmarks/runs/{int:number}/pause",
    response=RunDetail,
    auth=access(Role.ANALYST),
    summary="Pause a benchmark run",
)
def pause_run(request: OrganizationRequest, response: HttpResponse, number: int) -> Any:
    pause(_checked(request, number), by=request.user)
    return _told(response, _run_numbered(request, number))


@router.post(
    "/benchmarks/runs/{int:number}/resume",
    response=RunDetail,
    auth=access(Role.ANALYST),
    summary="Go on with a benchmark run",
)
def resume_run(
    request: OrganizationRequest, response: HttpResponse, number: int
) -> Any:
    resume(_checked(request, number), by=request.user)
    return _told(response, _run_numbered(request, number))


@router.post(
    "/benchmarks/runs/{int:number}/cancel",
    response=RunDetail,
    auth=access(Role.ANALYST),
    summary="Cancel a benchmark run",
)
def cancel_run(
    request: OrganizationRequest, response: HttpResponse, number: int
) -> Any:
    cancel(_checked(request, number), by=request.user)
    return _told(response, _run_numbered(request, number))


def _suite_key(row: SuiteRow) -> str:
    return f"{row.suite.key}\n{row.suite.pk:020}"


def _suite_named(request: OrganizationRequest, key: str) -> BenchmarkSuite:
    suite = suite_named(request.organization, key)
    if suite is None:
        raise Http404(f"Your organisation has no suite {key[:80]}.")
    return suite


def _run_numbered(request: OrganizationRequest, number: int) -> BenchmarkRun:
    run = runs_of(request.organization).filter(number=number).first()
    if run is None:
        raise Http404(f"Your organisation has no benchmark run {number}.")
    return run


def _suite(row: SuiteRow) -> dict[str, Any]:
    suite = row.suite
    return {
        "key": suite.key,
        "name": suite.name,
        "description": suite.description,
        "cases": row.case_count,
        "pass_score": suite.pass_score,
        "last_run": row.last_run.number if row.last_run else None,
    }


def _run(line: RunLine) -> dict[str, Any]:
    run = line.run
    same = (
        *("number", "state", "repetitions", "estimate_usd", "limit_usd"),
        *("problem", "created_at"),
    )
    return {
        **{name: getattr(run, name) for name in same},
        "suite": run.suite.key,
        "models": list(line.references),
        "answers": line.answers,
        "over": line.over,
        "cost_usd": line.cost_usd,
        "unpriced": line.unpriced,
    }


def _checked(request: OrganizationRequest, number: int) -> BenchmarkRun:
    return checked(request, lambda: _run_numbered(request, number), _tag)


def _tag(run: BenchmarkRun) -> str:
    return tag_of("benchmark-run", run.pk, run.state, run.limit_usd)


def _told(response: HttpResponse, run: BenchmarkRun) -> dict[str, Any]:
    tell_tag(response, _tag(run))
    (line,) = run_lines([run])
    return {**_run(line), "summary": run.summary}
