"""When alerts are raised and where they are sent."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from analytics.alerting.kinds import AlertKind
from analytics.forms.alert_settings import ChannelForm, RuleForm
from analytics.models import AlertChannel, ChannelKind
from analytics.queries.alert_rules import rules_of
from analytics.queries.alerts import channel_lines
from analytics.services import alert_channels
from analytics.services.alert_rules import save_rule
from analytics.services.alert_sending import NotSent
from registry.access import OrganizationRequest, admin_required, member_required


@require_GET
@member_required
def alert_settings(request: OrganizationRequest) -> HttpResponse:
    rules = rules_of(request.organization)
    return render_settings(request, [RuleForm(kind, rules[kind]) for kind in AlertKind])


@require_POST
@admin_required
def alert_rules_save(request: OrganizationRequest) -> HttpResponse:
    rules = rules_of(request.organization)
    forms = [RuleForm(kind, rules[kind], request.POST) for kind in AlertKind]
    is_valid = [form.is_valid() for form in forms]
    if not all(is_valid):
        return render_settings(request, forms, status=422)
    with transaction.atomic():
        changed = sum(
            save_rule(
                organization=request.organization,
                kind=form.kind,
                is_on=form.cleaned_data["is_on"],
                numbers=form.numbers,
                actor=request.user,
            )
            for form in forms
        )
    text = (
        "Rules saved; they hold from the next look." if changed else "Nothing to save."
    )
    messages.success(request, text)
    return redirect("analytics:alert_settings")


@require_http_methods(["GET", "POST"])
@admin_required
def channel_add(request: OrganizationRequest, kind: str) -> HttpResponse:
    if kind not in ChannelKind.values:
        raise Http404("There is no such kind of channel.")
    chosen = ChannelKind(kind)
    form = ChannelForm(
        request.POST or None, kind=chosen, organization=request.organization
    )
    if request.method != "POST" or not form.is_valid():
        return render_channel(request, form)
    channel, secret = alert_channels.add_channel(
        organization=request.organization,
        kind=chosen,
        facts=form.facts(),
        actor=request.user,
    )
    if secret and not form.cleaned_data["secret"]:
        return render_secret(request, channel, secret)
    messages.success(request, f"{channel.label} added. Send a test to try it.")
    return redirect("analytics:alert_settings")


@require_http_methods(["GET", "POST"])
@admin_required
def channel_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    channel = channel_or_404(request, pk)
    form = ChannelForm(
        request.POST or None,
        kind=ChannelKind(channel.kind),
        organization=request.organization,
        channel=channel,
    )
    if request.method != "POST" or not form.is_valid():
        return render_channel(request, form)
    alert_channels.edit_channel(channel=channel, facts=form.facts(), actor=request.user)
    messages.success(request, f"{form.cleaned_data['label']} saved.")
    return redirect("analytics:alert_settings")


@require_POST
@admin_required
def channel_delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    channel = channel_or_404(request, pk)
    alert_channels.delete_channel(channel=channel, actor=request.user)
    messages.success(request, f"{channel.label} is gone, with its address and secret.")
    return redirect("analytics:alert_settings")


@require_POST
@admin_required
def channel_secret(request: OrganizationRequest, pk: int) -> HttpResponse:
    channel = channel_or_404(request, pk)
    if channel.kind != ChannelKind.WEBHOOK:
        raise Http404("Only webhooks are signed.")
    secret = alert_channels.replace_secret(channel=channel, actor=request.user)
    channel.refresh_from_db()
    return render_secret(request, channel, secret)


@require_POST
@admin_required
def channel_test(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Send a message now; this takes up to twenty seconds."""
    channel = channel_or_404(request, pk)
    try:
        said = alert_channels.send_test(channel, str(request.user))
    except NotSent as error:
        messages.error(request, f"{channel.label}: {error}")
    else:
        messages.success(request, f"{channel.label}: {said}")
    return redirect("analytics:alert_settings")


def channel_or_404(request: OrganizationRequest, pk: int) -> AlertChannel:
    rows = AlertChannel.objects.filter(organization=request.organization)
    return get_object_or_404(rows.select_related("organization"), pk=pk)


def render_settings(
    request: OrganizationRequest, forms: list[RuleForm], status: int = 200
) -> HttpResponse:
    context = {
        "forms": forms,
        "channels": channel_lines(request.organization, timezone.now()),
        "channel_kinds": ChannelKind.choices,
    }
    return render(request, "analytics/alert_settings.html", context, status=status)


def render_channel(request: OrganizationRequest, form: ChannelForm) -> HttpResponse:
    context = {
        "form": form,
        "channel": form.channel,
        "kind": form.kind,
        "chosen_kinds": form["kinds"].value() or [],
        "kinds": AlertKind.choices,
    }
    status = 422 if form.is_bound else 200
    return render(request, "analytics/alert_channel.html", context, status=status)


def render_secret(
    request: OrganizationRequest, channel: AlertChannel, secret: str
) -> HttpResponse:
    """Shown this one time; the answer is not kept by anybody on the way."""
    context = {"channel": channel, "secret": secret}
    response = render(request, "analytics/alert_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
