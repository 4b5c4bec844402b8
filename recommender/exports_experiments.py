"""Experiments and their readings as CSV and JSON: the same figures as on the page."""

from __future__ import annotations

import datetime
import io
import math
from typing import Any, Final

from defusedcsv import csv

from recommender.experimenting.always_valid import Difference
from recommender.experimenting.results import Against
from recommender.models import Experiment, ExperimentArm
from recommender.queries.experiment_results import ArmResult, Results
from registry.queries.assignments import prompt_words

COLUMNS: Final = (
    "arm",
    "model",
    "is_control",
    "planned_percent",
    "requests",
    "successes",
    "success",
    "success_low",
    "success_high",
    "p95_ms",
    "priced_requests",
    "cost_usd",
    "rated",
    "thumbs_down",
    "requests_as_one",
    "success_difference",
    "success_difference_low",
    "success_difference_high",
    "p95_rise_percent",
    "p95_rise_low",
    "p95_rise_high",
    "cost_difference_usd",
    "cost_difference_low_usd",
    "cost_difference_high_usd",
)


def experiment_document(one: Experiment) -> dict[str, Any]:
    """What it is and how it stands, without its readings."""
    cap = one.cost_cap_usd
    return {
        "slug": one.slug,
        "name": one.name,
        "feature": one.feature.key,
        "hypothesis": one.hypothesis,
        "kind": one.kind,
        "state": one.state,
        "state_reason": one.state_reason,
        "unit": one.unit,
        "steps": list(one.steps),
        "step_index": one.step_index,
        "candidate_percent": one.step_percent,
        "min_requests_per_step": one.min_requests_per_step,
        "min_hours_per_step": one.min_hours_per_step,
        "max_success_drop_points": one.max_success_drop_points,
        "max_p95_rise_percent": one.max_p95_rise_percent,
        "max_thumbs_down_rise_points": one.max_thumbs_down_rise_points,
        "cost_cap_usd": None if cap is None else f"{cap.normalize():f}",
        "max_days": one.max_days,
        "max_requests": one.max_requests,
        "promote_by_itself": one.promote_by_itself,
        "started_at": _time(one.started_at),
        "step_started_at": _time(one.step_started_at),
        "ended_at": _time(one.ended_at),
        "winner": one.winner_arm.key if one.winner_arm else None,
        "version": one.version,
        "arms": [_arm(arm) for arm in one.arms.all()],
    }


def results_document(results: Results | None) -> dict[str, Any] | None:
    """None of one that never ran. While the sample ratio is off, the comparisons are
    left out, as on the page."""
    if results is None:
        return None
    ratio = results.ratio
    return {
        "since": _time(results.since),
        "until": _time(results.until),
        "is_of_this_step": results.is_step,
        "sample_ratio": {
            "verdict": ratio.verdict.value,
            "text": ratio.text,
            "p_value": ratio.p_value,
            "chi_squared": ratio.chi_squared,
        },
        "arms": [_result(one, is_hidden=ratio.is_off) for one in results.arms],
    }


def results_csv(one: Experiment, results: Results | None) -> str:
    """A line an arm; arms without a request have empty figures."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for result in results.arms if results else ():
        writer.writerow(_line(result, is_hidden=bool(results and results.ratio.is_off)))
    return text.getvalue()


def _arm(arm: ExperimentArm) -> dict[str, Any]:
    return {
        "key": arm.key,
        "name": arm.name,
        "model": arm.reference,
        "is_control": arm.is_control,
        "share_percent": f"{arm.share_percent.normalize():f}",
        "parameters": arm.parameters,
        "prompt": prompt_words(arm.prompt_version),
    }


def _result(one: ArmResult, *, is_hidden: bool) -> dict[str, Any]:
    reading = one.figures.reading
    told: dict[str, Any] = {
        "arm": one.arm.key,
        "planned_percent": one.planned_percent,
        "requests": reading.requests,
    }
    if is_hidden:
        return told
    return told | {
        "successes": reading.successes,
        "success": _told(one.figures.success),
        "thumbs_up": _told(one.figures.thumbs_up),
        "rated": reading.rated,
        "requests_as_one": reading.success_effect,
        "p95_ms": one.figures.p95_ms,
        "priced_requests": one.figures.cost.count,
        "cost_usd": reading.cost_usd,
        "against_control": _against(one.beside),
        "hours": [
            {
                "until": _time(moment.at),
                "requests": moment.candidate.count,
                "successes": moment.candidate.hits,
                "control_requests": moment.control.count,
                "control_successes": moment.control.hits,
            }
            for moment in one.moments
        ],
    }


def _against(beside: Against | None) -> dict[str, Any] | None:
    if beside is None:
        return None
    return {
        "success": _told(beside.success),
        "thumbs_up": _told(beside.thumbs_up),
        "p95_percent": _told(beside.p95),
        "cost_usd": _told(beside.cost),
        "requests_to_settle_success": beside.success_requests,
        "requests_to_settle_cost": beside.cost_requests,
    }


def _line(one: ArmResult, *, is_hidden: bool) -> list[Any]:
    reading, figures = one.figures.reading, one.figures
    start = [
        one.arm.key,
        one.arm.reference,
        one.arm.is_control,
        one.planned_percent,
        reading.requests,
    ]
    if is_hidden:
        return start + [""] * (len(COLUMNS) - len(start))
    beside = one.beside
    return [
        *start,
        reading.successes,
        *_three(figures.success),
        _plain(figures.p95_ms),
        figures.cost.count,
        _plain(reading.cost_usd),
        reading.rated,
        reading.thumbs_down,
        round(reading.success_effect, 3),
        *_three(beside.success if beside else None),
        *_three(beside.p95 if beside else None),
        *_three(beside.cost if beside else None),
    ]


def _three(found: Difference | None) -> list[Any]:
    if found is None:
        return ["", "", ""]
    return [_plain(one) for one in (found.value, found.low, found.high)]


def _told(found: Difference | None) -> dict[str, Any] | None:
    """An end that nobody knows is null: JSON has no infinity."""
    if found is None:
        return None
    return {
        name: number if math.isfinite(number) else None
        for name, number in (
            ("value", found.value),
            ("low", found.low),
            ("high", found.high),
        )
    }


def _plain(number: float | None) -> Any:
    return "" if number is None or not math.isfinite(number) else number


def _time(at: datetime.datetime | None) -> str | None:
    return None if at is None else at.isoformat()
