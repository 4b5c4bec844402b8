"""Trials for pages: the form, loaded into the page of what is tried, and the answer as
lines of JSON, a piece each."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from modelhub.gateway.trials.asking import Failed, Piece, Trial, ask
from modelhub.gateway.trials.forms import TrialForm
from recommender.queries.callable_models import model_choices
from registry.access import OrganizationRequest, analyst_required
from registry.providers.response import ModelResponse

LINES = "application/x-ndjson"
TEMPLATES = {
    "trial": "modelhub/_trial.html",
    "drawer": "modelhub/_trial_drawer.html",
}
SAID = ("model", "feature", "prompt", "version")


@require_GET
@analyst_required
def trial_form(request: OrganizationRequest) -> HttpResponse:
    """The fields with which a page tries its model, its feature or its prompt."""
    context: dict[str, Any] = {name: request.GET.get(name, "")[:300] for name in SAID}
    has_model = bool(context["feature"] or context["model"])
    context["choices"] = [] if has_model else model_choices(request.organization)
    # Ids of the fields: a page may show a drawer beside its own form.
    context["place"] = place = "drawer" if request.GET.get("place") else "trial"
    return render(request, TEMPLATES[place], context)


@require_POST
@analyst_required
def trial_run(request: OrganizationRequest) -> Any:  # what streams is no HttpResponse
    """Ask. The call costs money like any other, and is recorded as a trial."""
    form = TrialForm(request.organization, request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return HttpResponse(_line(_failure(Failed(str(first)))), LINES, status=422)
    response = StreamingHttpResponse(_lines(form.trial()), content_type=LINES)
    # Nothing in between may wait for the end of the answer.
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _lines(trial: Trial) -> AsyncIterator[bytes]:
    async for event in ask(trial):
        if isinstance(event, Piece):
            yield _line({"text": event.text})
        elif isinstance(event, Failed):
            yield _line(_failure(event))
        else:
            yield _line(_end(event))


def _end(response: ModelResponse) -> dict[str, Any]:
    html = render_to_string("modelhub/_trial_end.html", {"response": response})
    return {"end": html, "request_id": response.request_id}


def _failure(failed: Failed) -> dict[str, Any]:
    return {"end": render_to_string("modelhub/_trial_failed.html", {"failed": failed})}


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"
