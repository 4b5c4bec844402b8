"""Who changed what, when, from what, to what."""

import io
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import defusedcsv.csv
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.forms.audit_log import AuditFilterForm
from registry.models import AuditEntry
from registry.queries.audit_log import (
    audit_page,
    matching_entries,
    people_and_actions,
)

TARGET = "audit-results"
COLUMNS = (
    "at",
    "action",
    "object_type",
    "object_id",
    "object",
    "by",
    "before",
    "after",
    "note",
)


@require_GET
@member_required
def audit_log(request: OrganizationRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        entries = matching_entries(request.organization, form.chosen())
        page = audit_page(entries, form.cleaned_data["before"])
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
def audit_export(request: OrganizationRequest) -> HttpResponse:
    """Everything that matches, as CSV."""
    form = AuditFilterForm(request.GET)
    if not form.is_valid():
        text = "These filters make no sense together; open the audit log without them."
        return render(request, "400.html", {"exception": text}, status=400)
    entries = matching_entries(request.organization, form.chosen())
    response = HttpResponse(
        as_csv(entries.iterator()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


def as_csv(entries: Iterable[AuditEntry]) -> str:
    out = io.StringIO(newline="")
    writer = defusedcsv.csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(
            (
                entry.at.isoformat(),
                entry.action,
                entry.object_type,
                entry.object_id,
                entry.object_label,
                entry.actor_label,
                "" if entry.before is None else json.dumps(entry.before),
                "" if entry.after is None else json.dumps(entry.after),
                entry.note,
            )
        )
    return out.getvalue()
