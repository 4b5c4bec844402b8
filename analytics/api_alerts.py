"""Management API: alerts, for people and for programs of theirs."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models import Alert
from analytics.queries.alerts import AlertFilter, Position, alert_page
from analytics.services.alert_mutes import add_mute
from analytics.services.alerts import acknowledge
from registry.access import OrganizationRequest
from registry.schemas import Body, Problem

router = Router(tags=["Alerts"])


class AlertQuery(Schema):
    state: Literal["", "open", "acknowledged", "muted", "over"] = ""
    kind: AlertKind | Literal[""] = ""
    severity: AlertSeverity | Literal[""] = ""
    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=80, description="`next_cursor` of a page.")


class AlertOut(Schema):
    """`address` is the page of what it is about; `subject` is what can be muted."""

    id: int
    kind: str
    severity: str
    subject: str
    title: str
    text: str
    address: str
    raised_at: datetime.datetime
    resolved_at: datetime.datetime | None
    acknowledged_at: datetime.datetime | None
    acknowledged_by: str | None
    is_muted: bool


class AlertsOut(Schema):
    items: list[AlertOut]
    next_cursor: str | None


class MuteIn(Body):
    """`of` is this alert's subject or every alert of its kind; without `until` it holds
    until somebody ends it."""

    of: Literal["subject", "kind"] = "subject"
    until: datetime.datetime | None = None
    reason: str = Field("", max_length=300)


class MuteOut(Schema):
    id: int
    kind: str
    subject: str
    until: datetime.datetime | None
    reason: str


@router.get("/alerts", response={200: AlertsOut, 422: Problem}, summary="List alerts")
def list_alerts(request: OrganizationRequest, filters: Query[AlertQuery]) -> Any:
    """Newest first."""
    try:
        before = Position.from_cursor(filters.cursor) if filters.cursor else None
    except (ValueError, OverflowError) as error:
        raise HttpError(422, "There is no such page.") from error
    chosen = AlertFilter(filters.state, str(filters.kind), str(filters.severity))
    now = timezone.now()
    page = alert_page(request.organization, chosen, now, before, filters.limit)
    items = [_document(one) for one in page.alerts]
    return {"items": items, "next_cursor": page.older or None}


@router.post(
    "/alerts/{int:alert_id}/acknowledge",
    response={200: AlertOut, 403: Problem, 404: Problem},
    summary="Acknowledge an alert",
)
def acknowledge_alert(request: OrganizationRequest, alert_id: int) -> Any:
    """Said twice it is acknowledged by whom it was first."""
    alert = _editable(request, alert_id)
    acknowledge(alert=alert, actor=request.user, at=timezone.now())
    return _document(_alert(request, alert_id))


@router.post(
    "/alerts/{int:alert_id}/mute",
    response={200: MuteOut, 403: Problem, 404: Problem, 422: Problem},
    summary="Mute what an alert is about",
)
def mute_alert(request: OrganizationRequest, alert_id: int, wish: MuteIn) -> Any:
    """Muted alerts are listed, but not counted and not sent."""
    alert = _editable(request, alert_id)
    now = timezone.now()
    if wish.until is not None and (wish.until.tzinfo is None or wish.until <= now):
        raise HttpError(422, "until: a time to come, with its time zone.")
    of_kind = wish.of == "kind"
    return add_mute(
        organization=request.organization,
        actor=request.user,
        at=now,
        kind=alert.kind,
        subject="" if of_kind else alert.subject,
        subject_label="" if of_kind else alert.subject_label,
        until=wish.until,
        reason=wish.reason,
    )


def _editable(request: OrganizationRequest, alert_id: int) -> Alert:
    alert = _alert(request, alert_id)
    if not request.membership.can_edit:
        raise HttpError(403, "Viewers can look at everything but change nothing.")
    return alert


def _alert(request: OrganizationRequest, alert_id: int) -> Alert:
    rows = Alert.objects.filter(organization=request.organization, pk=alert_id)
    alert = rows.with_muted(timezone.now()).select_related("acknowledged_by").first()
    if alert is None:
        raise Http404("Your organisation has no such alert.")
    return alert


def _document(alert: Any) -> dict[str, Any]:  # with is_muted, which the model has not
    names = AlertOut.model_fields.keys() - {"acknowledged_by"}
    by = alert.acknowledged_by
    facts = {name: getattr(alert, name) for name in names}
    return {**facts, "acknowledged_by": str(by) if by else None}
