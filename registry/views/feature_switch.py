"""Quick changes of a feature's model: switch, roll back, undo, take away."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, editor_required
from registry.forms.assignments import RevisionForm, SwitchForm
from registry.models import AIModel
from registry.parameters import ParameterError
from registry.queries.candidates import Option, load_candidates, requirements_of
from registry.queries.features import FeatureRow
from registry.queries.switching import SwitchPlan, plan_switch
from registry.services.assignments import (
    AssignmentRefused,
    Outcome,
    StaleAssignment,
    assign_model,
    roll_back,
    unassign,
)
from registry.views.feature_lookup import row_or_404, say_outcome, undo_url

ROW = "registry/_feature_row.html"
CARD = "registry/_feature_card.html"
PAGE = "registry/feature_switch.html"


@require_http_methods(["GET", "POST"])
@editor_required
def feature_switch(request: OrganizationRequest, key: str) -> HttpResponse:
    """GET shows what switching to `?model=` would change (without one: the row as it
    is); POST does it."""
    row = row_or_404(request, key)
    form = SwitchForm(request.organization, request.POST or request.GET)
    if not form.is_valid():
        problem = form.errors.get("model") if form.data.get("model") else None
        text = str(problem[0]) if problem else ""
        return _answer(request, row, error=text, status=422 if text else 200)
    plan = plan_switch(row, _option(row, form.cleaned_data["model"]))
    if request.method == "GET":
        return _answer(request, row, plan)
    expected = form.cleaned_data["expected_revision"]
    return _switched(request, plan, row.number if expected is None else expected)


@require_POST
@editor_required
def assignment_roll_back(
    request: OrganizationRequest, key: str, number: int
) -> HttpResponse:
    """Say again what revision `number` said."""
    return _rolled_back(request, key, number, f"Rolled back to r{number}.")


@require_POST
@editor_required
def assignment_undo(
    request: OrganizationRequest, key: str, to: int, expected: int
) -> HttpResponse:
    """Take back the change that made revision `expected`."""
    return _rolled_back(request, key, to, "Change taken back.", expected)


@require_POST
@editor_required
def assignment_remove(request: OrganizationRequest, key: str) -> HttpResponse:
    """Take the model away from the feature."""
    row = row_or_404(request, key)
    form = RevisionForm(request.POST)
    expected = form.cleaned_data["expected_revision"] if form.is_valid() else row.number
    try:
        outcome = unassign(
            feature=row.feature, actor=request.user, expected_revision=expected
        )
    except (StaleAssignment, AssignmentRefused) as error:
        return _refused(request, row, error)
    say_outcome(request, row.feature, outcome, "Model taken away.")
    return redirect(row.feature)


def _rolled_back(
    request: OrganizationRequest,
    key: str,
    number: int,
    text: str,
    expected: int | None = None,
) -> HttpResponse:
    row = row_or_404(request, key)
    if expected is None:
        form = RevisionForm(request.POST)
        seen = form.cleaned_data["expected_revision"] if form.is_valid() else None
        expected = row.number if seen is None else seen
    try:
        outcome = roll_back(
            feature=row.feature,
            to_revision=number,
            actor=request.user,
            expected_revision=expected,
        )
    except (StaleAssignment, AssignmentRefused) as error:
        return _refused(request, row, error)
    say_outcome(request, row.feature, outcome, text)
    return redirect(row.feature)


def _refused(
    request: OrganizationRequest, row: FeatureRow, error: Exception
) -> HttpResponse:
    """A page that says why nothing was changed: 409 when stale, else 422."""
    is_stale = isinstance(error, StaleAssignment)
    context = {"feature": row.feature, "row": row, "error": error, "stale": is_stale}
    status = 409 if is_stale else 422
    return render(request, "registry/feature_refused.html", context, status=status)


def _switched(
    request: OrganizationRequest, plan: SwitchPlan, expected: int
) -> HttpResponse:
    feature = plan.row.feature
    try:
        outcome = assign_model(
            feature=feature,
            ai_model=plan.option.ai_model,
            fallbacks=plan.kept,
            parameters=dict(plan.row.parameters),
            prompt_version=plan.row.prompt_version,
            actor=request.user,
            expected_revision=expected,
        )
    except StaleAssignment as stale:
        # Plan again from what is in force now: pressing Switch puts it on top.
        row = row_or_404(request, feature.key)
        again = plan_switch(row, plan.option)
        return _answer(request, row, again, stale=stale, status=409)
    except (AssignmentRefused, ParameterError) as error:
        return _answer(request, plan.row, plan, error=str(error), status=422)
    text = f"{feature.name} uses {plan.option.ai_model.reference} now."
    if is_fragment(request, _target(plan.row)):
        return _row_with_toast(request, feature.key, outcome, text)
    say_outcome(request, feature, outcome, text)
    return redirect("registry:feature_list")


def _row_with_toast(
    request: OrganizationRequest, key: str, outcome: Outcome, text: str
) -> HttpResponse:
    row = row_or_404(request, key)
    undo = undo_url(row.feature, outcome) if outcome.is_new else ""
    context = {"row": row, "toast": text, "undo": undo}
    return render(request, _row_template(request), context)


def _answer(
    request: OrganizationRequest,
    row: FeatureRow,
    plan: SwitchPlan | None = None,
    *,
    stale: StaleAssignment | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": row,
        "feature": row.feature,
        "plan": plan,
        "stale": stale,
        "error": error,
    }
    template = _row_template(request)
    return render_page(request, PAGE, template, _target(row), context, status=status)


def _option(row: FeatureRow, ai_model: AIModel) -> Option:
    now = timezone.now()
    candidate = load_candidates([ai_model], row.feature.organization, now)[ai_model.pk]
    verdict = candidate.verdict(requirements_of(row.feature), now.date())
    return Option(candidate, verdict)


def _target(row: FeatureRow) -> str:
    return f"feature-{row.feature.pk}"


def _row_template(request: OrganizationRequest) -> str:
    data = request.POST or request.GET
    return CARD if data.get("view") == "cards" else ROW
