"""What a model or a feature really did of late: a card on its page."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.asked import Level
from analytics.benchmark_facts import Beside
from analytics.performance import performance
from analytics.periods import Range, period_of
from analytics.queries.measured_models import documented_beside_measured
from analytics.queries.measures import measure
from analytics.questions import Dimension, Question, Step
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.model_access import exact_model
from registry.models import Feature

TARGET: Final = "performance"
RANGE: Final = Range.MONTH


@require_GET
@member_required
def model_performance(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    ai_model = exact_model(request, provider_slug, model_name)
    return _card(
        request,
        Dimension.MODEL,
        ai_model.pk,
        Level.CALL,
        {"model": ai_model.reference, "split": "feature"},
        documented_beside_measured(request.organization, ai_model),
    )


@require_GET
@member_required
def feature_performance(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = get_object_or_404(Feature, organization=request.organization, key=key)
    return _card(
        request,
        Dimension.FEATURE,
        feature.pk,
        Level.REQUEST,
        {"feature": feature.key, "split": "model"},
    )


def _card(
    request: OrganizationRequest,
    dimension: Dimension,
    pk: int,
    level: Level,
    state: dict[str, str],
    beside: Beside | None = None,
) -> HttpResponse:
    now, zone = timezone.now(), request.organization.zone
    period = period_of(RANGE, now, zone)
    answer = measure(
        Question(
            organization_id=request.organization.pk,
            start=period.start,
            end=period.until,
            zone=zone,
            step=Step.DAY,
            only={dimension: frozenset({pk})},
            with_histograms=True,
        )
    )
    context: dict[str, Any] = {
        "performance": performance(answer, period, level, now),
        "query": urlencode({**state, "range": RANGE.value}),
        "beside": beside,
        "as_of": answer.as_of.astimezone(zone),
    }
    page, part = "analytics/performance.html", "analytics/_performance.html"
    return render_page(request, page, part, TARGET, context)
