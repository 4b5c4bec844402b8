"""What the what-if page says of its figures, its chart and its document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.bands.what_if import Cell, Row, Sums
from analytics.charts import named_axis, plain
from analytics.queries.what_if import WhatIf
from registry.money import exact_text

NO_FEATURE: Final = "No feature"
GONE: Final = "Deleted feature"
SERIES: Final = 5
LABEL_LENGTH: Final = 28
Figure = dict[str, Any]


@dataclass(frozen=True)
class UnfitLine:
    """Requests of a feature that an alternative could not have taken."""

    feature: str
    alternative: str
    requests: int
    of_requests: int
    kind: str
    reason: str

    @property
    def percent(self) -> Decimal | None:
        return (
            Decimal(self.requests) / self.of_requests * 100
            if self.of_requests
            else None
        )


def feature_name(found: WhatIf, row: Row) -> str:
    if row.feature_id is None:
        return NO_FEATURE
    feature = found.features.get(row.feature_id)
    return feature.name if feature else GONE


def unfit_lines(found: WhatIf) -> list[UnfitLine]:
    """The most requests first."""
    lines = [line for row in found.rows for line in _unfit(found, row)]
    return sorted(lines, key=lambda line: -line.requests)


def _unfit(found: WhatIf, row: Row) -> Iterator[UnfitLine]:
    for way, cell in zip(found.question.alternatives, row.cells, strict=True):
        if cell.model is None:
            continue
        name, label = feature_name(found, row), way.label
        sums = cell.sums
        if sums.incapable_requests:
            reason = (
                f"{cell.model.reference} is not known to have {_words(cell.missing)}"
            )
            yield UnfitLine(
                name, label, sums.incapable_requests, row.requests, "Capability", reason
            )
        if sums.too_long_requests:
            reason = (
                f"longer than the {cell.model.window_tokens:,} tokens of "
                f"{cell.model.reference}"
            )
            yield UnfitLine(
                name, label, sums.too_long_requests, row.requests, "Window", reason
            )


def cost_figure(found: WhatIf) -> Figure | None:
    """One bar for what was and one for each alternative, by feature. None where there
    is nothing to compare."""
    if not found.question.alternatives or not any(row.actual_usd for row in found.rows):
        return None
    names = ["Actual", *(one.label for one in found.question.alternatives)]
    shown, rest = found.rows[:SERIES], found.rows[SERIES:]
    if len(rest) == 1:
        shown, rest = found.rows, ()
    bars = [
        _bar(feature_name(found, row), number, names, _amounts([row], len(names) - 1))
        for number, row in enumerate(shown, start=1)
    ]
    if rest:
        bars.append(_bar("Other", 8, names, _amounts(rest, len(names) - 1)))
    return {
        "data": bars,
        "layout": {
            "barmode": "stack",
            "barcornerradius": 0,
            "hovermode": "y unified",
            "bargap": 0.42,
            "xaxis": {"tickprefix": "$", "showgrid": True, "nticks": 6},
            "yaxis": {
                "showgrid": False,
                "autorange": "reversed",
                **named_axis(names, LABEL_LENGTH),
                "tickfont": {"color": "var(--ink-2)", "size": 12},
            },
        },
    }


def legend(found: WhatIf) -> list[tuple[int, str]]:
    """The number of a colour, and what it stands for."""
    figure = cost_figure(found)
    bars = figure["data"] if figure else []
    return [
        (8 if bar["name"] == "Other" else number, bar["name"])
        for number, bar in enumerate(bars, start=1)
    ]


def _amounts(rows: Iterable[Row], count: int) -> list[Decimal]:
    kept = list(rows)
    actual = sum((row.actual_usd for row in kept), Decimal(0))
    ways = [
        sum((row.cells[place].sums.usd for row in kept), Decimal(0))
        for place in range(count)
    ]
    return [actual, *ways]


def _bar(
    name: str, color: int, labels: list[str], usd: list[Decimal]
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(name),
        "y": [plain(label) for label in labels],
        # A chart draws pixels: here, and only here, a cost becomes a float.
        "x": [float(one) for one in usd],
        "marker": {"color": f"var(--chart-{color})"},
        "hovertemplate": "$%{x:,.4~f}",
    }


def document(found: WhatIf) -> dict[str, Any]:
    """All of it, for the API and the download; amounts are text, None is not known."""
    question = found.question
    return {
        "from": question.start.isoformat(),
        "to": question.end.isoformat(),
        "as_of": found.as_of.isoformat(),
        "prices": question.prices.value,
        "cache": "measured" if question.is_cached else "none",
        "unfit": question.unfit.value,
        "actual_usd": exact_text(
            sum((row.actual_usd for row in found.rows), Decimal(0))
        ),
        "alternatives": [
            {"name": way.name, "label": way.label, **_sums(sums)}
            for way, sums in zip(question.alternatives, found.totals, strict=True)
        ],
        "features": [_row(found, row) for row in found.rows],
    }


def _row(found: WhatIf, row: Row) -> dict[str, Any]:
    feature = found.features.get(row.feature_id or 0)
    return {
        "feature": feature.key if feature else None,
        "name": feature_name(found, row),
        "models": [
            {"model": _model(found, pk), "calls": calls} for pk, calls in row.models
        ],
        "calls": row.calls,
        "requests": row.requests,
        "actual_usd": exact_text(row.actual_usd),
        "calls_without_cost": row.unknown_calls,
        "alternatives": [
            {"name": way.name, **_cell(cell)}
            for way, cell in zip(found.question.alternatives, row.cells, strict=True)
        ],
    }


def _model(found: WhatIf, pk: int | None) -> str | None:
    ai_model = found.models.get(pk or 0)
    return ai_model.reference if ai_model else None


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "model": cell.model.reference if cell.model else None,
        **_sums(cell.sums),
        "missing_capabilities": list(cell.missing),
        "notes": list(cell.notes),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    is_known = sums.is_known
    return {
        "usd": exact_text(sums.usd) if is_known else None,
        "change_usd": exact_text(sums.change_usd) if is_known else None,
        "calls": sums.calls,
        "moved_calls": sums.moved_calls,
        "unpriced_calls": sums.unpriced_calls,
        "requests_too_long": sums.too_long_requests,
        "requests_lacking_capability": sums.incapable_requests,
        "is_being_rebuilt": sums.is_cut,
    }


CSV_HEAD: Final = (
    "feature",
    "name",
    "actual_usd",
    "requests",
    "alternative",
    "model",
    "usd",
    "change_usd",
    "unpriced_calls",
    "requests_too_long",
    "requests_lacking_capability",
)


def csv_rows(found: WhatIf) -> Iterator[tuple[object, ...]]:
    """A line for each feature and alternative."""
    yield CSV_HEAD
    for row in document(found)["features"]:
        first = (row["feature"], row["name"], row["actual_usd"], row["requests"])
        for cell in row["alternatives"]:
            yield (*first, *(cell.get(name) for name in ("name", *CSV_HEAD[5:])))
        if not row["alternatives"]:
            yield (*first, *(None for _ in CSV_HEAD[4:]))


def _words(missing: Iterable[str]) -> str:
    return " and ".join(word.replace("_", " ") for word in missing)
