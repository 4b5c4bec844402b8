"""The alerts of an organisation, and what a person does about one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.forms.alerts import DURATIONS, KIND, AlertFilterForm, MuteForm
from analytics.models import Alert, AlertChannel, AlertDelivery, AlertMute
from analytics.queries.alerts import alert_page, mutes_in_force, open_count
from analytics.services import alert_mutes
from analytics.services.alert_retrying import retry
from analytics.services.alerts import acknowledge, take_acknowledgement_back
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required, member_required

TARGET = "alerts-results"
SHOWN = (
    ("", "All"),
    ("open", "Open"),
    ("acknowledged", "Acknowledged"),
    ("muted", "Muted"),
    ("over", "Over"),
)


@require_GET
@member_required
def alert_list(request: OrganizationRequest) -> HttpResponse:
    form, organization = AlertFilterForm(request.GET), request.organization
    now = timezone.now()
    context: dict[str, Any] = {
        "form": form,
        "kinds": AlertKind.choices,
        "severities": AlertSeverity.choices,
    }
    if form.is_valid():
        kept = form.kept()
        before = form.cleaned_data["before"]
        page = alert_page(organization, form.chosen(), now, before)
        context |= {
            "page": page,
            "kept": kept,
            "newest": urlencode(kept),
            "older": page.older and urlencode({**kept, "before": page.older}),
            "states": _states(kept),
            "open": open_count(organization, now),
            "mutes": mutes_in_force(organization, now),
            "is_unused": not Alert.objects.filter(organization=organization).exists(),
            "has_channels": AlertChannel.objects.filter(
                organization=organization
            ).exists(),
            "here": request.get_full_path(),
            "durations": [one for one in DURATIONS if one[0] != "until"],
        }
    return render_page(
        request,
        "analytics/alerts.html",
        "analytics/_alerts_results.html",
        TARGET,
        context,
        status=200 if form.is_valid() else 422,
    )


@require_POST
@editor_required
def alert_acknowledge(request: OrganizationRequest, pk: int) -> HttpResponse:
    alert = alert_or_404(request, pk)
    if acknowledge(alert=alert, actor=request.user, at=timezone.now()):
        undo = _undo(request, reverse("analytics:alert_reopen", args=[pk]))
        messages.success(request, f"Acknowledged: {alert.title}", extra_tags=undo)
    else:
        messages.info(request, "Somebody else has acknowledged it already.")
    return _back(request)


@require_POST
@editor_required
def alert_reopen(request: OrganizationRequest, pk: int) -> HttpResponse:
    alert = alert_or_404(request, pk)
    if take_acknowledgement_back(alert=alert, actor=request.user):
        messages.success(request, f"Open again: {alert.title}")
    return _back(request)


@require_POST
@editor_required
def delivery_retry(request: OrganizationRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(
        AlertDelivery.objects.select_related("alert__organization", "channel"),
        pk=pk,
        alert__organization=request.organization,
    )
    name = delivery.channel.label
    if retry(delivery=delivery, actor=request.user, at=timezone.now()):
        messages.success(request, f"On its way to {name} again, within a minute.")
    else:
        messages.info(
            request,
            f"Not sent to {name} again: it is under way already, muted, or older than "
            "three days.",
        )
    return _back(request)


@require_http_methods(["GET", "POST"])
@editor_required
def alert_mute(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The form with every choice; a menu beside the alert posts the usual ones."""
    alert = alert_or_404(request, pk)
    now, zone = timezone.now(), request.organization.zone
    form = MuteForm(request.POST or None, now=now, zone=zone)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "alert": alert, "durations": DURATIONS}
        status = 422 if request.method == "POST" else 200
        return render(request, "analytics/alert_mute.html", context, status=status)
    of_kind = form.cleaned_data["scope"] == KIND
    mute = alert_mutes.add_mute(
        organization=request.organization,
        actor=request.user,
        at=now,
        kind=alert.kind,
        subject="" if of_kind else alert.subject,
        subject_label="" if of_kind else alert.subject_label,
        until=form.ends_at(),
        reason=form.cleaned_data["reason"],
    )
    undo = reverse("analytics:mute_end", args=[mute.pk])
    messages.success(request, f"Muted. {mute.what}.", extra_tags=undo)
    return _back(request)


@require_POST
@editor_required
def mute_end(request: OrganizationRequest, pk: int) -> HttpResponse:
    mute = get_object_or_404(AlertMute, pk=pk, organization=request.organization)
    if alert_mutes.end_mute(mute=mute, actor=request.user, at=timezone.now()):
        undo = reverse("analytics:mute_restore", args=[pk])
        messages.success(request, f"No longer muted. {mute.what}.", extra_tags=undo)
    return _back(request)


@require_POST
@editor_required
def mute_restore(request: OrganizationRequest, pk: int) -> HttpResponse:
    mute = get_object_or_404(AlertMute, pk=pk, organization=request.organization)
    if alert_mutes.restore_mute(mute=mute, actor=request.user):
        messages.success(request, f"Muted again. {mute.what}.")
    return _back(request)


def alert_or_404(request: OrganizationRequest, pk: int) -> Alert:
    return get_object_or_404(Alert, pk=pk, organization=request.organization)


def _states(kept: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Address, text and whether it is the one shown, of each state."""
    rest = {name: value for name, value in kept.items() if name != "state"}
    return [
        (
            urlencode({**rest, "state": word} if word else rest),
            text,
            kept.get("state", "") == word,
        )
        for word, text in SHOWN
    ]


def _undo(request: OrganizationRequest, address: str) -> str:
    """Back to where the form was, too."""
    asked = request.POST.get("back", "")
    return f"{address}?{urlencode({'back': asked})}" if asked else address


def _back(request: OrganizationRequest) -> HttpResponse:
    """To the list as it was or to the overview, where the form or its address says
    so."""
    page = reverse("analytics:alert_list")
    asked = request.POST.get("back") or request.GET.get("back", "")
    if asked == reverse("analytics:overview"):
        return redirect(asked)
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return redirect(asked if is_ours and asked.startswith(page) else page)
