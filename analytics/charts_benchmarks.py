"""Figures of a benchmark run, as Plotly documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any, Final

from analytics.benchmark_board import Row, Summary
from analytics.chart_labels import Plot, placed_labels

Figure = dict[str, Any]
SERIES: Final = 4
WIDE: Final = 20
"""From such a ratio of the dearest to the cheapest on, costs are drawn by powers."""
WIDE_PLOT: Final = Plot(width=600, height=165, reach=8, character_width=6.2)
NARROW_PLOT: Final = Plot(width=240, height=165, reach=8, character_width=6.2)
"""What is left for the points on a phone."""
ROOM: Final = 0.08
"""Of an axis, before its first and after its last point."""


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, in powers of ten where it is logarithmic."""

    low: float
    high: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """0 at the beginning of the axis, 1 at its end."""
        at = log10(value) if self.is_log else value
        return (at - self.low) / (self.high - self.low)


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
    known.sort(key=_cost)
    across, up = _cost_scale([_cost(one) for one in known]), _score_scale(known)
    return {
        "data": [_front_line(best), _points(known, across, up)],
        "layout": {
            "xaxis": _cost_axis(across),
            "yaxis": {"title": {"text": "Score"}, "range": [up.low, up.high]},
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


def _points(known: Sequence[Row], across: Scale, up: Scale) -> Figure:
    """`narrow` is what a small chart shows instead (charts.js)."""
    names = [one.name for one in known]
    places = (
        [across.place(_cost(one)) for one in known],
        [up.place(_score(one)) for one in known],
    )
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "Models",
        "x": [_cost(one) for one in known],
        "y": [_score(one) for one in known],
        **_labels(names, *places, WIDE_PLOT),
        "narrow": _labels(names, *places, NARROW_PLOT),
        "hovertext": names,
        "textfont": {"color": "var(--ink-2)", "size": 11},
        "cliponaxis": False,
        "marker": {"color": "var(--chart-1)", "size": 9},
        "hovertemplate": "%{hovertext}<br>%{y:.1f} points, $%{x:,.4~g} per 1,000"
        "<extra></extra>",
    }


def _labels(
    names: Sequence[str], across: Sequence[float], up: Sequence[float], plot: Plot
) -> Figure:
    """A name for which there is no room is only shown on pointing at its point."""
    placed = placed_labels(names, across, up, plot)
    return {
        "text": [one.label if one.is_clear else "" for one in placed],
        "textposition": [one.side for one in placed],
    }


def _cost_scale(costs: Sequence[float]) -> Scale:
    low, high = min(costs), max(costs)
    if low > 0 and high / low >= WIDE:
        room = ROOM * log10(high / low)
        return Scale(log10(low) - room, log10(high) + room, is_log=True)
    return Scale(0.0, high * (1 + ROOM) or 1.0)


def _score_scale(known: Sequence[Row]) -> Scale:
    """Not from zero: the differences are small."""
    scores = [_score(one) for one in known]
    low, high = min(scores), max(scores)
    room = 2 * ROOM * (high - low) or 1.0
    return Scale(low - room, high + room)


def _cost_axis(scale: Scale) -> Figure:
    axis: Figure = {
        "title": {"text": "Dollars per 1,000 answers"},
        "tickprefix": "$",
        "range": [scale.low, scale.high],
    }
    return {**axis, "type": "log", "dtick": 1} if scale.is_log else axis


def _cost(row: Row) -> float:
    # A chart draws pixels: here, and only here, a cost becomes a float.
    return float(row.cost_per_1000_usd or 0)


def _score(row: Row) -> float:
    return round(100 * float(row.found["score"]["value"]), 2)


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _gap(score: Mapping[str, Any] | None, end: str) -> float:
    if score is None or score[end] is None:
        return 0.0
    gap: float = abs(score[end] - score["value"])
    return round(100 * gap, 2)
