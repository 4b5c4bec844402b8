"""The list of connections, one of them, and what is done to it with one click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from modelhub.htmx import is_fragment, render_page
from registry.access import (
    OrganizationRequest,
    admin_required,
    editor_required,
    member_required,
)
from registry.forms.connections import ConnectionListForm
from registry.models import AuditEntry, Connection
from registry.queries.audit_log import AuditFilter, audit_page, matching_entries
from registry.queries.circuits import connection_circuits
from registry.queries.connections import (
    connection_row,
    connection_rows,
    connections_of,
    matching,
    offered_models,
)
from registry.queries.discoveries import discoveries
from registry.services.connection_checks import (
    Outcome,
    check_all,
    check_connection,
)
from registry.services.connection_deletion import (
    DELETED,
    NotRestorable,
    delete_connection,
    restore_connection,
)
from registry.services.connections import set_enabled

RESULTS = "connections-results"
DIALOG = "overlays"


@require_GET
@member_required
def connection_list(request: OrganizationRequest) -> HttpResponse:
    """Every connection with its state and what it offers."""
    return render_list(request)


@require_GET
@member_required
def connection_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    connection = connection_or_404(request, pk)
    chosen = AuditFilter(object_type="connection", object_id=str(pk))
    history = audit_page(matching_entries(request.organization, chosen), None)
    context = {
        "row": connection_row(connection),
        "connection": connection,
        "offered": offered_models(connection),
        "discoveries": discoveries(request.organization, connection),
        "circuits": connection_circuits(connection, timezone.now()),
        "history": history,
    }
    return render(request, "registry/connection_detail.html", context)


@require_POST
@editor_required
def connection_check(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Ask the connection whether it answers; this takes up to ten seconds."""
    connection = connection_or_404(request, pk)
    outcome = check_connection(connection)
    return done(request, connection, outcome_text(connection, outcome), outcome.is_ok)


@require_POST
@editor_required
def connection_check_all(request: OrganizationRequest) -> HttpResponse:
    checked = check_all(request.organization)
    wrong = sum(not outcome.is_ok for _, outcome in checked)
    noun = "connection" if len(checked) == 1 else "connections"
    text = f"{len(checked)} {noun} checked, {wrong or 'none'} with a problem."
    return done(request, None, text, is_good=not wrong)


@require_POST
@editor_required
def connection_pause(request: OrganizationRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_enabled=False)


@require_POST
@editor_required
def connection_resume(request: OrganizationRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, is_enabled=True)


@require_http_methods(["GET", "POST"])
@admin_required
def connection_delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    """First what depends on it, then its end."""
    connection = connection_or_404(request, pk)
    if request.method == "POST":
        entry = delete_connection(connection=connection, actor=request.user)
        undo = reverse("registry:connection_restore", args=[entry.pk])
        text = f"{connection.label} deleted, with its key."
        messages.success(request, text, extra_tags=undo)
        return redirect("registry:connection_list")
    context = {
        "row": connection_row(connection),
        "connection": connection,
        "is_fragment": is_fragment(request, DIALOG),
    }
    return render_page(
        request,
        "registry/connection_delete.html",
        "registry/_connection_delete.html",
        DIALOG,
        context,
    )


@require_POST
@admin_required
def connection_restore(request: OrganizationRequest, entry_pk: int) -> HttpResponse:
    """Take a deletion back, but for the key."""
    entry = get_object_or_404(
        AuditEntry, pk=entry_pk, organization=request.organization, action=DELETED
    )
    try:
        connection = restore_connection(entry=entry, actor=request.user)
    except NotRestorable as error:
        messages.error(request, str(error))
        return redirect("registry:connection_list")
    lost = bool(connection.state_reason)
    text = f"{connection.label} is back{', paused: enter its key again' * lost}."
    messages.add_message(request, messages.WARNING if lost else messages.SUCCESS, text)
    return redirect("registry:connection_detail", connection.pk)


def connection_or_404(request: OrganizationRequest, pk: int) -> Connection:
    return get_object_or_404(connections_of(request.organization), pk=pk)


def outcome_text(connection: Connection, outcome: Outcome) -> str:
    """What a check found, as one sentence."""
    if outcome.is_ok:
        return f"{connection.label} answers in {outcome.latency_ms} ms."
    return f"{connection.label}: {outcome.reason}"


def done(
    request: OrganizationRequest,
    connection: Connection | None,
    text: str,
    is_good: bool,
) -> HttpResponse:
    """The list anew where it asked, else back to where the person was."""
    if is_fragment(request, RESULTS):
        tone = "success" if is_good else "warning"
        return render_list(request, toast=text, toast_tone=tone)
    level = messages.SUCCESS if is_good else messages.WARNING
    messages.add_message(request, level, text)
    if connection is not None and request.POST.get("from") == "detail":
        return redirect("registry:connection_detail", connection.pk)
    return redirect("registry:connection_list")


def render_list(request: OrganizationRequest, **extra: Any) -> HttpResponse:
    form = ConnectionListForm(request.GET or request.POST)
    form.is_valid()
    everything = connections_of(request.organization)
    rows = connection_rows(everything, request.organization)
    wanted = set(matching(everything, form.words).values_list("pk", flat=True))
    context = {
        "form": form,
        "words": form.words,
        "rows": [row for row in rows if row.connection.pk in wanted],
        "total": len(rows),
        "enabled_models": sum(row.enabled for row in rows),
        "discoveries": discoveries(request.organization),
        "alarms": [row for row in rows if row.needs_key and row.connection.is_enabled],
        **extra,
    }
    status = 400 if form.errors and request.method == "GET" else 200
    return render_page(
        request,
        "registry/connection_list.html",
        "registry/_connection_list_results.html",
        RESULTS,
        context,
        status,
    )


def _switch(request: OrganizationRequest, pk: int, *, is_enabled: bool) -> HttpResponse:
    connection = connection_or_404(request, pk)
    set_enabled(connection=connection, is_enabled=is_enabled, actor=request.user)
    said = "is used again" if is_enabled else "is paused: nothing is sent there"
    return done(request, connection, f"{connection.label} {said}.", is_good=True)
