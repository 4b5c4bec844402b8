"""Figures of a benchmark run, as Plotly documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analytics.benchmark_board import Row, Summary

Figure = dict[str, Any]
SERIES: Final = 4
WIDE: Final = 20
"""From such a ratio of the dearest to the cheapest on, costs are drawn by powers."""


def tag_figure(summary: Summary, rows: Sequence[Row]) -> Figure | None:
    """Scores by tag of the first few models. None where there are no tags."""
    tags = summary.get("tags", [])
    if not tags or not rows:
        return None
    return {
        "data": [
            _bars(tags, row, number) for number, row in enumerate(rows[:SERIES], 1)
        ],
        "layout": {
            "barmode": "group",
            "bargroupgap": 0.12,
            "yaxis": {"range": [0, 100]},
            "xaxis": {"type": "category"},
        },
    }


def cost_figure(summary: Summary, rows: Sequence[Row]) -> Figure | None:
    """Score against dollars per 1,000 answers, with the line of those that none beats
    in both. None below two models with both."""
    known = [
        one for one in rows if one.found["score"] and one.cost_per_1000_usd is not None
    ]
    if len(known) < 2:
        return None
    front = summary.get("front", [])
    best = sorted((one for one in known if one.found["position"] in front), key=_cost)
    return {
        "data": [_front_line(best), _points(sorted(known, key=_cost))],
        "layout": {
            "xaxis": _cost_axis([_cost(one) for one in known]),
            "yaxis": {"title": {"text": "Score"}},
            "showlegend": False,
            "hovermode": "closest",
        },
    }


def _bars(tags: Sequence[Mapping[str, Any]], row: Row, number: int) -> Figure:
    scores = [one["scores"].get(str(row.found["position"])) for one in tags]
    return {
        "type": "bar",
        "name": row.name,
        "x": [one["tag"] for one in tags],
        "y": [_percent(one and one["value"]) for one in scores],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_gap(one, "high") for one in scores],
            "arrayminus": [_gap(one, "low") for one in scores],
            "color": "var(--ink-3)",
            "thickness": 1,
            "width": 3,
        },
        "marker": {"color": f"var(--chart-{number})"},
        "hovertemplate": f"{row.name} %{{y:.1f}}<extra></extra>",
    }


def _front_line(best: Sequence[Row]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "None better for less",
        "x": [_cost(one) for one in best],
        "y": [_percent(one.found["score"]["value"]) for one in best],
        "line": {"color": "var(--chart-8)", "dash": "dot", "width": 1.5},
        "hoverinfo": "skip",
    }


def _points(known: Sequence[Row]) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "Models",
        "x": [_cost(one) for one in known],
        "y": [_percent(one.found["score"]["value"]) for one in known],
        "text": [one.name for one in known],
        "textposition": _sides(len(known)),
        "textfont": {"color": "var(--ink-2)", "size": 11},
        "cliponaxis": False,
        "marker": {"color": "var(--chart-1)", "size": 9},
        "hovertemplate": "%{text}<br>%{y:.1f} points, $%{x:,.4~g} per 1,000"
        "<extra></extra>",
    }


def _sides(count: int) -> list[str]:
    """Names by turns above and below, away from the ends of the axis."""
    sides = ["top left" if number % 2 else "bottom right" for number in range(count)]
    return [*sides[:-1], "top left"]


def _cost_axis(costs: Sequence[float]) -> Figure:
    axis: Figure = {"title": {"text": "Dollars per 1,000 answers"}, "tickprefix": "$"}
    if min(costs) > 0 and max(costs) / min(costs) >= WIDE:
        return {**axis, "type": "log", "dtick": 1}
    return {**axis, "rangemode": "tozero"}


def _cost(row: Row) -> float:
    # A chart draws pixels: here, and only here, a cost becomes a float.
    return float(row.cost_per_1000_usd or 0)


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _gap(score: Mapping[str, Any] | None, end: str) -> float:
    if score is None or score[end] is None:
        return 0.0
    gap: float = abs(score[end] - score["value"])
    return round(100 * gap, 2)
