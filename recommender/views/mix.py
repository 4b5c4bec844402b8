"""The optimal mix: a model for every feature at once, and its way into a pack."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import render_page
from recommender.charts_mix import frontier_figure
from recommender.forms.mix import MixForm, MixPackForm, SlideForm
from recommender.mix.clashes import Clash
from recommender.mix.frontier import Point, frontier, mean_quality
from recommender.mix.problem import Option, Problem
from recommender.mix.solving import Choice, Mix, best_mix, current
from recommender.queries.mix_problem import MixGround, mix_ground, problem_of
from recommender.recommending.month import Saving, Traffic, saving
from recommender.services.mix_packs import save_mix
from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import Feature
from registry.services.packs import PackRefused, StalePack

TARGET: Final = "mix-results"
PAGE: Final = "recommender/mix.html"
RESULTS: Final = "recommender/_mix_results.html"


@dataclass(frozen=True)
class MixRow:
    """`saving` with its interval; None where nothing changes or a cost is not known."""

    feature: Feature
    choice: Choice
    saving: Saving | None = None

    @property
    def quality_change(self) -> float | None:
        before, after = self.choice.before, self.choice.option
        if before is None or before.quality is None or after.quality is None:
            return None
        return after.quality - before.quality


@require_GET
@member_required
def mix(request: OrganizationRequest) -> HttpResponse:
    form = MixForm.of(request.GET)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render_page(request, PAGE, RESULTS, TARGET, context, status=422)
    address = _slid(request, form, SlideForm(request.GET).at_place)
    if address:
        return redirect(f"{reverse('recommender:mix')}?{address}")
    context |= _solved(request, form)
    return render_page(request, PAGE, RESULTS, TARGET, context)


@require_POST
@editor_required
def mix_save(request: OrganizationRequest) -> HttpResponse:
    """The mix that the same limits give now, as a pack to switch to."""
    form, named = MixForm.of(request.POST), MixPackForm(request.POST)
    if not form.is_valid() or not named.is_valid():
        why = "Give the pack a name." if form.is_valid() else ""
        context = {"form": form, "refused": why}
        return render(request, PAGE, context, status=422)
    solved = _solved(request, form)
    found = solved.get("mix")
    if not isinstance(found, Mix):
        return render(request, PAGE, {"form": form} | solved, status=409)
    try:
        pack = save_mix(
            organization=request.organization,
            mix=found,
            name=named.cleaned_data["name"],
            actor=request.user,
        )
    except (PackRefused, StalePack) as refused:
        context = {"form": form, "refused": str(refused)} | solved
        return render(request, PAGE, context, status=409)
    messages.success(request, f"{pack.name} is saved. Nothing is switched yet.")
    return redirect("analytics:pack_switch", pack.slug)


def _slid(request: OrganizationRequest, form: MixForm, at: int | None) -> str:
    """The query for the mix at the place of the slider; empty where there is none."""
    if at is None:
        return ""
    asked = form.asked
    ground = mix_ground(request.organization, timezone.now(), asked)
    try:
        points = frontier(problem_of(ground, asked))
    except ValueError:
        return ""
    if isinstance(points, Clash) or not points:
        return ""
    return _address(form, points[min(at, len(points) - 1)])


def _solved(request: OrganizationRequest, form: MixForm) -> dict[str, Any]:
    asked = form.asked
    ground = mix_ground(request.organization, timezone.now(), asked)
    context: dict[str, Any] = {"ground": ground, "query": form.address()}
    if not ground.features:
        return context
    try:
        problem = problem_of(ground, asked)
    except ValueError as error:
        return context | {"problem": str(error)}
    found = best_mix(problem)
    if isinstance(found, Clash):
        names = {one.key: one.name for one in ground.features}
        return context | {"clash": found, "names": names}
    return context | _shown(ground, problem, found) | _frontier(problem, found, form)


def _shown(ground: MixGround, problem: Problem, found: Mix) -> dict[str, Any]:
    features = {one.key: one for one in ground.features}
    rows = [
        MixRow(features[one.key], one, _saving(one, ground.traffic[one.key]))
        for one in found.choices
    ]
    rows.sort(key=lambda row: -(row.choice.saving_usd or 0.0))
    before = _now_usd(problem)
    return {
        "mix": found,
        "rows": rows,
        "between_usd": _between(rows),
        "before_usd": before,
        "after_usd": found.cost_usd,
        "saving_usd": None if before is None else before - found.cost_usd,
        "saving_percent": None
        if not before
        else 100 * (before - found.cost_usd) / before,
        "quality": mean_quality(problem, found),
        "quality_between": _quality_between(problem, found),
        "quality_now": _now_quality(problem),
    }


def _saving(choice: Choice, traffic: Traffic) -> Saving | None:
    before, after = choice.before, choice.option
    if not choice.is_change or before is None or choice.saving_usd is None:
        return None
    return saving(
        Decimal(str(before.cost_usd)),
        Decimal(str(after.cost_usd)),
        traffic,
        (before.provider, after.provider),
    )


def _between(rows: list[MixRow]) -> tuple[Decimal, Decimal] | None:
    """The ends of the saving of all changes, were all to miss on the same side."""
    known = [row.saving for row in rows if row.saving is not None]
    if len(known) < sum(row.choice.is_change for row in rows):
        return None
    return (
        sum((one.low_usd for one in known), Decimal(0)),
        sum((one.high_usd for one in known), Decimal(0)),
    )


def _quality_between(problem: Problem, found: Mix) -> tuple[float, float] | None:
    """The ends of the mean quality, were all to miss on the same side."""
    options = [one.option for one in found.choices]
    ends = [(one.quality_low, one.quality_high) for one in options]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    weights = [need.importance for need in problem.needs]
    if len(known) < len(ends) or not sum(weights):
        return None
    low, high = np.average(np.array(known), axis=0, weights=weights)
    return float(low), float(high)


def _frontier(problem: Problem, found: Mix, form: MixForm) -> dict[str, Any]:
    points = frontier(problem)
    if isinstance(points, Clash):
        return {}
    before, quality = _now_usd(problem), _now_quality(problem)
    now = None if before is None or quality is None else (before, quality)
    chosen = (found.cost_usd, mean_quality(problem, found))
    return {
        "points": [(one, _address(form, one)) for one in points],
        "place": _place(points, found.cost_usd),
        "last": len(points) - 1,
        "figure": frontier_figure(points, now, chosen),
    }


def _place(points: tuple[Point, ...], cost_usd: float) -> int:
    """Of the dearest point that costs no more than the mix shown."""
    within = [n for n, one in enumerate(points) if one.cost_usd <= cost_usd + 0.01]
    return max(within, default=0)


def _address(form: MixForm, point: Point) -> str:
    """The mix of a point: the best within its cost, to the next cent."""
    return form.address(goal="best", budget=f"{point.cost_usd + 0.01:.2f}")


def _current(problem: Problem) -> list[Option] | None:
    found = [current(need) for need in problem.needs]
    known = [one for one in found if one is not None and np.isfinite(one.cost_usd)]
    return known if len(known) == len(found) else None


def _now_usd(problem: Problem) -> float | None:
    options = _current(problem)
    return None if options is None else sum(one.cost_usd for one in options)


def _now_quality(problem: Problem) -> float | None:
    options = _current(problem)
    if options is None:
        return None
    weights = [need.importance for need in problem.needs]
    values = [one.quality or 0.0 for one in options]
    return float(np.average(values, weights=weights)) if sum(weights) else None
