"""Figures of adjustments and of data quality, as Plotly documents. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

Figure = dict[str, Any]
BEFORE: Final = "var(--chart-8)"
AFTER: Final = "var(--chart-1)"
SECOND: Final = "var(--chart-2)"


class ChangedDay(Protocol):
    @property
    def day(self) -> datetime.date: ...
    @property
    def before_usd(self) -> Decimal: ...
    @property
    def after_usd(self) -> Decimal: ...


def adjusted_days_figure(days: Sequence[ChangedDay]) -> Figure | None:
    """Dollars a day before and after. None where nothing changes."""
    if not days:
        return None
    x = [one.day.isoformat() for one in days]
    return _dollars(
        _bars("Before", x, [one.before_usd for one in days], BEFORE),
        _bars("After", x, [one.after_usd for one in days], AFTER),
    )


def invoice_figure(
    days: Sequence[tuple[datetime.date, Decimal, Decimal]],
) -> Figure | None:
    """Dollars a day as recorded here and as invoiced."""
    if not days:
        return None
    x = [day.isoformat() for day, _, _ in days]
    return _dollars(
        _bars("Recorded here", x, [ours for _, ours, _ in days], AFTER),
        _bars("Invoice", x, [theirs for _, _, theirs in days], BEFORE),
    )


def shares_figure(
    days: Sequence[tuple[datetime.date, float, float]],
) -> Figure | None:
    """Percent of calls a day that have no price, and whose cost is estimated."""
    if not days:
        return None
    x = [day.isoformat() for day, _, _ in days]
    return {
        "data": [
            _line("Not priced", x, [100 * one for _, one, _ in days], AFTER),
            _line("Estimated", x, [100 * one for _, _, one in days], SECOND),
        ],
        "layout": {
            "xaxis": {"type": "date", "tickformat": "%-d %b"},
            "yaxis": {"ticksuffix": " %", "rangemode": "tozero"},
            "hovermode": "x unified",
        },
    }


def _dollars(*bars: Figure) -> Figure:
    return {
        "data": list(bars),
        "layout": {
            "barmode": "group",
            "bargap": 0.38,
            "bargroupgap": 0.12,
            "xaxis": {"type": "date", "tickformat": "%-d %b"},
            "yaxis": {"tickprefix": "$", "rangemode": "tozero"},
        },
    }


def _bars(name: str, x: list[str], usd: Sequence[Decimal], color: str) -> Figure:
    return {
        "type": "bar",
        "name": name,
        "x": x,
        # A chart draws pixels: here, and only here, a cost becomes a float.
        "y": [float(one) for one in usd],
        "hovertemplate": f"{name} $%{{y:,.4~f}}<extra></extra>",
        "marker": {"color": color},
    }


def _line(name: str, x: list[str], y: list[float], color: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(x) == 1 else "lines",
        "name": name,
        "x": x,
        "y": y,
        "hovertemplate": f"{name} %{{y:.2~f}} %<extra></extra>",
        "line": {"color": color},
    }
