"""How applications send OpenTelemetry here, and how it was understood."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from analytics.forms.telemetry import TelemetryForm
from analytics.queries.telemetry import (
    fates_of,
    last_spans,
    metric_totals,
    names_not_understood,
    reasons_of,
)
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required

TARGET = "telemetry-results"


@require_GET
@member_required
def telemetry(request: OrganizationRequest) -> HttpResponse:
    form = TelemetryForm(request.GET)
    fate = form.cleaned_data["fate"] if form.is_valid() else ""
    organization = request.organization
    fates = fates_of(organization)
    spans = last_spans(organization, fate)
    context = {
        "form": form,
        "fate": fate,
        "fates": fates,
        "spans": spans,
        "is_unused": not spans and not fate and not any(one.day for one in fates),
        "reasons": reasons_of(organization),
        "names": names_not_understood(organization),
        "metrics": metric_totals(organization),
        "endpoint": request.build_absolute_uri("/otlp"),
    }
    return render_page(
        request,
        "analytics/telemetry.html",
        "analytics/_telemetry_results.html",
        TARGET,
        context,
        status=200 if form.is_valid() else 422,
    )
