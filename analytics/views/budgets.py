"""What was spent of a budget."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.queries.budgets import model_spending
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.model_access import exact_model

TARGET = "model-spending"


@require_GET
@member_required
def spending(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """One line for the model's configuration, or a small page without JavaScript."""
    ai_model = exact_model(request, provider_slug, model_name)
    context = {
        "ai_model": ai_model,
        "spending": model_spending(request.organization, ai_model, timezone.now()),
    }
    return render_page(
        request,
        "analytics/model_spending.html",
        "analytics/_model_spending.html",
        TARGET,
        context,
    )
