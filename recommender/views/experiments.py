"""Experiments: the list, one of them, and its readings to take away."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from modelhub.htmx import is_fragment, render_page
from recommender.exports_experiments import (
    experiment_document,
    results_csv,
    results_document,
)
from recommender.forms.experiments import STATES, ExperimentFilterForm, VersionForm
from recommender.models import Experiment, ExperimentState
from recommender.queries.experiment_control import control_of
from recommender.queries.experiment_lists import (
    SHOWN,
    TONES,
    experiments_of,
    listed,
    result_of,
)
from recommender.queries.experiment_outlook import month_requests, pace
from recommender.queries.experiment_readiness import mixed_changes, problems_of
from recommender.queries.experiment_results import results_of
from recommender.views.experiment_page import results_context
from registry.access import OrganizationRequest, member_required

LIST_TARGET: Final = "experiments-results"
DETAIL_TARGET: Final = "experiment-readings"
EVENTS_SHOWN: Final = 50


@require_GET
@member_required
def experiment_list(request: OrganizationRequest) -> HttpResponse:
    form = ExperimentFilterForm(request.GET)
    context: dict[str, Any] = {"form": form, "states": STATES}
    is_valid = form.is_valid()
    if is_valid:
        chosen = form.cleaned_data
        found = listed(
            experiments_of(
                request.organization,
                state=chosen["state"],
                words=chosen["q"],
                feature=chosen["feature"],
            )[: SHOWN + 1]
        )
        context |= {
            "found": found[:SHOWN],
            "has_more": len(found) > SHOWN,
            "is_filtered": any(chosen.values()),
        }
    return render_page(
        request,
        "recommender/experiments.html",
        "recommender/_experiments_results.html",
        LIST_TARGET,
        context,
        status=200 if is_valid else 422,
    )


@require_GET
@member_required
def experiment_detail(request: OrganizationRequest, slug: str) -> HttpResponse:
    return page_of(request, one_experiment(request, slug))


@require_GET
@member_required
def experiment_export(
    request: OrganizationRequest, slug: str, kind: str
) -> HttpResponse:
    """What the page shows, as CSV (a line an arm) or JSON (with the hours)."""
    one = one_experiment(request, slug)
    results = results_of(one, timezone.now())
    if kind == "json":
        document = experiment_document(one) | {"results": results_document(results)}
        body, media = json.dumps(document, indent=1), "application/json"
    else:
        body, media = results_csv(one, results), "text/csv"
    response = HttpResponse(body, content_type=media)
    name = f"{one.slug}-{timezone.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def one_experiment(request: OrganizationRequest, slug: str) -> Experiment:
    return get_object_or_404(experiments_of(request.organization), slug=slug)


def page_of(
    request: OrganizationRequest, one: Experiment, refused: str = ""
) -> HttpResponse:
    """The page of one experiment; with `refused`, what was asked for was not done
    (409)."""
    now = timezone.now()
    context: dict[str, Any] = {
        "one": one,
        "result": result_of(one),
        "tone": TONES.get(ExperimentState(one.state), ""),
        "arms": list(one.arms.all()),
        "events": list(one.events.all()[:EVENTS_SHOWN]),
        "refused": refused,
        "has_changed": has_changed(request, one),
    }
    results = results_of(one, now)
    if results is None:
        context["problems"] = problems_of(one, control_of(one.feature))
        requests = month_requests(one.feature, now)
        share, wanted = least_share(one), one.min_requests_per_step
        context["pace"] = pace(requests, share, wanted)
        context["mixed"] = mixed_changes(context["arms"])
    else:
        context |= results_context(one, results, now)
    return render_page(
        request,
        "recommender/experiment.html",
        "recommender/_experiment_readings.html",
        DETAIL_TARGET,
        context,
        status=409 if refused else 200,
    )


def has_changed(request: OrganizationRequest, one: Experiment) -> bool:
    """Whether it was since the page that asks for its part was made."""
    form = VersionForm(request.GET)
    seen = form.cleaned_data.get("version") if form.is_valid() else None
    return is_fragment(request, DETAIL_TARGET) and seen != one.version


def least_share(one: Experiment) -> float:
    """Of the candidate that gets the fewest requests at the start, in percent."""
    if one.is_canary:
        return float(one.step_percent or 0)
    return min(
        (float(arm.share_percent) for arm in one.arms.all() if not arm.is_control),
        default=0.0,
    )
