"""Management API: making and changing benchmark suites. They stand on the router of
benchmarks."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from ninja import Field, Schema, Status

from analytics.api_benchmarks import router
from analytics.models import BenchmarkSuite
from analytics.queries.benchmark_suites import suite_named
from analytics.services.benchmark_cases import living_cases
from analytics.services.benchmark_suites import (
    archive_suite,
    copy_suite,
    create_suite,
    edit_suite,
    facts_of,
    locked_suite,
    restore_suite,
)
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_marks import only_adds
from registry.api_tags import check_tag, checked, tag_of, tell_tag
from registry.models import Role
from registry.schemas import Body, Problem

__all__ = ["router"]

WRITERS = access(Role.ANALYST)
MOST_SCORERS = 50
FACTS = ("name", "description", "system", "parameters", "scorers", "pass_score")


class SuiteChange(Body):
    """Fields that are not sent stay as they are. `scorers` as in files of cases
    (docs/benchmarks.md)."""

    name: str = Field("", min_length=1, max_length=120)
    description: str = Field("", max_length=20_000)
    system: str = Field("", max_length=400_000, description="Before every case.")
    parameters: dict[str, Any] = {}
    scorers: list[dict[str, Any]] = Field([], max_length=MOST_SCORERS)
    pass_score: float = Field(0.5, ge=0, le=1, description="From here on it passed.")


class NewSuite(SuiteChange):
    name: str = Field(min_length=1, max_length=120)
    key: str = Field(
        "", pattern="^[A-Za-z0-9_-]{0,80}$", description="Empty: made of the name."
    )


class CopyOf(Body):
    name: str = Field("", max_length=120, description="Empty: that of the suite, copy.")


class SuiteDetail(Schema):
    key: str
    name: str
    description: str
    system: str
    parameters: dict[str, Any]
    scorers: list[dict[str, Any]]
    pass_score: float
    cases: int
    is_archived: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime


@router.post(
    "/benchmarks/suites",
    response={201: SuiteDetail},
    auth=WRITERS,
    summary="Make a benchmark suite",
)
def create_suite_(
    request: OrganizationRequest, response: HttpResponse, body: NewSuite
) -> Any:
    """Without cases yet."""
    facts = body.dict(exclude_unset=True)
    suite = create_suite(organization=request.organization, actor=request.user, **facts)
    return _made(response, suite)


@router.get(
    "/benchmarks/suites/{key}",
    response={200: SuiteDetail, 404: Problem},
    summary="One benchmark suite",
)
def get_suite(request: OrganizationRequest, response: HttpResponse, key: str) -> Any:
    return _told(response, suite_or_404(request, key))


@router.patch(
    "/benchmarks/suites/{key}",
    response={200: SuiteDetail, 404: Problem},
    auth=WRITERS,
    summary="Change a benchmark suite",
)
def edit_suite_(
    request: OrganizationRequest, response: HttpResponse, key: str, body: SuiteChange
) -> Any:
    """Its key and cases stay. Runs keep the scorers they began with."""
    found = suite_or_404(request, key)
    with transaction.atomic():
        suite = locked_suite(found)
        check_tag(request, _tag(suite))
        edit_suite(suite=suite, actor=request.user, **body.dict(exclude_unset=True))
    return _told(response, suite)


@router.post(
    "/benchmarks/suites/{key}/copy",
    response={201: SuiteDetail, 404: Problem},
    auth=WRITERS,
    summary="Copy a benchmark suite",
)
@only_adds
def copy_suite_(
    request: OrganizationRequest, response: HttpResponse, key: str, body: CopyOf
) -> Any:
    """With its cases."""
    suite = suite_or_404(request, key)
    made = copy_suite(suite=suite, name=body.name.strip(), actor=request.user)
    return _made(response, made)


@router.post(
    "/benchmarks/suites/{key}/archive",
    response={200: SuiteDetail, 404: Problem},
    auth=WRITERS,
    summary="Hide a benchmark suite",
)
def archive_suite_(
    request: OrganizationRequest, response: HttpResponse, key: str
) -> Any:
    """Its runs stay."""
    suite = checked(request, lambda: suite_or_404(request, key), _tag)
    archive_suite(suite=suite, actor=request.user)
    return _told(response, suite)


@router.post(
    "/benchmarks/suites/{key}/restore",
    response={200: SuiteDetail, 404: Problem},
    auth=WRITERS,
    summary="Take a benchmark suite back",
)
def restore_suite_(
    request: OrganizationRequest, response: HttpResponse, key: str
) -> Any:
    """The one of this key that was archived last."""
    suite = checked(request, lambda: suite_or_404(request, key, is_archived=True), _tag)
    restore_suite(suite=suite, actor=request.user)
    return _told(response, suite)


def suite_or_404(
    request: OrganizationRequest, key: str, *, is_archived: bool = False
) -> BenchmarkSuite:
    suite = suite_named(request.organization, key, is_archived=is_archived)
    if suite is None:
        kind = "archived suite" if is_archived else "suite"
        raise Http404(f"Your organisation has no {kind} {key[:80]}.")
    return suite


def _tag(suite: BenchmarkSuite) -> str:
    return tag_of("suite", suite.pk, suite.archived_at, facts_of(suite))


def _made(response: HttpResponse, suite: BenchmarkSuite) -> Any:
    response["Location"] = f"/api/benchmarks/suites/{suite.key}"
    return Status(201, _told(response, suite))


def _told(response: HttpResponse, suite: BenchmarkSuite) -> dict[str, Any]:
    tell_tag(response, _tag(suite))
    return {
        **{name: getattr(suite, name) for name in FACTS},
        "key": suite.key,
        "cases": living_cases(suite).count(),
        "is_archived": suite.archived_at is not None,
        "created_at": suite.created_at,
        "updated_at": suite.updated_at,
    }
