"""The log of requests, and one request with its attempts."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from analytics.forms.requests import (
    ERROR_CHOICES,
    OUTCOME_CHOICES,
    RANGES,
    SOURCE_CHOICES,
    RequestFilterForm,
)
from analytics.queries.calls import (
    CallFilter,
    has_calls,
    recent_requests,
    request_page,
)
from analytics.queries.request_detail import request_detail
from analytics.queries.request_filters import filter_choices
from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, member_required
from registry.models import Feature

TARGET = "requests-results"
CARD = "recent-calls"


@require_GET
@member_required
def request_list(request: OrganizationRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET, request.organization)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        chosen, state = form.chosen(), form.state()
        page = request_page(request.organization, chosen, form.cleaned_data["before"])
        context |= {
            "page": page,
            "state": state,
            "kept": urlencode(state),
            "older": urlencode({**state, "before": page.older}),
            "is_unused": not page.lines and not has_calls(request.organization),
            "base_url": request.build_absolute_uri("/v1/"),
        }
    if not is_fragment(request, TARGET):
        context |= {
            "choices": filter_choices(request.organization),
            "outcomes": OUTCOME_CHOICES,
            "sources": SOURCE_CHOICES,
            "errors": ERROR_CHOICES,
            "ranges": _ranges(form),
        }
    return render_page(
        request,
        "analytics/requests.html",
        "analytics/_requests_results.html",
        TARGET,
        context,
        status=200 if form.is_valid() else 422,
    )


@require_GET
@member_required
def request_show(request: OrganizationRequest, request_id: uuid.UUID) -> HttpResponse:
    detail = request_detail(request.organization, request_id)
    if detail is None:
        raise Http404("There is no such request, or it is past its retention.")
    return render(request, "analytics/request.html", {"detail": detail})


@require_GET
@member_required
def feature_calls(request: OrganizationRequest, key: str) -> HttpResponse:
    """The card of a feature's page; without JavaScript, the log of that feature."""
    feature = get_object_or_404(Feature, organization=request.organization, key=key)
    if not is_fragment(request, CARD):
        address = reverse("analytics:request_list")
        return redirect(f"{address}?{urlencode({'feature': feature.key})}")
    lines = recent_requests(request.organization, CallFilter(feature_id=feature.pk))
    context = {"lines": lines, "feature": feature}
    return render(request, "analytics/_recent_calls.html", context)


def _ranges(form: RequestFilterForm) -> list[tuple[str, str, bool]]:
    """Address, text and whether it is the one shown, of each time range."""
    state = {
        name: value
        for name, value in form.state().items()
        if name not in {"range", "since", "until"}
    }
    chosen = form.data.get("range", "")
    offered = [("", "All"), *((word, text) for word, (text, _) in RANGES.items())]
    return [
        (urlencode({**state, "range": word} if word else state), text, word == chosen)
        for word, text in offered
    ]
