"""Cases out of real requests."""

from __future__ import annotations

import random
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from analytics.models import UsagePayload
from analytics.services.benchmark_samples import MOST_SAMPLED, sample_requests
from analytics.views.benchmark_suites import suite_or_404
from registry.access import OrganizationRequest, analyst_required
from registry.models import Feature, Organization


class SampleForm(forms.Form):
    feature = forms.ModelChoiceField(
        Feature.objects.none(), to_field_name="key", empty_label=None
    )
    number = forms.IntegerField(
        label="How many", min_value=1, max_value=MOST_SAMPLED, initial=50
    )
    days = forms.IntegerField(
        label="Of the last days", min_value=1, max_value=365, initial=14
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=2**31,
        help_text="The same seed draws the same of the same requests.",
    )
    with_answers = forms.BooleanField(
        required=False, label="Keep the answer given then as the expected one"
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["feature"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for mypy
        field.queryset = Feature.objects.filter(organization=organization)
        self.fields["seed"].initial = random.randrange(10_000)  # noqa: S311


@require_http_methods(["GET", "POST"])
@analyst_required
def sample(request: OrganizationRequest, key: str) -> HttpResponse:
    """Draw a sample of kept requests; where none are kept the page says so."""
    suite = suite_or_404(request, key)
    form = SampleForm(request.organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sampled = sample_requests(suite=suite, actor=request.user, **form.cleaned_data)
        said = f"{sampled.added} of {sampled.found} kept requests are cases now."
        if sampled.unfit:
            said += f" {sampled.unfit} hold more than texts and were left out."
        messages.success(request, said)
        return redirect("analytics:benchmark_suite", suite.key)
    kept = UsagePayload.objects.filter(organization=request.organization).count()
    context = {"suite": suite, "form": form, "kept": kept}
    return render(
        request,
        "analytics/benchmark_sample.html",
        context,
        status=422 if form.is_bound else 200,
    )
