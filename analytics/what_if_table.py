"""The table and the tiles of the what-if page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from analytics.bands.what_if import Alternative, Cell, Row, Sums
from analytics.queries.what_if import WhatIf
from analytics.what_if_words import feature_name
from registry.models import AIModel, Feature


@dataclass(frozen=True)
class ShownCell:
    """`search` finds the model on the page of the feature; `is_best` marks the
    cheapest of a row, where it is cheaper than what was."""

    cell: Cell
    is_best: bool = False

    @property
    def sums(self) -> Sums:
        return self.cell.sums

    @property
    def is_incapable(self) -> bool:
        return bool(self.cell.missing)

    @property
    def search(self) -> str:
        return self.cell.model.reference.partition("/")[2] if self.cell.model else ""


@dataclass(frozen=True)
class ShownRow:
    """`model` is the most used one, of so many."""

    name: str
    feature: Feature | None
    model: AIModel | None
    other_models: int
    row: Row
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class Table:
    alternatives: tuple[Alternative, ...]
    rows: tuple[ShownRow, ...]
    actual_usd: Decimal
    calls: int
    requests: int
    unknown_calls: int
    totals: tuple[Sums, ...]
    cheapest: tuple[Alternative, Sums] | None
    most_unfit: tuple[Alternative, Sums] | None

    @property
    def unknown_percent(self) -> Decimal | None:
        if not self.calls:
            return None
        return Decimal(self.unknown_calls) / self.calls * 100

    @property
    def unfit_percent(self) -> Decimal | None:
        if not self.most_unfit or not self.requests:
            return None
        return Decimal(self.most_unfit[1].unfit_requests) / self.requests * 100

    @property
    def notes(self) -> tuple[str, ...]:
        """What the prices could not tell, each once."""
        found: dict[str, None] = {}
        for row in self.rows:
            for one in row.cells:
                found |= dict.fromkeys(
                    f"{one.cell.model.reference}: {note}"
                    for note in one.cell.notes
                    if one.cell.model
                )
        return tuple(found)

    @property
    def missing_models(self) -> tuple[str, ...]:
        """Of packs that name models which nobody knows."""
        return tuple(
            f"{one.label} names {', '.join(one.unknown)}, which is in no catalogue: "
            "such features stay as they were."
            for one in self.alternatives
            if one.unknown
        )

    @property
    def cut_calls(self) -> int:
        return max((one.cut_calls for one in self.totals), default=0)


def table_of(found: WhatIf) -> Table:
    ways = found.question.alternatives
    totals = found.totals
    pairs = list(zip(ways, totals, strict=True))
    known = [pair for pair in pairs if _is_whole(pair[1])]
    unfit = [pair for pair in pairs if pair[1].unfit_requests]
    return Table(
        ways,
        tuple(_row(found, row) for row in found.rows),
        sum((row.actual_usd for row in found.rows), Decimal(0)),
        sum(row.calls for row in found.rows),
        sum(row.requests for row in found.rows),
        sum(row.unknown_calls for row in found.rows),
        totals,
        min(known, key=lambda pair: pair[1].change_usd, default=None),
        max(unfit, key=lambda pair: pair[1].unfit_requests, default=None),
    )


def _is_whole(sums: Sums) -> bool:
    return sums.is_known and bool(sums.calls)


def _row(found: WhatIf, row: Row) -> ShownRow:
    model_id = row.models[0][0] if row.models else None
    least = min(
        (one.sums.change_usd for one in row.cells if _is_comparable(one)), default=None
    )
    return ShownRow(
        feature_name(found, row),
        found.features.get(row.feature_id or 0),
        found.models.get(model_id or 0),
        len(row.models) - 1,
        row,
        tuple(
            ShownCell(
                one,
                least is not None
                and least < 0
                and _is_comparable(one)
                and one.sums.change_usd == least,
            )
            for one in row.cells
        ),
    )


def _is_comparable(cell: Cell) -> bool:
    return cell.sums.is_known and not cell.missing and not cell.sums.unpriced_calls
