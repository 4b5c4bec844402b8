"""The first page: what a lead looks at in the morning; how to begin before there is
anything to look at."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.models import UsageRecord
from analytics.queries.overview import morning, morning_answers
from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, member_required
from registry.queries.overview import load_overview

TARGET = "overview-results"


@require_GET
@member_required
def overview(request: OrganizationRequest) -> HttpResponse:
    return render_page(
        request,
        "analytics/overview.html",
        "analytics/_overview_results.html",
        TARGET,
        _context(request),
    )


def _context(request: OrganizationRequest) -> dict[str, Any]:
    organization, now = request.organization, timezone.now()
    if UsageRecord.objects.filter(organization_id=organization.pk).exists():
        answers = morning_answers(organization, now)
        found = morning(organization, answers)
        # The frame shows the same number, and need not ask for it again.
        shown: dict[str, Any] = {
            "morning": found,
            "alert_shell": {"open": found.alert_count},
        }
    else:
        shown = {"overview": load_overview(organization, now)}
    return {**shown, "is_part": is_fragment(request, TARGET)}
