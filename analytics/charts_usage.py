"""Figures of the analytics page, as Plotly documents. Pure: values in, dict out.

A chart draws pixels: here, and only here, a cost becomes a float. Colours are names of
tokens; static/js/charts.js gives them the theme's values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from analytics.asked import Level
from analytics.charts import LABEL_LENGTH, Figure, cut, plain
from analytics.readings import ONE, Reading, percentile
from analytics.series import OTHER, Line
from analytics.sums import Sums
from analytics.tiles import FEW_TRIALS
from analytics.timeline import Timeline
from analytics.wilson import Rate

COLORS: Final = tuple(f"var(--chart-{number})" for number in range(1, 7))
GREY: Final = "var(--chart-8)"
TICKS: Final = 5
"""As many labels as a phone has room for."""
ONLY_MARKERS: Final = 2
"""With fewer points a line shows nothing."""


def stacked_bars(
    line: Timeline,
    series: Sequence[Line],
    before: Sequence[float | None] | None = None,
    *,
    prefix: str = "",
    hover: str = "%{y:,}",
) -> Figure | None:
    """Bars upon each other, with a dotted line of the period before. None where there
    is nothing to draw."""
    if not series:
        return None
    bars = [
        {
            "type": "bar",
            "name": short(one.name),
            "x": list(line.labels),
            "y": [float(value) for value in one.values],
            "hovertemplate": hover,
            "marker": {"color": GREY if one.name == OTHER else COLORS[number % 6]},
        }
        for number, one in enumerate(series)
    ]
    layout = _layout({"tickprefix": prefix, "rangemode": "tozero"})
    return {
        "data": bars + ([_before(line, before, hover)] if before else []),
        "layout": {**layout, "barmode": "stack", "barcornerradius": 0},
    }


def latency_lines(line: Timeline, steps: Sequence[Sums]) -> Figure | None:
    """The median, the 95th and the 99th percentile of what went well, in seconds."""
    return _percentile_lines(line, [one.latency for one in steps])


def first_token_lines(line: Timeline, steps: Sequence[Sums]) -> Figure | None:
    return _percentile_lines(line, [one.ttft for one in steps])


def success_band(line: Timeline, rates: Sequence[Rate | None]) -> Figure | None:
    """The rate in percent within its 95 % interval. The axis is cut where all is near
    the top; `is_cut` of the document says so."""
    known = [one for one in rates if one]
    if not known:
        return None
    # An hour of three requests has a wide interval: it is drawn, and not zoomed to.
    low = min(one.low for one in _telling(known))
    band = {"line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    edges = [
        {**band, **_scatter(line, [100 * one.high if one else None for one in rates])},
        {
            **band,
            **_scatter(line, [100 * one.low if one else None for one in rates]),
            "fill": "tonexty",
            "fillcolor": "var(--chart-3-soft)",
        },
    ]
    middle = _drawn(
        line, "Success", [100 * one.share if one else None for one in rates], COLORS[2]
    )
    middle["hovertemplate"] = "%{y:.2f}% (%{customdata})"
    middle["customdata"] = [one and _interval(one) for one in rates]
    is_cut = low > 0.5
    floor = max(0.0, 100 - 1.15 * (100 - 100 * low)) if is_cut else 0
    ceiling = 100 + (100 - floor) * 0.02
    layout = _layout({"ticksuffix": "%", "range": [floor, ceiling]})
    return {"data": [*edges, middle], "layout": layout, "is_cut": is_cut}


def share_line(
    line: Timeline, shares: Sequence[float | None], name: str
) -> Figure | None:
    """A share of 0–1 as percent."""
    if all(one is None for one in shares):
        return None
    values = [None if one is None else 100 * one for one in shares]
    drawn = _drawn(line, name, values, COLORS[0])
    drawn["hovertemplate"] = "%{y:.1f}%"
    return {
        "data": [drawn],
        "layout": _layout({"ticksuffix": "%", "rangemode": "tozero"}),
    }


def tokens_each_line(
    line: Timeline, steps: Sequence[Sums], level: Level
) -> Figure | None:
    """Tokens of one request or call, input and output apart."""

    def each(count: Callable[[Sums], int]) -> list[float | None]:
        readings = [Reading(one, level) for one in steps]
        return [
            None if one.tokens_each is None else count(one.sums) / one.count
            for one in readings
        ]

    drawn = [
        _drawn(line, "Input", each(lambda one: one.input_tokens), COLORS[0]),
        _drawn(line, "Output", each(lambda one: one.output_tokens), COLORS[1]),
    ]
    if all(value is None for one in drawn for value in one["y"]):
        return None
    for one in drawn:
        one["hovertemplate"] = f"%{{y:,.0f}} per {ONE[level]}"
    return {"data": drawn, "layout": _layout({"rangemode": "tozero"})}


def short(name: str) -> str:
    """A name for a legend."""
    return cut(plain(name), 2 * LABEL_LENGTH)


def _percentile_lines(line: Timeline, histograms: Sequence[Any]) -> Figure | None:
    drawn = []
    for percent, color in ((99.0, COLORS[3]), (95.0, COLORS[1]), (50.0, COLORS[0])):
        found = [percentile(one, percent) for one in histograms]
        if any(value is not None for value in found):
            seconds = [None if value is None else value / 1000 for value in found]
            one = _drawn(line, f"p{percent:.0f}", seconds, color)
            drawn.append({**one, "hovertemplate": "%{y:.3~f} s"})
    if not drawn:
        return None
    layout = _layout({"ticksuffix": " s", "rangemode": "tozero"})
    return {"data": drawn, "layout": layout}


def _before(
    line: Timeline, values: Sequence[float | None], hover: str
) -> dict[str, Any]:
    return {
        **_scatter(line, values),
        "name": "before",
        "mode": "lines",
        "hovertemplate": hover,
        "line": {"color": "var(--ink-3)", "width": 1.25, "dash": "dot"},
    }


def _drawn(
    line: Timeline, name: str, values: Sequence[float | None], color: str
) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    return {
        **_scatter(line, values),
        "name": name,
        # A value between two gaps has no line to be seen by.
        "mode": "lines+markers" if _has_lonely(values) else "lines",
        "line": {"color": color, "width": 2},
        "marker": {"color": color, "size": 7 if len(known) <= ONLY_MARKERS else 5},
    }


def _has_lonely(values: Sequence[float | None]) -> bool:
    padded = [None, *values, None]
    return any(
        here is not None and before is None and after is None
        for before, here, after in zip(padded, padded[1:], padded[2:], strict=False)
    )


def _scatter(line: Timeline, values: Sequence[float | None]) -> dict[str, Any]:
    return {"type": "scatter", "x": list(line.labels), "y": list(values)}


def _telling(rates: Sequence[Rate]) -> Sequence[Rate]:
    """Those of enough trials to say something, or all where none has."""
    return [one for one in rates if one.count >= FEW_TRIALS] or rates


def _interval(rate: Rate) -> str:
    return f"{100 * rate.low:.1f} to {100 * rate.high:.1f}%, {rate.count:,} in all"


def _layout(yaxis: dict[str, Any]) -> dict[str, Any]:
    return {
        # Steps are words: an hour that a clock shows twice has two places.
        "xaxis": {"type": "category", "nticks": TICKS, "tickangle": 0},
        "yaxis": yaxis,
    }
