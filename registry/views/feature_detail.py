"""One feature: its requirements, its chain of models, its history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.assignment_state import AssignmentState, three_way
from registry.fallback_order import added, moved, without
from registry.forms.assignments import (
    AssignmentForm,
    CandidateSearchForm,
    StepForm,
    as_key,
    posted_keys,
    visible_models,
)
from registry.forms.parameters import parameters_initial
from registry.parameters import ParameterError
from registry.queries.assignments import prompt_words, revision_at, state_of
from registry.queries.candidates import find_options
from registry.queries.circuits import chain_circuits
from registry.queries.drafts import Draft, draft_in_force, draft_of
from registry.queries.feature_history import feature_history
from registry.queries.features import FeatureRow
from registry.queries.prompts import declared
from registry.queries.routes import route_of
from registry.services.assignments import (
    AssignmentRefused,
    StaleAssignment,
    assign_model,
)
from registry.services.model_settings import ModelRefused, enable_model
from registry.views.feature_lookup import row_or_404, say_outcome

PAGE = "registry/feature_detail.html"
ASSIGNMENT = "assignment"
CANDIDATES = "candidates"
SHOWN_HISTORY = 20
LONGEST_HISTORY = 1000


@require_GET
@member_required
def feature_detail(request: OrganizationRequest, key: str) -> HttpResponse:
    """The feature as it is; `?find=` searches the catalogue for candidates."""
    row = row_or_404(request, key)
    context = _context(request, row, draft_in_force(row), _initial_form(request, row))
    return render_page(
        request, PAGE, "registry/_feature_candidates.html", CANDIDATES, context
    )


@require_POST
@editor_required
def assignment_draft(request: OrganizationRequest, key: str) -> HttpResponse:
    """The form again after one button: another model, one fallback more, less, up or
    down. Nothing of the assignment is saved."""
    row = row_or_404(request, key)
    step = StepForm(request.POST).pressed()
    notice = ""
    if step and step[0] == "enable":
        notice = _enable(request, step[1])
        row = row_or_404(request, key)
    form = AssignmentForm(request.organization, request.POST)
    context = _context(request, row, _posted_draft(request, row, step), form)
    context |= {"notice": notice, "refresh_candidates": bool(notice)}
    context["is_draft"] = True
    return render_page(
        request, PAGE, "registry/_assignment_form.html", ASSIGNMENT, context
    )


@require_POST
@editor_required
def assignment_save(request: OrganizationRequest, key: str) -> HttpResponse:
    """Put the form's assignment in force: 422 where it is wrong or refused, 409 where
    someone else was faster."""
    row = row_or_404(request, key)
    form = AssignmentForm(request.organization, request.POST)
    if not form.is_valid():
        return _again(request, row, form)
    try:
        outcome = assign_model(
            feature=row.feature,
            ai_model=form.cleaned_data["model"],
            fallbacks=form.cleaned_data["fallbacks"],
            parameters=form.parameters,
            prompt_version=form.cleaned_data["prompt"],
            actor=request.user,
            expected_revision=form.cleaned_data["expected_revision"],
            note=form.cleaned_data["note"],
        )
    except AssignmentRefused as refused:
        return _again(request, row, form, refused=refused)
    except ParameterError as error:
        form.add_error(None, str(error))
        return _again(request, row, form)
    except StaleAssignment as stale:
        return _conflict(request, row, form, stale)
    say_outcome(request, row.feature, outcome, "Assignment saved.")
    return redirect(row.feature)


def _context(
    request: OrganizationRequest, row: FeatureRow, draft: Draft, form: AssignmentForm
) -> dict[str, Any]:
    search = CandidateSearchForm(request.POST or request.GET)
    wanted = search.cleaned_data if search.is_valid() else {}
    words = wanted.get("find", "")
    context: dict[str, Any] = {
        "row": row,
        "feature": row.feature,
        "draft": draft,
        "form": form,
        "search": search,
        "words": words,
        "found": find_options(row.feature, words, timezone.now()) if words else [],
    }
    if not is_fragment(request, ASSIGNMENT) and not is_fragment(request, CANDIDATES):
        limit = LONGEST_HISTORY if wanted.get("history") else SHOWN_HISTORY
        events = feature_history(row.feature, row.number, limit + 1)
        context |= {"history": events[:limit], "has_more": len(events) > limit}
        context |= _route(request, row)
        context["prompt_variables"] = _variable_names(row)
    return context


def _variable_names(row: FeatureRow) -> list[str]:
    """What the system prompt in force asks for."""
    version = row.prompt_version
    return [one.name for one in declared(version)] if version else []


def _route(request: OrganizationRequest, row: FeatureRow) -> dict[str, Any]:
    """Who would be asked now, and who answers as far as is known."""
    now = timezone.now()
    chain = [row.current, *row.fallbacks] if row.current else []
    lines = chain_circuits(
        request.organization, [option.ai_model.pk for option in chain], now
    )
    pairs = {(line.row.connection_id, line.row.ai_model_id) for line in lines}
    route = route_of(row, now, pairs)
    answering = route.answering.ai_model.pk if route and route.answering else None
    return {
        "route": route,
        "chain_circuits": lines,
        "answering": next(
            (one for one in chain if one.ai_model.pk == answering), row.current
        ),
        "base_url": request.build_absolute_uri("/v1"),
    }


def _initial_form(request: OrganizationRequest, row: FeatureRow) -> AssignmentForm:
    initial = {
        **parameters_initial(dict(row.parameters)),
        "expected_revision": row.number,
        "prompt": prompt_words(row.prompt_version),
    }
    return AssignmentForm(request.organization, initial=initial)


def _posted_draft(
    request: OrganizationRequest, row: FeatureRow, step: tuple[str, int] | None
) -> Draft:
    chosen = as_key(request.POST.get("model", ""))
    order = posted_keys(request.POST, "fallbacks")
    match step:
        case ("up", entry):
            order = moved(order, entry, -1)
        case ("down", entry):
            order = moved(order, entry, 1)
        case ("take_out", entry):
            order = without(order, entry)
        case ("add", entry):
            order = added(order, entry, chosen)
        case ("use", entry):
            chosen = entry
    keys = {key for key in (chosen, *order) if key}
    visible = visible_models(request.organization).filter(pk__in=keys)
    return draft_of(row, chosen, order, visible, timezone.now())


def _enable(request: OrganizationRequest, entry: int) -> str:
    """What to say after enabling the model; empty where there is nothing to enable."""
    ai_model = visible_models(request.organization).filter(pk=entry).first()
    if ai_model is None:
        return ""
    try:
        enable_model(
            organization=request.organization, ai_model=ai_model, actor=request.user
        )
    except ModelRefused as refused:
        return str(refused)
    return f"{ai_model.reference} is enabled now."


def _again(
    request: OrganizationRequest,
    row: FeatureRow,
    form: AssignmentForm,
    refused: AssignmentRefused | None = None,
) -> HttpResponse:
    context = _context(request, row, _posted_draft(request, row, None), form)
    context |= {"refused": refused, "is_draft": True, "show_errors": True}
    return render(request, PAGE, context, status=422)


def _conflict(
    request: OrganizationRequest,
    row: FeatureRow,
    form: AssignmentForm,
    stale: StaleAssignment,
) -> HttpResponse:
    """Both versions side by side, with a way to keep either."""
    expected = form.cleaned_data["expected_revision"]
    mine = AssignmentState(
        model=form.cleaned_data["model"].reference,
        fallbacks=tuple(one.reference for one in form.cleaned_data["fallbacks"]),
        parameters=form.parameters,
        prompt=prompt_words(form.cleaned_data["prompt"]),
    )
    base = state_of(revision_at(row.feature, expected))
    context = {
        "feature": row.feature,
        "current": stale.current,
        "lines": three_way(base, state_of(stale.current), mine),
        "base_number": expected,
        "has_base": True,
        "mine": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "expected_revision"}
            for value in values
        ],
        "expected_name": "expected_revision",
        "expected": stale.current.number if stale.current else 0,
        "action": reverse("registry:assignment_save", args=[row.feature.key]),
    }
    return render(request, "registry/feature_conflict.html", context, status=409)
