"""What is done with an experiment by one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from recommender.forms.experiments import VersionForm
from recommender.models import Experiment
from recommender.services import experiment_running as running
from recommender.services.experiment_changes import ExperimentRefused, Said
from recommender.services.experiment_promotion import promote
from recommender.services.experiment_undo import take_back
from recommender.services.experiments import delete_draft
from recommender.views.experiments import one_experiment, page_of
from registry.access import OrganizationRequest, editor_required


@require_POST
@editor_required
def experiment_start(request: OrganizationRequest, slug: str) -> HttpResponse:
    return _done(request, slug, running.start, "{name} is running.")


@require_POST
@editor_required
def experiment_pause(request: OrganizationRequest, slug: str) -> HttpResponse:
    said = "{name} is paused; all traffic goes to the assignment."
    return _done(request, slug, running.pause, said, "recommender:experiment_resume")


@require_POST
@editor_required
def experiment_resume(request: OrganizationRequest, slug: str) -> HttpResponse:
    said = "{name} goes on."
    return _done(request, slug, running.resume, said, "recommender:experiment_pause")


@require_POST
@editor_required
def experiment_step(request: OrganizationRequest, slug: str) -> HttpResponse:
    said = "{name}: {percent}% to the candidate now."
    return _done(
        request, slug, running.step_forward, said, "recommender:experiment_back"
    )


@require_POST
@editor_required
def experiment_back(request: OrganizationRequest, slug: str) -> HttpResponse:
    said = "{name} stepped back."
    return _done(request, slug, running.step_back, said)


@require_POST
@editor_required
def experiment_stop(request: OrganizationRequest, slug: str) -> HttpResponse:
    return _done(request, slug, running.stop, "{name} is stopped; the control is kept.")


@require_POST
@editor_required
def experiment_promote(request: OrganizationRequest, slug: str) -> HttpResponse:
    form = VersionForm(request.POST)
    key = form.cleaned_data.get("arm", "") if form.is_valid() else ""
    arms = [
        arm
        for arm in one_experiment(request, slug).arms.all()
        if (arm.key == key if key else not arm.is_control)
    ]
    if len(arms) != 1:
        raise Http404("There is no such arm.")
    said = f"{{feature}} is on {arms[0].reference} now."
    return _done(
        request, slug, promote, said, "recommender:experiment_undo", arm=arms[0]
    )


@require_POST
@editor_required
def experiment_undo(request: OrganizationRequest, slug: str) -> HttpResponse:
    one = one_experiment(request, slug)
    try:
        take_back(one, Said(request.user))
    except ExperimentRefused as refused:
        return page_of(request, one_experiment(request, slug), refused=str(refused))
    messages.success(request, f"{one.feature.name} is on its former model again.")
    return redirect(one)


@require_POST
@editor_required
def experiment_delete(request: OrganizationRequest, slug: str) -> HttpResponse:
    one = one_experiment(request, slug)
    try:
        delete_draft(experiment=one, actor=request.user)
    except ExperimentRefused as refused:
        return page_of(request, one_experiment(request, slug), refused=str(refused))
    messages.success(request, f"The draft {one.name} is deleted.")
    return redirect("recommender:experiment_list")


def _done(
    request: OrganizationRequest,
    slug: str,
    act: Callable[..., Experiment],
    said: str,
    undo: str = "",
    **wishes: Any,
) -> HttpResponse:
    """A refusal shows the page again with what is in the way (409)."""
    one = one_experiment(request, slug)
    form = VersionForm(request.POST)
    version = form.cleaned_data.get("version") if form.is_valid() else None
    try:
        now = act(one, Said(request.user, expected_version=version), **wishes)
    except ExperimentRefused as refused:
        return page_of(request, one_experiment(request, slug), refused=str(refused))
    text = said.format(
        name=now.name, percent=now.step_percent, feature=now.feature.name
    )
    messages.success(request, text, extra_tags=undo and reverse(undo, args=[now.slug]))
    return redirect(now)
