"""Management API: usage that was made elsewhere, for programs and people. The body is
read piece by piece, so that it may be large."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError

from analytics.intake.entries import json_entries
from analytics.intake.own import NAMES, TAG, call_of
from analytics.intake.unpacking import PIECE, CutShort, unpacked
from analytics.services.intake_runs import Reject, Tally, run_intake
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_marks import not_counted, reads_its_body
from registry.models import ApiToken, Membership, Role, TokenScope
from registry.resolution.entries import TokenEntry
from registry.schemas import Problem

router = Router(tags=["Usage"], auth=access(Role.EDITOR, TokenScope.USAGE))
MOST_TOLD: Final = 1000
EXAMPLE: Final = (
    '{"id": "order-7-answer", "started_at": "2026-11-21T09:30:00Z", '
    '"provider": "openai", "model": "gpt-5-mini", "feature": "planner", '
    '"input_tokens": 1200, "cache_read_tokens": 800, "output_tokens": 300, '
    '"latency_ms": 1450, "tags": {"team": "shop"}}\n'
)
BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "JSON lines, one call a line, or one JSON list of calls; gzip "
        "is recognised. The fields are in docs/usage-in.md.",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}, "example": EXAMPLE}
        },
    }
}


class RefusedLine(Schema):
    """A line that was not taken; the others were."""

    line: int = Field(description="Counts from 1.")
    field: str
    reason: str


class UsageTaken(Schema):
    """What came of a body. Whatever is counted here stands in the database; the same
    body can be sent again, and counts once."""

    accepted: int
    duplicates: int = Field(description="Known already, by their id.")
    unpriced: int = Field(description="Of the accepted: no price is known.")
    unknown_models: int = Field(description="Of the accepted: no model is known.")
    refused: int
    refused_lines: list[RefusedLine] = Field(
        description=f"The first {MOST_TOLD:,} of them."
    )
    ignored_fields: list[str] = Field(description="Names that mean nothing here.")
    error: str = Field("", description="Why the rest of the body could not be read.")


@router.post(
    "/usage",
    response={200: UsageTaken, 400: UsageTaken, 401: Problem, 403: Problem},
    summary="Send in usage that was made elsewhere",
    openapi_extra=BODY,
)
@reads_its_body
@not_counted
def usage_in(request: OrganizationRequest) -> Any:
    """Calls of models that did not go through the gateway. Each is kept once, by its
    `id`, with the cost at the price of its time. Lines that make no sense are refused
    with their field and the reason, and the others are kept. 400 says that the body
    could not be read to its end: what came before was taken, send it again whole."""
    token = _sender(request)
    rejects: list[Reject] = []

    def note(one: Reject) -> None:
        if len(rejects) < MOST_TOLD:
            rejects.append(one)

    tally = run_intake(
        request.organization,
        json_entries(unpacked(_pieces(request))),
        call_of,
        on_reject=note,
        known_fields=frozenset(NAMES),
        token=token,
    )
    if not tally.read and not tally.cut:
        tally.cut = "The body is empty: send one JSON object a line."
    return Status(400 if tally.cut else 200, _answer(tally, rejects))


def _sender(request: HttpRequest) -> ApiToken | None:
    """The token of a program; None for a person, who needs to be an editor."""
    who: TokenEntry | Membership = request.auth  # type: ignore[attr-defined]  # set by Ninja
    if isinstance(who, TokenEntry):
        return ApiToken.objects.get(pk=who.id)
    if not who.can_edit:
        raise HttpError(403, "Viewers cannot send in usage: ask for the editor role.")
    return None


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    try:
        while piece := request.read(PIECE):
            yield piece
    except UnreadablePostError as error:
        raise CutShort("The body ended too early.") from error


def _answer(tally: Tally, rejects: list[Reject]) -> dict[str, Any]:
    ignored = sorted(name for name in tally.ignored if not name.startswith(TAG))
    return {
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "unpriced": tally.unpriced,
        "unknown_models": tally.unknown_models,
        "refused": tally.refused,
        "refused_lines": sorted(rejects, key=lambda one: one.line),
        "ignored_fields": ignored[:100],
        "error": tally.cut,
    }
