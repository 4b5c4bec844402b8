"""The difference between two arms over time, as a Plotly document. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from recommender.experimenting.results import Moment

Figure = dict[str, Any]
MOST_POINTS: Final = 160
FEWEST_POINTS: Final = 2


def difference_figure(
    moments: Sequence[Moment], drop_points: float | None, zone: datetime.tzinfo
) -> Figure | None:
    """Points of 100 with their always-valid interval; a line at the bound. None below
    two moments at which both arms had requests."""
    known = [
        (moment.at, found)
        for moment in _thinned(moments)
        if (found := moment.difference) is not None
    ]
    if len(known) < FEWEST_POINTS:
        return None
    times = [at.astimezone(zone).strftime("%Y-%m-%d %H:%M") for at, _ in known]
    lows = [round(100 * one.low, 4) for _, one in known]
    highs = [round(100 * one.high, 4) for _, one in known]
    middle = [round(100 * one.value, 4) for _, one in known]
    edge = {"type": "scatter", "mode": "lines", "x": times, "line": {"width": 0}}
    low = {
        **edge,
        "y": lows,
        "fill": "tonexty",
        "fillcolor": "var(--chart-1-soft)",
        "hoverinfo": "skip",
    }
    return {
        "data": [
            {**edge, "y": highs, "hoverinfo": "skip"},
            low,
            {
                "type": "scatter",
                "mode": "lines",
                "name": "Difference",
                "x": times,
                "y": middle,
                "customdata": list(zip(lows, highs, strict=True)),
                "line": {"color": "var(--chart-1)", "width": 2},
                "hovertemplate": "%{y:+.2f} points (%{customdata[0]:+.2f} to "
                "%{customdata[1]:+.2f})<extra></extra>",
            },
        ],
        "layout": _layout(lows, highs, middle, drop_points),
    }


def _layout(
    lows: Sequence[float],
    highs: Sequence[float],
    middle: Sequence[float],
    drop_points: float | None,
) -> Figure:
    """The first, widest intervals run out of the picture instead of flattening it."""
    shapes = [_line(0, {"color": "var(--line-strong)", "width": 1})]
    notes = []
    ends = [*middle, lows[-1], highs[-1], 0.0]
    if drop_points is not None:
        bound = -drop_points
        ends.append(bound)
        shapes.append(
            _line(bound, {"color": "var(--danger-solid)", "width": 1, "dash": "dot"})
        )
        notes.append(
            {
                "xref": "paper",
                "x": 1,
                "y": bound,
                "text": f"bound −{drop_points:g} pt",
                "showarrow": False,
                "xanchor": "right",
                "yshift": -9,
            }
        )
    spread = max(max(ends) - min(ends), 0.5)
    bottom = max(min(lows), min(ends) - 0.6 * spread)
    top = min(max(highs), max(ends) + 0.6 * spread)
    return {
        "yaxis": {"ticksuffix": " pt", "range": [bottom, top], "nticks": 7},
        "xaxis": {"type": "date", "nticks": 5},
        "shapes": shapes,
        "annotations": notes,
    }


def _line(at: float, line: dict[str, Any]) -> dict[str, Any]:
    ends = {"x0": 0, "x1": 1, "y0": at, "y1": at}
    return {"type": "line", "xref": "paper", **ends, "line": line}


def _thinned(moments: Sequence[Moment]) -> list[Moment]:
    """Evenly, with the last one."""
    step = -(-len(moments) // MOST_POINTS) or 1
    return list(reversed(list(reversed(moments))[::step]))
