"""One run of the playground: its answers, votes, ratings, differences and links."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment
from recommender.forms.playground_answers import DiffForm, RatingForm, VoteForm
from recommender.models import PlaygroundImage, PlaygroundRun
from recommender.playground_code import code_of
from recommender.queries.playground import own_run, run_view, shared_run
from recommender.queries.playground_presets import of_run
from recommender.services.playground_answers import (
    attached_images,
    own_answer,
    request_for,
)
from recommender.services.playground_runs import (
    ask_again,
    reveal_names,
    run_again,
    share_run,
    unshare_run,
)
from recommender.services.votes import VoteRefused, rate_answer, take_vote_back, vote
from recommender.views.playground import begun_form, form_context
from registry.access import OrganizationRequest, analyst_required, member_required
from registry.prompts.difference import difference

ANSWERS = "playground-answers"


@require_GET
@member_required
def playground_run(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    """The run below its form, or its answers alone."""
    run = _own(request, run_id)
    if is_fragment(request, ANSWERS):
        return _answers(request, run)
    form = begun_form(request, of_run(run))
    context = {**form_context(request, form), **_run_context(request, run)}
    return render(request, "recommender/playground.html", context)


@require_GET
@member_required
def playground_shared(request: OrganizationRequest, key: str) -> HttpResponse:
    """A run that somebody of the organisation shows to the others."""
    run = shared_run(request.organization, key)
    if run is None:
        raise Http404
    view = run_view(run, request.user, is_mine=False)
    images = PlaygroundImage.objects.filter(
        organization=request.organization, digest__in=run.image_digests
    ).defer("data")
    context = {"view": view, "run": run, "images": images}
    return render(request, "recommender/playground_shared.html", context)


@require_POST
@analyst_required
def playground_vote(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    run = _own(request, run_id)
    form = VoteForm(run, request.POST)
    problem = ""
    if not form.is_valid():
        problem = "There is no such answer to vote for."
    elif form.cleaned_data["is_taken_back"]:
        take_vote_back(run=run, actor=request.user)
    else:
        try:
            vote(run=run, actor=request.user, winner=form.cleaned_data["best"])
        except VoteRefused as refused:
            problem = str(refused)
    return _after(request, run, problem)


@require_POST
@analyst_required
def playground_reveal(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    run = _own(request, run_id)
    reveal_names(run=run)
    return _after(request, run)


@require_POST
@analyst_required
def playground_again(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    run = _own(request, run_id)
    if not run.answers.exclude(ai_model=None).exists():
        messages.error(request, "None of its models is in the catalogue any more.")
        return HttpResponseRedirect(run.get_absolute_url())
    fresh = run_again(run=run, actor=request.user)
    return HttpResponseRedirect(fresh.get_absolute_url())


@require_POST
@analyst_required
def playground_share(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    """Make the link, or with `stop` take it away."""
    run = _own(request, run_id)
    if "stop" in request.POST:
        unshare_run(run=run, actor=request.user)
    else:
        share_run(run=run, actor=request.user)
    return _after(request, run)


@require_POST
@analyst_required
def answer_rate(request: OrganizationRequest, answer_id: uuid.UUID) -> HttpResponse:
    answer = own_answer(request.organization, request.user, answer_id)
    if answer is None:
        raise Http404
    form = RatingForm(request.POST)
    context: dict[str, Any] = {"answer": answer, "is_saved": form.is_valid()}
    if form.is_valid():
        rate_answer(answer=answer, actor=request.user, **form.cleaned_data)
    else:
        context["problem"] = next(iter(form.errors.values()))[0]
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(answer.run.get_absolute_url())
    status = 200 if form.is_valid() else 422
    template = "recommender/_playground_rating.html"
    return render(request, template, context, status=status)


@require_POST
@analyst_required
def answer_again(request: OrganizationRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Ask once more where no answer came; the page starts it."""
    answer = own_answer(request.organization, request.user, answer_id)
    if answer is None:
        raise Http404
    ask_again(answer=answer)
    response = _after(request, answer.run)
    response["HX-Trigger-After-Settle"] = json.dumps({"ask-now": str(answer.pk)})
    return response


@require_GET
@member_required
def answer_code(request: OrganizationRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The same call as code, without any key."""
    answer = own_answer(request.organization, request.user, answer_id)
    if answer is None or answer.run.hides_names:
        raise Http404
    run = answer.run
    attached = attached_images(run.organization, run.image_digests)
    base_url = request.build_absolute_uri("/v1")
    context = {
        "answer": answer,
        "codes": code_of(request_for(answer), answer.reference, base_url, attached),
    }
    return render(request, "recommender/_playground_code.html", context)


@require_GET
@member_required
def playground_diff(request: OrganizationRequest, run_id: uuid.UUID) -> HttpResponse:
    """Two answers of one run beside each other, their words marked."""
    run = _own(request, run_id)
    form = DiffForm(run, request.GET)
    if not form.is_valid():
        raise Http404
    one, other = form.cleaned_data["a"], form.cleaned_data["b"]
    names = [
        each.letter if run.hides_names else each.reference for each in (one, other)
    ]
    context = {
        "difference": difference(one.text, other.text, context_lines=None),
        "names": names,
        "first": one,
        "second": other,
        "view": run_view(run, request.user, is_mine=True),
        "run": run,
    }
    return render(request, "recommender/_playground_diff.html", context)


@require_GET
@member_required
def playground_image(request: OrganizationRequest, digest: str) -> HttpResponse:
    image = PlaygroundImage.objects.filter(
        organization=request.organization, digest=digest
    ).first()
    if image is None:
        raise Http404
    response = HttpResponse(bytes(image.data), content_type=image.media_type)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    # Somebody's bytes are shown as a picture or not at all.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


def _own(request: OrganizationRequest, run_id: uuid.UUID) -> PlaygroundRun:
    run = own_run(request.organization, request.user, run_id)
    if run is None:
        raise Http404
    return run


def _after(
    request: OrganizationRequest, run: PlaygroundRun, problem: str = ""
) -> HttpResponse:
    """The answers as they are now, or the page where there is no script."""
    if not getattr(request, "htmx", None):
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(run.get_absolute_url())
    run.refresh_from_db()
    return _answers(request, run, problem)


def _answers(
    request: OrganizationRequest, run: PlaygroundRun, problem: str = ""
) -> HttpResponse:
    context = {**_run_context(request, run), "problem": problem}
    return render(
        request,
        "recommender/_playground_answers.html",
        context,
        status=422 if problem else 200,
    )


def _run_context(request: HttpRequest, run: PlaygroundRun) -> dict[str, Any]:
    link = ""
    if run.share_key:
        path = reverse("recommender:playground_shared", args=[run.share_key])
        link = request.build_absolute_uri(path)
    view = run_view(run, request.user, is_mine=True)  # type: ignore[arg-type]  # signed in
    return {"run": run, "view": view, "share_link": link}
