"""Who changed what, when, from where, from what, to what."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.audit_file import csv_lines, json_lines
from registry.forms.audit_log import AuditFilterForm
from registry.queries.audit_log import (
    all_matching,
    audit_page,
    matching_entries,
    people_and_actions,
)
from registry.streams import streamed_in_turns

TARGET = "audit-results"
FILES = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "json": ("application/json", json_lines),
}


@require_GET
@member_required
def audit_log(request: OrganizationRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        entries = matching_entries(request.organization, form.chosen())
        page = audit_page(
            entries,
            form.cleaned_data["before"],
            can_edit=request.membership.can_edit,
            can_administer=request.membership.can_administer,
        )
        state = {
            name: value
            for name, value in form.data.items()
            if name in form.fields and name != "before" and value
        }
        context["page"] = page
        context["kept"] = urlencode(state)
        context["older"] = urlencode({**state, "before": page.older})
    people, actions = people_and_actions(request.organization)
    return render_page(
        request,
        "registry/audit_log.html",
        "registry/_audit_log_results.html",
        TARGET,
        {**context, "people": people, "actions": actions},
        status=200 if form.is_valid() else 422,
    )


@require_GET
@member_required
def audit_export(request: OrganizationRequest, extension: str = "csv") -> Any:
    """Everything that matches, as CSV or JSON."""
    form = AuditFilterForm(request.GET)
    if not form.is_valid():
        text = "These filters make no sense together; open the audit log without them."
        return render(request, "400.html", {"exception": text}, status=400)
    entries = matching_entries(request.organization, form.chosen())
    content_type, lines = FILES[extension]
    response = StreamingHttpResponse(
        streamed_in_turns(request, lines(all_matching(entries))),
        content_type=content_type,
    )
    name = f"audit-log.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
