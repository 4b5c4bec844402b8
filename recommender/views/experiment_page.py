"""What the page of an experiment shows, made ready for the template."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from recommender.charts_experiments import Figure, difference_figure
from recommender.experimenting.results import Against, Scale, first_certain
from recommender.models import Experiment
from recommender.queries.experiment_outlook import (
    Outlook,
    month_requests,
    outlooks,
)
from recommender.queries.experiment_results import ArmResult, Results
from recommender.views.experiment_canary import canary_context
from recommender.words_experiments import MINUS, points

ALIKE_FROM: Final = 0.9


@dataclass(frozen=True)
class Mark:
    """An interval as it is drawn: places in percent of the scale."""

    low: float
    high: float
    at: float
    reference: float | None
    words: str


@dataclass(frozen=True)
class Alike:
    """So many `requests` tell as much as so many `independent` ones."""

    requests: int
    independent: int


@dataclass(frozen=True)
class Row:
    """An arm of the table, in words; empty where nothing is known."""

    result: ArmResult
    seen_percent: float | None
    mark: Mark | None
    success: str
    thumbs_up: str

    @property
    def planned(self) -> str:
        """As an attribute: with a point, in every language."""
        return f"{self.result.planned_percent:.2f}"

    @property
    def per_thousand(self) -> Decimal | None:
        usd = self.result.figures.per_thousand_usd
        return None if usd is None else Decimal(str(round(usd, 9)))


@dataclass(frozen=True)
class Promise:
    """What a month would be on a candidate, in words beside the dollars."""

    key: str
    name: str
    outlook: Outlook
    beside: Against | None
    p95_before: float | None
    p95_after: float | None
    success: str
    thumbs_up: str
    more: list[str]


@dataclass(frozen=True)
class Panel:
    """A candidate against the control over time."""

    result: ArmResult
    figure: Figure | None
    notes: list[str]

    @property
    def words(self) -> str:
        beside = self.result.beside
        return points(beside.success if beside else None)


def results_context(
    experiment: Experiment, results: Results, now: datetime.datetime
) -> dict[str, Any]:
    """For one that ran. While the sample ratio is off, nothing but it is told."""
    context: dict[str, Any] = {
        "results": results,
        "is_hidden": results.ratio.is_off,
        "day": _day(experiment, now),
        "rows": list(_rows(results)),
        "scale_words": _scale_words(results),
        "p_words": _small(results.ratio.p_value),
        "alike": _alike(results),
    }
    if experiment.is_canary and experiment.is_live:
        context |= canary_context(experiment, results, now)
    if not results.ratio.is_off:
        zone = experiment.organization.zone
        context["panels"] = [
            _panel(one, experiment.max_success_drop_points, zone)
            for one in results.candidates
        ]
        requests = month_requests(experiment.feature, now)
        context["outlooks"] = [
            _promise(one, results) for one in outlooks(results, requests)
        ]
    return context


def _rows(results: Results) -> Iterator[Row]:
    scale = _scale(results)
    control = results.control.figures.success
    for one in results.arms:
        found = one.figures.success
        yield Row(
            one,
            results.ratio.seen.get(one.arm.key) if results.requests else None,
            None
            if found is None
            else Mark(
                scale.place(found.low),
                scale.place(found.high),
                scale.place(found.value),
                scale.place(control.value)
                if control is not None and not one.arm.is_control
                else None,
                f"{found.value:.2%}, always-valid 95% interval {100 * found.low:.2f} "
                f"to {100 * found.high:.2f}",
            ),
            "" if found is None else f"{found.value:.2%}",
            _thumbs(one),
        )


def _alike(results: Results) -> Alike | None:
    """Where it makes a difference of more than a tenth."""
    rates = [one.figures.reading.success for one in results.arms]
    found = Alike(sum(one.count for one in rates), round(sum(r.weight for r in rates)))
    return found if found.independent < ALIKE_FROM * found.requests else None


def _scale(results: Results) -> Scale:
    return Scale.of(one.figures.success for one in results.arms)


def _scale_words(results: Results) -> str:
    if not results.requests:
        return "Always-valid 95%"
    scale = _scale(results)
    return f"Always-valid 95%, {scale.low:.1%} to {scale.high:.1%}"


def _small(p_value: float | None) -> str:
    if p_value is None:
        return "–"
    return f"{p_value:.2g}" if p_value >= 1e-6 else "below 0.000001"


def _thumbs(result: ArmResult) -> str:
    found = result.figures.thumbs_up
    return "" if found is None else f"{100 * found.value:.1f} ± {100 * found.half:.1f}%"


def _promise(outlook: Outlook, results: Results) -> Promise:
    result = outlook.arm
    beside = result.beside
    more = []
    if beside and beside.cost and beside.cost_requests:
        more.append(
            f"Cost needs about {beside.cost_requests:,} more requests until the "
            "difference is sure."
        )
    return Promise(
        key=result.arm.key,
        name=result.arm.name,
        outlook=outlook,
        beside=beside,
        p95_before=results.control.figures.p95_ms,
        p95_after=result.figures.p95_ms,
        success=points(beside.success if beside else None),
        thumbs_up=points(beside.thumbs_up if beside else None),
        more=more,
    )


def _panel(result: ArmResult, drop_points: float, zone: datetime.tzinfo) -> Panel:
    return Panel(
        result,
        difference_figure(result.moments, drop_points, zone),
        list(_notes(result, drop_points, zone)),
    )


def _notes(
    result: ArmResult, drop_points: float, zone: datetime.tzinfo
) -> Iterator[str]:
    beside = result.beside
    if beside is None or beside.success is None:
        yield "Not enough requests yet to compare success."
        return
    since = first_certain(result.moments, -drop_points / 100)
    if since is not None:
        at = since.at.astimezone(zone)
        side = "above" if beside.success.low > -drop_points / 100 else "below"
        yield (
            f"The interval is {side} the bound of {MINUS}{drop_points:g} points since "
            f"{at:%-d %b %H:%M}."
        )
    elif beside.success_requests:
        yield (
            f"About {beside.success_requests:,} more requests would settle whether "
            f"success fell by more than {drop_points:g} points."
        )
    else:
        yield "More requests than anybody would wait for could settle this."


def _day(experiment: Experiment, now: datetime.datetime) -> int | None:
    if experiment.started_at is None or not experiment.is_live:
        return None
    return (now - experiment.started_at).days + 1
