"""Management API: the cases of a benchmark suite, one by one and as files."""

from __future__ import annotations

import datetime
from typing import Any, Final, Literal

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from analytics.api_benchmark_suites import WRITERS, suite_or_404
from analytics.benchmarking.case_content import CaseContent
from analytics.benchmarking.suite_files import NotRead, Reading, read_suite
from analytics.models import BenchmarkCase
from analytics.services.benchmark_cases import (
    StaleCase,
    add_case,
    content_of,
    edit_case,
    living_cases,
    remove_case,
)
from analytics.services.benchmark_imports import apply_file, compare
from registry.access import OrganizationRequest
from registry.api_marks import only_adds
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, is_checked, tag_of, tell_tag
from registry.schemas import Body, Problem, ShortText

router = Router(tags=["Benchmarks"])
MOST_MESSAGES: Final = 200
MOST_TOLD: Final = 200
IS_PLACE: Final = "/benchmarks/suites/{key}/cases"
ONE: Final = f"{IS_PLACE}/{{case}}"


class CaseMessage(Body):
    role: Literal["user", "assistant", "system"]
    content: str = Field(min_length=1, max_length=400_000)


class CaseFacts(Body):
    """One question and what is expected of its answer. Fields that are not sent stay
    as they are. `images` are digests of pictures that the suite has."""

    messages: list[CaseMessage] = Field([], min_length=1, max_length=MOST_MESSAGES)
    system: str = Field("", max_length=400_000)
    images: list[ShortText] = Field([], max_length=20)
    expected: Any = Field(None, description="Any JSON; null: nothing word for word.")
    rubric: str = Field("", max_length=400_000, description="For a judge.")
    response_schema: dict[str, Any] | None = None
    scorers: list[dict[str, Any]] = Field([], max_length=50)
    tags: list[ShortText] = Field([], max_length=20)
    weight: float = Field(1.0, gt=0, le=1_000_000)


class NewCase(CaseFacts):
    messages: list[CaseMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    key: str = Field(
        "", pattern="^[A-Za-z0-9_-]{0,80}$", description="Empty: made of its prompt."
    )


class CaseOut(Schema):
    key: str
    place: int
    messages: list[dict[str, str]]
    system: str
    images: list[str]
    expected: Any
    rubric: str
    response_schema: dict[str, Any] | None
    scorers: list[dict[str, Any]]
    tags: list[str]
    weight: float
    created_at: datetime.datetime


class CaseQuery(PageQuery):
    tag: ShortText = ""


class CaseFile(Body):
    """`content` is the text of a file of cases: JSON lines, CSV or YAML. Without
    `suite` a new one is made. `is_dry_run`: only say what would change."""

    content: str = Field(min_length=1, max_length=4_000_000)
    file_name: str = Field("cases.jsonl", min_length=1, max_length=200)
    format: Literal["", "jsonl", "csv", "yaml"] = Field(
        "", description="Empty: found out."
    )
    suite: ShortText = Field("", description="Key of the suite.")
    removes_missing: bool = Field(
        False, description="Take away cases that the file does not have."
    )
    is_dry_run: bool = False


class RefusedCase(Schema):
    line: int
    field: str
    reason: str


class CaseFileOut(Schema):
    """`suite` null: a new one would be made."""

    suite: str | None
    added: int
    changed: int
    unchanged: int
    removed: int
    refused: int
    refused_cases: list[RefusedCase] = Field(description="The first of them.")
    is_dry_run: bool


@router.post(
    "/benchmarks/imports",
    response={200: CaseFileOut, 404: Problem},
    auth=WRITERS,
    summary="Import a file of benchmark cases",
)
def import_cases(request: OrganizationRequest, body: CaseFile) -> Any:
    """Good cases are kept, the others told by their line. A case is found by its key;
    one without a key by what it says."""
    suite = suite_or_404(request, body.suite) if body.suite else None
    try:
        read = read_suite(
            body.content.encode(),
            name=body.file_name,
            reading=Reading(format=body.format),
        )
    except NotRead as error:
        raise HttpError(422, str(error)) from error
    found = compare(suite, read)
    told: dict[str, Any] = {
        "suite": suite and suite.key,
        "added": len(found.new),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
        "removed": len(found.missing) if body.removes_missing else 0,
        "refused": len({fault.line for fault in read.faults}),
    }
    if not body.is_dry_run:
        told = apply_file(
            organization=request.organization,
            suite=suite,
            read=read,
            file_name=body.file_name,
            actor=request.user,
            with_removal=body.removes_missing,
        ).as_json()
    refused = [
        {"line": one.line, "field": one.field, "reason": one.text}
        for one in read.faults[:MOST_TOLD]
    ]
    return {**told, "refused_cases": refused, "is_dry_run": body.is_dry_run}


@router.get(
    IS_PLACE,
    response={200: PageOf[CaseOut], 404: Problem},
    summary="List the cases of a benchmark suite",
)
def list_cases(
    request: OrganizationRequest,
    response: HttpResponse,
    key: str,
    filters: Query[CaseQuery],
) -> Any:
    """In the order of the suite."""
    found = living_cases(suite_or_404(request, key))
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    rows, following = page_of_rows(found, ("position", "id"), filters)
    return page(request, response, [_document(one) for one in rows], following)


@router.post(
    IS_PLACE,
    response={201: CaseOut, 404: Problem},
    auth=WRITERS,
    summary="Add a benchmark case",
)
@only_adds
def add_case_(
    request: OrganizationRequest, response: HttpResponse, key: str, body: NewCase
) -> Any:
    """At the end of the suite."""
    suite = suite_or_404(request, key)
    facts = body.dict(exclude_unset=True)
    wanted = facts.pop("key", "")
    case = add_case(
        suite=suite, content=_content(facts), key=wanted, actor=request.user
    )
    response["Location"] = f"/api/benchmarks/suites/{suite.key}/cases/{case.key}"
    return Status(201, _told(response, case))


@router.get(ONE, response={200: CaseOut, 404: Problem}, summary="One benchmark case")
def get_case(
    request: OrganizationRequest, response: HttpResponse, key: str, case: str
) -> Any:
    return _told(response, _case(request, key, case))


@router.patch(
    ONE,
    response={200: CaseOut, 404: Problem},
    auth=WRITERS,
    summary="Change a benchmark case",
)
def edit_case_(
    request: OrganizationRequest,
    response: HttpResponse,
    key: str,
    case: str,
    body: CaseFacts,
) -> Any:
    """Results that it has stay with the case as it was."""
    old = _checked(request, key, case)
    facts = {**vars(content_of(old)), **body.dict(exclude_unset=True)}
    try:
        new = edit_case(case=old, content=_content(facts), actor=request.user)
    except StaleCase as error:
        raise HttpError(_stale_status(request), str(error)) from error
    return _told(response, new)


@router.delete(
    ONE,
    response={204: None, 404: Problem},
    auth=WRITERS,
    summary="Remove a benchmark case",
)
def remove_case_(request: OrganizationRequest, key: str, case: str) -> Any:
    """Results that it has stay, and the page takes it back."""
    try:
        remove_case(case=_checked(request, key, case), actor=request.user)
    except StaleCase as error:
        raise HttpError(_stale_status(request), str(error)) from error
    return Status(204, None)


def _case(request: OrganizationRequest, key: str, case: str) -> BenchmarkCase:
    suite = suite_or_404(request, key)
    row = living_cases(suite).select_related("suite").filter(key=case).first()
    if row is None:
        raise Http404(f"The suite {suite.key} has no case {case[:80]}.")
    return row


def _checked(request: OrganizationRequest, key: str, case: str) -> BenchmarkCase:
    return checked(request, lambda: _case(request, key, case), _tag)


def _stale_status(request: OrganizationRequest) -> int:
    return 412 if is_checked(request) else 409


def _content(facts: dict[str, Any]) -> CaseContent:
    lists = ("messages", "images", "scorers", "tags")
    said: Any = {
        name: tuple(one) if name in lists else one for name, one in facts.items()
    }
    return CaseContent(**said)


def _tag(case: BenchmarkCase) -> str:
    # A row never changes: an edit makes another.
    return tag_of("case", case.pk)


def _told(response: HttpResponse, case: BenchmarkCase) -> dict[str, Any]:
    tell_tag(response, _tag(case))
    return _document(case)


def _document(case: BenchmarkCase) -> dict[str, Any]:
    return {
        **vars(content_of(case)),
        "key": case.key,
        "place": case.position,
        "created_at": case.created_at,
    }
