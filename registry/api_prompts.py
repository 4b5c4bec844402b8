"""Management API: prompts, for people and for programs with a token."""

import datetime
from typing import Any, Self

from django.db.models import Max
from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import model_validator

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_paging import PageOf, PageQuery, page, page_of_list
from registry.api_tags import tag_of, tell_tag
from registry.models import Prompt, PromptVersion, TokenScope
from registry.prompts.naming import LARGEST_NUMBER, PRODUCTION, PromptReference
from registry.queries.prompts import (
    PromptNotFound,
    PromptRow,
    declared,
    find_version,
    prompt_rows,
)
from registry.schemas import Problem, ShortText

router = Router(tags=["Prompts"], auth=access(None, TokenScope.PROMPTS))


class PromptFilter(Schema):
    """`label` and `version` exclude each other."""

    label: ShortText = Field("", description="Where a label is; without: production.")
    version: int | None = Field(None, ge=1, le=LARGEST_NUMBER)

    @model_validator(mode="after")
    def _names_one_version(self) -> Self:
        if self.label and self.version:
            raise ValueError("Give label or version, not both")
        return self


class PromptVariable(Schema):
    """A variable without a default must be given a value."""

    name: str
    description: str
    default: str | None
    is_required: bool


class PromptOut(Schema):
    """One version. It never changes; which one a label is on does."""

    name: str
    version: int
    label: str | None
    text: str
    variables: list[PromptVariable]
    note: str
    created_by: str
    created_at: datetime.datetime


class PromptSummary(Schema):
    name: str
    description: str
    latest_version: int
    labels: dict[str, int]
    used_by: list[str]
    updated_at: datetime.datetime


@router.get("/prompts", response=PageOf[PromptSummary], summary="List prompts")
def list_prompts(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PageQuery]
) -> Any:
    """By name, with the version that each label is on and the features that use it."""
    rows = prompt_rows(request.organization)
    shown, following = page_of_list(rows, lambda row: row.prompt.name, filters)
    return page(request, response, [_summary(row) for row in shown], following)


@router.get(
    "/prompts/{path:name}",
    response={200: PromptOut, 404: Problem, 422: Problem},
    summary="One prompt",
)
def get_prompt(
    request: OrganizationRequest,
    response: HttpResponse,
    name: str,
    filters: Query[PromptFilter],
) -> Any:
    """The text that `label` is on, or that of a `version`. Ask again with the answer's
    ETag in `If-None-Match`, and an unchanged prompt is 304."""
    label = "" if filters.version else filters.label or PRODUCTION
    reference = PromptReference(name, label, filters.version or 0)
    try:
        version = find_version(request.organization, reference)
    except PromptNotFound as error:
        raise HttpError(404, str(error)) from error
    tell_tag(response, prompt_tag(version.prompt))
    return prompt_document(version, label)


def prompt_tag(prompt: Prompt) -> str:
    """Changes with a new version and where a label moves."""
    labels = sorted(prompt.labels.values_list("name", "prompt_version_id", "moves"))
    newest = prompt.versions.aggregate(newest=Max("number"))["newest"]
    return tag_of("prompt", prompt.pk, prompt.archived_at, newest, labels)


def prompt_document(version: PromptVersion, label: str) -> dict[str, Any]:
    return {
        "name": version.prompt.name,
        "version": version.number,
        "label": label or None,
        "text": version.text,
        "variables": [
            {**one.as_json(), "is_required": one.is_required}
            for one in declared(version)
        ],
        "note": version.note,
        "created_by": version.actor_label,
        "created_at": version.created_at,
    }


def _summary(row: PromptRow) -> dict[str, Any]:
    return {
        "name": row.prompt.name,
        "description": row.prompt.description,
        "latest_version": row.latest.number,
        "labels": {one.name: one.prompt_version.number for one in row.labels},
        "used_by": row.feature_keys,
        "updated_at": row.prompt.updated_at,
    }
