"""The best models for a kind of work, within a budget or not."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from modelhub.htmx import render_page
from recommender.forms.recommendation_ask import AskForm
from recommender.queries.recommending import recommend_for_use_case
from registry.access import OrganizationRequest, member_required

TARGET: Final = "ask-results"
SHOWN: Final = 20
EXCLUDED: Final = 30


@require_GET
@member_required
def recommendation_ask(request: OrganizationRequest) -> HttpResponse:
    form = AskForm.of(request.GET)
    context: dict[str, Any] = {"form": form}
    is_valid = form.is_valid()
    if is_valid:
        found = recommend_for_use_case(
            request.organization,
            form.cleaned_data["use_case"],
            form.constraints,
            use=form.use,
        )
        context |= {
            "found": found,
            "shown": found.ranked[:SHOWN],
            "excluded": found.excluded[:EXCLUDED],
        }
    return render_page(
        request,
        "recommender/recommendation_ask.html",
        "recommender/_ask_results.html",
        TARGET,
        context,
        status=200 if is_valid else 422,
    )
