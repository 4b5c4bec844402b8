"""What switching to a pack would change and cost; the switch; or a plan of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analytics.charts import CostPair, projected_cost_figure
from analytics.forms.pack_switch import PackPlanForm, PackSwitchForm
from analytics.pack_projection import Projection
from analytics.pack_words import basis, lines_of, saved, summary
from analytics.queries.pack_costs import projected_costs
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import Pack, PackVersion
from registry.packs.difference import FeatureChange
from registry.packs.finding_words import grouped
from registry.queries.pack_difference import SwitchPlan, pack_difference
from registry.queries.pack_editor import feature_names
from registry.queries.pack_history import switch_rows
from registry.queries.packs import pack_named, version_of
from registry.services.pack_switches import switch_pack
from registry.services.pack_switching import (
    StaleSwitch,
    SwitchOutcome,
    SwitchRefused,
)
from registry.services.planned_switches import (
    PlanOptions,
    PlanRefused,
    plan_switch_at,
    plan_switch_on_budget,
)

PAGE = "analytics/pack_switch.html"
RESULTS = "pack-difference"


@require_GET
@member_required
def pack_switch(request: OrganizationRequest, slug: str) -> HttpResponse:
    """The difference to what is in force; `?version=`, `?keep=` and the other choices
    may stand in the address."""
    form = PackSwitchForm(request.GET)
    return _answer(request, _version_or_404(request, slug, form), form)


@require_POST
@member_required
def pack_switch_preview(request: OrganizationRequest, slug: str) -> HttpResponse:
    """The difference again after a choice. Nothing is switched."""
    form = PackSwitchForm(request.POST)
    return _answer(request, _version_or_404(request, slug, form), form)


@require_POST
@editor_required
def pack_switch_now(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Switch: 422 where it is refused, 409 where someone else was faster; both show
    the difference as it is now."""
    form = PackSwitchForm(request.POST)
    version = _version_or_404(request, slug, form)
    chosen = form.chosen()
    try:
        outcome = switch_pack(
            version=version,
            actor=request.user,
            keep=chosen["keep"],
            expected=chosen["expected"] or None,
            force_reason=chosen["force_reason"],
            enable_models=chosen["enable_models"],
            create_missing_features=chosen["create_missing_features"],
            note=chosen["note"],
        )
    except SwitchRefused as refused:
        return _answer(request, version, form, {"refused": refused}, 422)
    except StaleSwitch as stale:
        newest = switch_rows(request.organization, 1)
        more = {"stale": stale, "newest": newest[0] if newest else None}
        return _answer(request, version, form, more, 409)
    _say(request, outcome)
    return redirect("registry:pack_list")


@require_POST
@editor_required
def pack_switch_plan(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Switch later: at a time, or when a share of the month's limits is spent."""
    form, when = PackSwitchForm(request.POST), PackPlanForm(request.POST)
    version = _version_or_404(request, slug, form)
    if not when.is_valid():
        return _answer(request, version, form, {"plan_form": when}, 422)
    try:
        _plan(request, version.pack, form, when)
    except PlanRefused as refused:
        when.add_error(None, str(refused))
        return _answer(request, version, form, {"plan_form": when}, 422)
    messages.success(request, f"The switch to {version.pack.name} is planned.")
    return redirect(reverse("registry:pack_list") + "#planned")


def _plan(
    request: OrganizationRequest, pack: Pack, form: PackSwitchForm, when: PackPlanForm
) -> None:
    chosen = form.chosen()
    options = PlanOptions(
        chosen["keep"], chosen["enable_models"], chosen["create_missing_features"]
    )
    percent = when.cleaned_data["budget_percent"]
    if percent is not None:
        plan_switch_on_budget(
            pack=pack, budget_percent=percent, actor=request.user, options=options
        )
        return
    plan_switch_at(
        pack=pack,
        run_at=when.cleaned_data["run_at"],
        actor=request.user,
        options=options,
    )


def _version_or_404(
    request: OrganizationRequest, slug: str, form: PackSwitchForm
) -> PackVersion:
    pack = pack_named(request.organization, slug)
    version = version_of(pack, form.chosen()["version"]) if pack else None
    if version is None:
        raise Http404(f"There is no such pack “{slug[:60]}” in this organisation.")
    return version


def _answer(
    request: OrganizationRequest,
    version: PackVersion,
    form: PackSwitchForm,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    chosen = form.chosen()
    plan = pack_difference(
        version,
        now,
        keep=chosen["keep"],
        enable_models=chosen["enable_models"],
        create_missing_features=chosen["create_missing_features"],
    )
    costs = projected_costs(plan, now, assumed=form.assumed())
    context: dict[str, Any] = {
        "pack": version.pack,
        "version": version,
        "form": form,
        "chosen": chosen,
        "plan": plan,
        "difference": plan.difference,
        "to_enable": [one.reference for one in plan.enables]
        or list(plan.difference.needs_enabling),
        "error_groups": grouped(plan.difference.errors),
        "force_reason": chosen["force_reason"],
        "lines": lines_of(plan.difference, costs),
        "known": feature_names(request.organization),
        "costs": costs,
        "saved_usd": saved(costs.before_usd, costs.after_usd),
        "summary": summary(plan.difference, costs),
        "basis": basis(costs),
        "figure": _figure(plan, costs),
    }
    return render_page(
        request,
        PAGE,
        "analytics/_pack_difference.html",
        RESULTS,
        context | (more or {}),
        status=status,
    )


def _figure(plan: SwitchPlan, costs: Projection) -> dict[str, Any] | None:
    pairs = [
        CostPair(_name(row), line.before_usd, line.after_usd)
        for row in plan.difference.rows
        if (line := costs.rows.get(row.key))
        and line.before_usd is not None
        and line.after_usd is not None
    ]
    return projected_cost_figure(pairs, "Now", plan.version.pack.name)


def _name(row: FeatureChange) -> str:
    return row.name or row.key


def _say(request: OrganizationRequest, outcome: SwitchOutcome) -> None:
    """A toast with Undo, or one that says that there was nothing to change."""
    if not outcome.is_new or outcome.switch is None:
        messages.info(request, outcome.text)
        return
    undo = reverse("registry:pack_roll_back", args=[outcome.switch.pk])
    messages.success(request, outcome.text, extra_tags=undo)
