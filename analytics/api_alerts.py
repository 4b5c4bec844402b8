"""Management API: alerts, for people and for programs of theirs."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models import Alert
from analytics.queries.alerts import AlertFilter, matching
from analytics.services.alert_mutes import add_mute
from analytics.services.alerts import acknowledge
from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.schemas import Body, Problem

router = Router(tags=["Alerts"])


class AlertQuery(PageQuery):
    state: Literal["", "open", "acknowledged", "muted", "over"] = ""
    kind: AlertKind | Literal[""] = ""
    severity: AlertSeverity | Literal[""] = ""


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


@router.get(
    "/alerts", response={200: PageOf[AlertOut], 422: Problem}, summary="List alerts"
)
def list_alerts(
    request: OrganizationRequest, response: HttpResponse, filters: Query[AlertQuery]
) -> Any:
    """Newest first."""
    chosen = AlertFilter(filters.state, str(filters.kind), str(filters.severity))
    found = matching(request.organization, chosen, timezone.now())
    rows, end = page_of_rows(
        found.select_related("acknowledged_by"), ("-raised_at", "-id"), filters
    )
    return page(request, response, [_document(one) for one in rows], end)


@router.get(
    "/alerts/{int:alert_id}",
    response={200: AlertOut, 404: Problem},
    summary="One alert",
)
def get_alert(
    request: OrganizationRequest, response: HttpResponse, alert_id: int
) -> Any:
    return _told(response, _alert(request, alert_id))


@router.post(
    "/alerts/{int:alert_id}/acknowledge",
    response={200: AlertOut, 403: Problem, 404: Problem},
    summary="Acknowledge an alert",
)
def acknowledge_alert(
    request: OrganizationRequest, response: HttpResponse, alert_id: int
) -> Any:
    """Said twice it is acknowledged by whom it was first."""
    alert = _editable(request, alert_id)
    acknowledge(alert=alert, actor=request.user, at=timezone.now())
    return _told(response, _alert(request, alert_id))


@router.post(
    "/alerts/{int:alert_id}/mute",
    response={200: MuteOut, 403: Problem, 404: Problem, 422: Problem},
    summary="Mute what an alert is about",
)
def mute_alert(
    request: OrganizationRequest, response: HttpResponse, alert_id: int, wish: MuteIn
) -> Any:
    """Muted alerts are listed, but not counted and not sent."""
    alert = _editable(request, alert_id)
    now = timezone.now()
    if wish.until is not None and (wish.until.tzinfo is None or wish.until <= now):
        raise HttpError(422, "until: a time to come, with its time zone.")
    of_kind = wish.of == "kind"
    mute = add_mute(
        organization=request.organization,
        actor=request.user,
        at=now,
        kind=alert.kind,
        subject="" if of_kind else alert.subject,
        subject_label="" if of_kind else alert.subject_label,
        until=wish.until,
        reason=wish.reason,
    )
    tell_tag(response, _tag(_alert(request, alert_id)))
    return mute


def _editable(request: OrganizationRequest, alert_id: int) -> Alert:
    alert: Alert = checked(request, lambda: _alert(request, alert_id), _tag)
    if not request.membership.can_edit:
        raise HttpError(403, "Viewers can look at everything but change nothing.")
    return alert


def _alert(request: OrganizationRequest, alert_id: int) -> Alert:
    rows = Alert.objects.filter(organization=request.organization, pk=alert_id)
    alert = rows.with_muted(timezone.now()).select_related("acknowledged_by").first()
    if alert is None:
        raise Http404("Your organisation has no such alert.")
    return alert


def _tag(alert: Any) -> str:
    said = (alert.acknowledged_at, alert.resolved_at, alert.is_muted)
    return tag_of("alert", alert.pk, *said)


def _told(response: HttpResponse, alert: Any) -> dict[str, Any]:
    tell_tag(response, _tag(alert))
    return _document(alert)


def _document(alert: Any) -> dict[str, Any]:  # with is_muted, which the model has not
    names = AlertOut.model_fields.keys() - {"acknowledged_by"}
    by = alert.acknowledged_by
    facts = {name: getattr(alert, name) for name in names}
    return {**facts, "acknowledged_by": str(by) if by else None}
