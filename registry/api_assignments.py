"""Management API: which model answers for a feature, and what did before."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from registry.access import OrganizationRequest
from registry.api_features import (
    LARGEST,
    checked_feature,
    feature_of,
    revision_number,
    told_feature,
)
from registry.api_lookup import named_model
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.models import PromptVersion
from registry.prompts.naming import PromptReference
from registry.queries.assignments import fallbacks_of, prompt_words, revisions
from registry.queries.prompts import PromptNotFound, find_version
from registry.schemas import Body, FeatureOut, ShortText
from registry.services.assignments import (
    AssignmentRefused,
    assign_model,
    roll_back,
    unassign,
)

router = Router(tags=["Features"])


class AssignmentIn(Body):
    """The whole assignment: what is not sent is empty afterwards."""

    model: ShortText = Field(description="provider/model-id")
    fallbacks: list[ShortText] = Field([], max_length=8)
    parameters: dict[str, Any] = {}
    prompt: ShortText = Field("", description="NAME@label or NAME@7; empty: none.")
    note: str = Field("", max_length=400)
    expected_revision: int | None = Field(
        None, ge=0, le=LARGEST, description="As you saw it (0: never assigned)."
    )


class RollBackIn(Body):
    to_revision: int = Field(ge=0, le=LARGEST, description="0: nothing assigned.")
    note: str = Field("", max_length=400)


class RevisionOut(Schema):
    number: int
    model: str | None
    fallbacks: list[str]
    parameters: dict[str, Any]
    prompt: str | None
    note: str
    changed_by: str
    changed_at: datetime.datetime


@router.get(
    "/features/{key}/assignments",
    response=PageOf[RevisionOut],
    summary="What was assigned, the newest first",
)
def list_assignments(
    request: OrganizationRequest,
    response: HttpResponse,
    key: str,
    filters: Query[PageQuery],
) -> Any:
    found = revisions(feature_of(request, key))
    rows, following = page_of_rows(found, ("-number",), filters)
    return page(request, response, [_revision(row) for row in rows], following)


@router.put("/features/{key}/assignment", response=FeatureOut, summary="Assign a model")
def assign_model_(
    request: OrganizationRequest, response: HttpResponse, key: str, body: AssignmentIn
) -> Any:
    """In force everywhere within a second; the revision before can be taken back."""
    feature = checked_feature(request, key)
    organization = request.organization
    expected = body.expected_revision
    assign_model(
        feature=feature,
        ai_model=named_model(body.model, organization)[1],
        fallbacks=[named_model(one, organization)[1] for one in body.fallbacks],
        parameters=body.parameters,
        prompt_version=_prompt(request, body.prompt),
        actor=request.user,
        expected_revision=revision_number(feature) if expected is None else expected,
        note=body.note,
    )
    return told_feature(response, feature_of(request, key))


@router.delete(
    "/features/{key}/assignment", response=FeatureOut, summary="Take the model away"
)
def remove_assignment(
    request: OrganizationRequest, response: HttpResponse, key: str
) -> Any:
    """The feature stays, and follows the active pack if that names it."""
    feature = checked_feature(request, key)
    unassign(
        feature=feature, actor=request.user, expected_revision=revision_number(feature)
    )
    return told_feature(response, feature_of(request, key))


@router.post(
    "/features/{key}/assignment/roll-back",
    response=FeatureOut,
    summary="Assign what an earlier revision said",
)
def roll_back_assignment(
    request: OrganizationRequest, response: HttpResponse, key: str, body: RollBackIn
) -> Any:
    feature = checked_feature(request, key)
    roll_back(
        feature=feature,
        to_revision=body.to_revision,
        actor=request.user,
        expected_revision=revision_number(feature),
        note=body.note,
    )
    return told_feature(response, feature_of(request, key))


def _prompt(request: OrganizationRequest, words: str) -> PromptVersion | None:
    if not words:
        return None
    try:
        reference = PromptReference.parse(words)
        return find_version(request.organization, reference)
    except (PromptNotFound, ValueError) as error:
        raise AssignmentRefused(message=str(error)) from error


def _revision(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "model": row.ai_model and row.ai_model.reference,
        "fallbacks": [one.reference for one in fallbacks_of(row)],
        "parameters": row.parameters,
        "prompt": prompt_words(row.prompt_version),
        "note": row.note,
        "changed_by": row.actor_label,
        "changed_at": row.created_at,
    }
