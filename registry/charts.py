"""Figures of the registry's pages, as Plotly documents. Pure: values in, dict out.

Colours are names of tokens; static/js/charts.js gives them the theme's values.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

Figure = dict[str, Any]
CENTS: Final = Decimal("0.1")
"""From this price on, steps of a cent are fine enough for an axis."""


@dataclass(frozen=True)
class PricePoint:
    """The base rates that hold from `since` on, in dollars per million tokens."""

    since: datetime.date
    input_usd: Decimal | None
    output_usd: Decimal | None


def price_history_figure(points: Sequence[PricePoint], until: datetime.date) -> Figure:
    """Steps of the output and the input price from the first point to `until`. A
    price that is not known leaves a gap."""
    series = [
        ("Output", "var(--chart-1)", [point.output_usd for point in points]),
        ("Input", "var(--chart-3)", [point.input_usd for point in points]),
    ]
    days = [point.since.isoformat() for point in points]
    return {
        "data": [
            _steps(name, color, [*days, until.isoformat()], [*rates, *rates[-1:]])
            for name, color, rates in series
            if any(rate is not None for rate in rates)
        ],
        "layout": {
            "yaxis": {
                "tickprefix": "$",
                "rangemode": "tozero",
                "tickformat": _tick_format(points),
            },
            "xaxis": {"type": "date", "tickformat": "%b %y", "nticks": 5},
        },
    }


def _tick_format(points: Sequence[PricePoint]) -> str:
    """Cents where prices reach them, else as many digits as a small price needs."""
    rates = [rate for one in points for rate in (one.input_usd, one.output_usd) if rate]
    return ",.2f" if max(rates, default=CENTS) >= CENTS else "~g"


def _steps(
    name: str, color: str, days: list[str], rates: list[Decimal | None]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": days,
        # A chart draws pixels: here, and only here, a price becomes a float.
        "y": [None if rate is None else float(rate) for rate in rates],
        "hovertemplate": "$%{y:,.4~f} per 1M tokens",
        "line": {"shape": "hv", "width": 2, "color": color},
    }
