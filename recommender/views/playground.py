"""The playground's page: what is asked, of whom, and what was asked before."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import render_page
from recommender.forms.playground import Lists, PlaygroundForm
from recommender.playground_request import MOST_MODELS, variable_names
from recommender.queries.calculator_form import active_features
from recommender.queries.callable_models import addable
from recommender.queries.playground import history
from recommender.queries.playground_estimate import estimate_run
from recommender.queries.playground_presets import Begun, of_link
from recommender.queries.vote_strengths import vote_strengths
from recommender.services.playground_runs import Origin, start_run
from registry.access import OrganizationRequest, analyst_required, member_required

HISTORY = "playground-history"


@require_GET
@member_required
def playground(request: OrganizationRequest) -> HttpResponse:
    """An empty run, or what a link brings along."""
    form = begun_form(request, of_link(request.organization, request.GET))
    return render(request, "recommender/playground.html", form_context(request, form))


@require_POST
@analyst_required
def playground_start(request: OrganizationRequest) -> HttpResponse:
    """Keep what is asked; the page that follows asks it."""
    form = PlaygroundForm(
        request.organization, request.user, request.POST, request.FILES
    )
    form.keep_uploads()
    if not form.is_valid():
        context = form_context(request, form)
        return render(request, "recommender/playground.html", context, status=422)
    run = start_run(
        organization=request.organization,
        actor=request.user,
        inputs=form.inputs,
        ai_models=form.ai_models,
        image_digests=form.lists.digests,
        is_blind=form.cleaned_data["blind"],
        origin=Origin(
            feature=form.cleaned_data["origin_feature"],
            prompt_version=form.cleaned_data["prompt_version"],
            parent=form.parent_run,
        ),
    )
    return HttpResponseRedirect(run.get_absolute_url())


@require_POST
@member_required
def playground_preview(request: OrganizationRequest) -> HttpResponse:
    """While somebody types: about what it costs, and the variables' fields where
    others are needed than the page has."""
    form = PlaygroundForm(request.organization, request.user, request.POST)
    form.is_valid()
    shown = tuple(form.lists.values)
    context = {
        "form": form,
        "estimate": _estimate(request, form),
        "has_other_variables": shown != variable_names(form.typed),
    }
    return render(request, "recommender/_playground_preview.html", context)


@require_GET
@member_required
def playground_models(request: OrganizationRequest) -> HttpResponse:
    """Models that can be added, those that can be called first."""
    words = request.GET.get("q", "")[:100]
    chosen = request.GET.getlist("m")
    context = {
        "options": addable(request.organization, words, set(chosen)),
        "words": words,
        "is_full": len(chosen) >= MOST_MODELS,
    }
    return render(request, "recommender/_playground_models.html", context)


@require_GET
@member_required
def playground_history(request: OrganizationRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:200]
    context = {
        "runs": history(request.organization, request.user, words),
        "words": words,
    }
    return render_page(
        request,
        "recommender/playground_history.html",
        "recommender/_playground_history.html",
        HISTORY,
        context,
    )


@require_GET
@member_required
def playground_votes(request: OrganizationRequest) -> HttpResponse:
    """The card with what votes say, in all or for a feature."""
    feature = request.GET.get("feature", "")[:80].replace("\x00", "")
    context = {
        "found": vote_strengths(request.organization, feature),
        "feature_key": feature,
        "features": active_features(request.organization),
    }
    return render(request, "recommender/_playground_votes.html", context)


def begun_form(request: OrganizationRequest, begun: Begun) -> PlaygroundForm:
    initial, lists = begun
    return PlaygroundForm(
        request.organization, request.user, initial=initial, lists=Lists(**lists)
    )


def form_context(request: OrganizationRequest, form: PlaygroundForm) -> dict[str, Any]:
    """What the form's template shows."""
    has_models = bool(addable(request.organization, "", ()))
    return {
        "form": form,
        "features": active_features(request.organization),
        "estimate": _estimate(request, form),
        "most_models": MOST_MODELS,
        "has_models": has_models,
        "has_callable": has_models and _can_call(request),
        "votes_url": reverse("recommender:playground_votes"),
    }


def _can_call(request: OrganizationRequest) -> bool:
    options = addable(request.organization, "", ())
    return any(not one.reason for one in options)


def _estimate(request: OrganizationRequest, form: PlaygroundForm) -> Any:
    models = form.ai_models
    limit = form["max_tokens"].value()
    return (
        estimate_run(
            request.organization,
            models,
            form.typed,
            form.images,
            int(limit) if str(limit or "").isdecimal() and int(limit) else None,
            timezone.now(),
        )
        if models
        else None
    )
