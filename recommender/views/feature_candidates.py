"""Every model as a candidate for a feature, as of now; and the way to
a benchmark of two of them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from recommender.models import Recommendation
from recommender.queries.recommendation_lists import suite_key_for
from recommender.queries.recommending import recommend_for_feature
from recommender.recommending.feature_use_case import BY_KEY
from registry.access import OrganizationRequest, member_required
from registry.models import Feature

SHOWN: Final = 20
EXCLUDED: Final = 30


class CandidatesForm(forms.Form):
    use_case = forms.ChoiceField(
        choices=[(one.key, one.label) for one in BY_KEY.values()], required=False
    )
    all = forms.BooleanField(required=False)


@require_GET
@member_required
def feature_candidates(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = get_object_or_404(
        Feature, organization=request.organization, key=key, archived_at=None
    )
    form = CandidatesForm(request.GET)
    is_valid = form.is_valid()
    wanted = form.cleaned_data if is_valid else {}
    found = recommend_for_feature(
        feature,
        use_case=wanted.get("use_case", ""),
        is_any_model=wanted.get("all", False),
    )
    context: dict[str, Any] = {
        "feature": feature,
        "found": found,
        "shown": found.ranked[:SHOWN],
        "excluded": found.excluded[:EXCLUDED],
        "use_cases": list(BY_KEY.values()),
        "is_all": wanted.get("all", False),
        "suite": suite_key_for(request.organization, feature),
        "is_wrong": not is_valid,
    }
    status = 200 if is_valid else 422
    return render(
        request, "recommender/feature_candidates.html", context, status=status
    )


@require_GET
@member_required
def recommendation_benchmark(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The form of a benchmark run with the suite and both models chosen; to the suites
    where there is none that fits."""
    one = get_object_or_404(
        Recommendation.objects.select_related("feature"),
        pk=pk,
        organization=request.organization,
    )
    suite = suite_key_for(request.organization, one.feature)
    if not suite:
        return redirect("analytics:benchmark_list")
    models = [one.current_reference, one.proposed_reference]
    query = urlencode({"suite": suite, "models": models}, doseq=True)
    return redirect(f"{reverse('analytics:benchmark_run_new')}?{query}")
