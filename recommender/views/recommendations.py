"""Recommendations: the list, one of them taken apart, and what is decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import render_page
from recommender.charts_recommendations import share_figure, spend_figure
from recommender.exports_recommendations import (
    recommendation_document,
    recommendations_csv,
)
from recommender.forms.recommendations import (
    EVIDENCE,
    STATES,
    DismissForm,
    RecommendationFilterForm,
    SnoozeForm,
)
from recommender.models import (
    Recommendation,
    RecommendationKind,
    RecommendationState,
)
from recommender.queries.before_and_after import before_and_after
from recommender.queries.recommendation_lists import (
    SHOWN,
    recommendations_of,
    savings_of,
    shares_of,
    state_counts,
    suite_key_for,
)
from recommender.queries.recommendation_looks import look_card, silent_features
from recommender.queries.scoring_rules import limits_of
from recommender.services import recommendations as decisions
from recommender.services.recommendations import SNOOZE_DAYS, RecommendationRefused
from recommender.views.recommendation_words import score_rows
from registry.access import (
    OrganizationRequest,
    editor_required,
    member_required,
)
from registry.models import Organization

TARGET: Final = "recommendations-results"
MOST_EXPORTED: Final = 5_000


@require_GET
@member_required
def recommendation_list(request: OrganizationRequest) -> HttpResponse:
    form = RecommendationFilterForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "limits": limits_of(request.organization),
        "card": look_card(request.organization),
    }
    is_valid = form.is_valid()
    if is_valid:
        context |= _listed(request, form)
    return render_page(
        request,
        "recommender/recommendations.html",
        "recommender/_recommendations_results.html",
        TARGET,
        context,
        status=200 if is_valid else 422,
    )


@require_GET
@member_required
def recommendation_export(request: OrganizationRequest, kind: str) -> HttpResponse:
    """What the list shows, all of it, as CSV or JSON."""
    form = RecommendationFilterForm(request.GET)
    if not form.is_valid():
        return HttpResponse("The address does not fit.", status=422)
    found = recommendations_of(request.organization, **form.chosen)[:MOST_EXPORTED]
    if kind == "json":
        told = [recommendation_document(one) for one in found]
        body, media = json.dumps(told, indent=1), "application/json"
    else:
        body, media = recommendations_csv(found), "text/csv"
    response = HttpResponse(body, content_type=media)
    name = f"recommendations-{timezone.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@member_required
def recommendation_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    return render(
        request, "recommender/recommendation.html", _detail(request, _one(request, pk))
    )


@require_POST
@editor_required
def recommendation_apply(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    return _decided(
        request,
        one,
        lambda: decisions.apply(recommendation=one, actor=request.user),
        f"{one.feature.name} is on {one.proposed_reference} now.",
        undo="recommender:recommendation_undo",
    )


@require_POST
@editor_required
def recommendation_undo(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    return _decided(
        request,
        one,
        lambda: decisions.undo(recommendation=one, actor=request.user),
        f"{one.feature.name} is on {one.current_reference} again.",
    )


@require_POST
@editor_required
def recommendation_snooze(request: OrganizationRequest, pk: int) -> HttpResponse:
    one, form = _one(request, pk), SnoozeForm(request.POST)
    if not form.is_valid():
        return _refused(request, one, str(form.errors["days"][0]))
    days = form.cleaned_data["days"]
    return _decided(
        request,
        one,
        lambda: decisions.snooze(recommendation=one, days=days, actor=request.user),
        f"{one.feature.name}: out of sight for {days} days.",
        undo="recommender:recommendation_reopen",
    )


@require_POST
@editor_required
def recommendation_dismiss(request: OrganizationRequest, pk: int) -> HttpResponse:
    one, form = _one(request, pk), DismissForm(request.POST)
    if not form.is_valid():
        return _refused(request, one, str(form.errors["reason"][0]))
    reason = form.cleaned_data["reason"]
    return _decided(
        request,
        one,
        lambda: decisions.dismiss(
            recommendation=one, reason=reason, actor=request.user
        ),
        f"{one.feature.name}: dismissed.",
        undo="recommender:recommendation_reopen",
    )


@require_POST
@editor_required
def recommendation_reopen(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    return _decided(
        request,
        one,
        lambda: decisions.reopen(recommendation=one, actor=request.user),
        f"{one.feature.name}: open again.",
    )


def _listed(
    request: OrganizationRequest, form: RecommendationFilterForm
) -> dict[str, Any]:
    organization = request.organization
    chosen = form.chosen
    found = list(recommendations_of(organization, **chosen)[: SHOWN + 1])
    counts = state_counts(organization)
    today = timezone.now().astimezone(organization.zone).date()
    shares = shares_of(organization, today)
    opened = [one for one in found if one.state == RecommendationState.OPEN]
    figures = savings_of(organization)
    is_filtered = bool(chosen["words"] or chosen["evidence"] or chosen["kind"])
    return {
        "found": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "state": chosen["state"],
        "is_filtered": is_filtered,
        "kind_choices": RecommendationKind.choices,
        "tabs": [
            (
                form.address(state="" if value == "open" else value),
                label,
                sum(counts.values()) if value == "all" else counts.get(value, 0),
                value == chosen["state"],
            )
            for value, label in STATES
        ],
        "evidence_choices": EVIDENCE,
        "savings": figures,
        "share": shares[-1] if shares else None,
        "spend_figure": spend_figure(opened, figures.spent_usd)
        if chosen["state"] == "open" and not is_filtered
        else None,
        "share_figure": share_figure(shares),
        "query": form.address(),
        "snooze_days": SNOOZE_DAYS,
        **_beside(organization, chosen["state"], is_filtered),
    }


def _beside(
    organization: Organization, state: str, is_filtered: bool
) -> dict[str, Any]:
    """What stands beside the list of a state."""
    if state == RecommendationState.APPLIED:
        return {"applied": before_and_after(organization, timezone.now())}
    if state == RecommendationState.OPEN and not is_filtered:
        return {"silent": silent_features(organization)}
    return {}


def _detail(request: OrganizationRequest, one: Recommendation) -> dict[str, Any]:
    details = one.details
    return {
        "one": one,
        "details": details,
        "rows": score_rows(details),
        "snooze_days": SNOOZE_DAYS,
        "follow_ups": list(one.follow_ups.all()),
        "suite": suite_key_for(request.organization, one.feature)
        if one.needs_benchmark
        else "",
    }


def _one(request: OrganizationRequest, pk: int) -> Recommendation:
    return get_object_or_404(
        Recommendation.objects.select_related(
            "feature", "current_model__provider", "proposed_model__provider"
        ),
        pk=pk,
        organization=request.organization,
    )


def _decided(
    request: OrganizationRequest,
    one: Recommendation,
    act: Callable[[], Recommendation],
    said: str,
    undo: str = "",
) -> HttpResponse:
    try:
        act()
    except RecommendationRefused as refused:
        return _refused(request, one, str(refused))
    messages.success(request, said, extra_tags=undo and reverse(undo, args=[one.pk]))
    return redirect(one)


def _refused(
    request: OrganizationRequest, one: Recommendation, why: str
) -> HttpResponse:
    one.refresh_from_db()
    context = _detail(request, one) | {"refused": why}
    return render(request, "recommender/recommendation.html", context, status=409)
