"""The button "Look again": ask a worker, and show how far it is."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from recommender.queries.recommendation_looks import look_card
from recommender.services.recommendation_looks import (
    QueueUnavailable,
    request_look,
    send_to_worker,
)
from registry.access import OrganizationRequest, analyst_required, member_required

NO_QUEUE: Final = (
    "The task queue does not answer. `modelhub recommend look` looks without it."
)
PAGE: Final = "recommender:recommendation_list"


@require_POST
@analyst_required
def recommendation_look(request: OrganizationRequest) -> HttpResponse:
    """Have every feature judged, as the night would. Pressed twice it is one look."""
    request_look(request.organization, user=request.user)
    try:
        send_to_worker()
    except QueueUnavailable:
        messages.warning(request, NO_QUEUE)
    return redirect(PAGE)


@require_GET
@member_required
def recommendation_look_state(request: OrganizationRequest) -> HttpResponse:
    """How far the look is; at its end the page is loaded again, for it is another."""
    if not getattr(request, "htmx", False):
        return redirect(PAGE)
    card = look_card(request.organization)
    if not card.is_running:
        return HttpResponseClientRefresh()
    return render(request, "recommender/_recommendation_look.html", {"card": card})
