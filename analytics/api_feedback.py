"""Management API: what is said of answers. A product says it through the gateway's
`/v1/feedback`; here it is read, and said by people and by other programs."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Final

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from analytics.models import Feedback
from analytics.services.feedback import (
    PATIENCE_S,
    SCORE,
    UnknownRequest,
    record_feedback,
)
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.models import ApiToken, Role, TokenScope
from registry.resolution.entries import TokenEntry
from registry.resolution.token_check import TokenRefused
from registry.schemas import Body, Problem, ShortText

router = Router(tags=["Feedback"])
MOST_TAGS: Final = 20


class FeedbackQuery(PageQuery):
    request_id: uuid.UUID | None = Field(None, description="Of one call.")
    name: ShortText = Field("", description="Of one kind of score.")


class NewFeedback(Body):
    """`request_id` is that of the answer's header `x-modelhub-request-id`."""

    request_id: uuid.UUID
    score: float | None = Field(None, ge=-1, le=1, description="A thumb is 1 or -1.")
    comment: str = Field("", max_length=2000)
    name: str = Field(SCORE, min_length=1, max_length=60)
    tags: dict[ShortText, ShortText] = Field({}, max_length=MOST_TAGS)


class FeedbackOut(Schema):
    """One score of each name for a call. `token`: the name of the API token that said
    it; null for a person, and for a token that is gone."""

    id: int
    request_id: uuid.UUID
    name: str
    score: float | None
    comment: str
    tags: dict[str, str]
    token: str | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


@router.get("/feedback", response=PageOf[FeedbackOut], summary="List feedback")
def list_feedback(
    request: OrganizationRequest, response: HttpResponse, filters: Query[FeedbackQuery]
) -> Any:
    """The newest first."""
    found = Feedback.objects.filter(organization=request.organization)
    if filters.request_id:
        found = found.filter(request_id=filters.request_id)
    if filters.name:
        found = found.filter(name=filters.name)
    rows, following = page_of_rows(found.select_related("token"), ("-id",), filters)
    return page(request, response, [_document(one) for one in rows], following)


@router.post(
    "/feedback",
    response={200: FeedbackOut, 404: Problem},
    auth=access(Role.ANALYST, TokenScope.FEEDBACK),
    summary="Rate the answer of a call",
)
def give_feedback(request: OrganizationRequest, body: NewFeedback) -> Any:
    """Said again it changes nothing; said otherwise it replaces what was said under
    the same name."""
    try:
        kept = record_feedback(
            organization=request.organization,
            token=_token(request),
            actor=request.user,
            patience_s=PATIENCE_S,
            **body.dict(),
        )
    except UnknownRequest as error:
        raise HttpError(404, str(error)) from error
    except TokenRefused as error:
        raise HttpError(403, error.message) from error
    return _document(kept)


def _token(request: Any) -> ApiToken | None:
    """The program's; None for a person."""
    if isinstance(request.auth, TokenEntry):
        return ApiToken.objects.get(pk=request.auth.id)
    return None


def _document(one: Feedback) -> dict[str, Any]:
    names = (
        *("id", "request_id", "name", "score", "comment", "tags"),
        *("created_at", "updated_at"),
    )
    return {
        **{name: getattr(one, name) for name in names},
        "token": one.token.label if one.token else None,
    }
