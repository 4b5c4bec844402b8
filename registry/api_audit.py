"""Management API: who changed what."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.models import AuditEntry
from registry.queries.audit_log import AuditFilter, matching_entries
from registry.schemas import ShortText

router = Router(tags=["Audit"])


class AuditQuery(PageQuery):
    q: ShortText = Field("", description="In object, person, action or note.")
    person: ShortText = ""
    action: ShortText = Field("", description="Exactly, e.g. feature.edited")
    object_type: ShortText = ""
    object_id: ShortText = ""
    since: datetime.date | None = None
    until: datetime.date | None = None


class AuditOut(Schema):
    """`before` and `after` hold what the change touched."""

    id: int
    at: datetime.datetime
    action: str
    actor: str
    object_type: str
    object_id: str
    object: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    note: str


@router.get("/audit", response=PageOf[AuditOut], summary="Changes, the newest first")
def list_audit_entries(
    request: OrganizationRequest, response: HttpResponse, filters: Query[AuditQuery]
) -> Any:
    chosen = AuditFilter(
        words=filters.q,
        person=filters.person,
        action=filters.action,
        object_type=filters.object_type,
        object_id=filters.object_id,
        since=filters.since,
        until=filters.until,
    )
    found = matching_entries(request.organization, chosen)
    rows, following = page_of_rows(found, ("-at", "-id"), filters)
    return page(request, response, [_document(row) for row in rows], following)


def _document(row: AuditEntry) -> dict[str, Any]:
    same = ("id", "at", "action", "object_type", "object_id", "before", "after", "note")
    return {
        **{name: getattr(row, name) for name in same},
        "actor": row.actor_label,
        "object": row.object_label,
    }
