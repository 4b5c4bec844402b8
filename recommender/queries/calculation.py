"""Answers a calculation: one function behind the page, the downloads and the API."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import localcontext

from recommender.break_even import BreakEven, Option, break_even
from recommender.calculation import OWN, Calculation, CalculationRequest, Row
from recommender.queries.candidates import (
    current_assignments,
    enabled_ids,
    named_models,
)
from recommender.queries.feature_costs import feature_costs
from recommender.queries.rows import model_rows, own_row, sorted_rows
from recommender.queries.selection import Selection, select_models
from recommender.roi import Roi, percent_of, return_on_investment
from registry.models import AIModel, Assignment, Organization
from registry.pricing import EXACT


def calculate(
    organization: Organization, request: CalculationRequest, at: datetime.datetime
) -> Calculation:
    """All figures for `request` with the prices in force at `at`. The number of
    queries does not depend on the number of models or features."""
    if request.workload is None:
        return Calculation(request=request, at=at, rows=())
    assignments = current_assignments(organization)
    selection = select_models(organization, request, request.workload, at)
    by_key = _priced(organization, request, selection, assignments, at)
    ranked = sorted_rows(by_key[model.pk] for model in selection.ai_models)
    known = {row.reference: row for row in by_key.values()}
    shown = ranked[: selection.limit]
    if request.own:
        known[OWN] = own_row(request.own, request.items)
        shown = sorted_rows([*shown, known[OWN]])
    baseline = _baseline(request, known, assignments)
    rows = [_against(row, baseline) for row in shown]
    compared, compared_note = _compare(request, rows, known, baseline)
    roi_row = known.get(request.roi_of) or next(iter(rows), None)
    return Calculation(
        request=request,
        at=at,
        rows=tuple(rows),
        left_out=selection.left_out,
        messages=selection.messages + _cut(ranked, selection),
        baseline=baseline,
        choices=_choices(rows, assignments),
        break_even=compared,
        break_even_note=compared_note,
        roi=_roi(request, roi_row),
        roi_row=roi_row,
        features=feature_costs(
            assignments, by_key, rows, enabled_ids(organization), at.date()
        ),
    )


def _priced(
    organization: Organization,
    request: CalculationRequest,
    selection: Selection,
    assignments: Sequence[Assignment],
    at: datetime.datetime,
) -> dict[int, Row]:
    """A row by primary key for each selected model, each that a feature uses and each
    that the request compares by name."""
    models: dict[int, AIModel] = {model.pk: model for model in selection.ai_models}
    present = {model.reference for model in selection.ai_models}
    compared = (request.baseline, request.first, request.second, request.roi_of)
    missing = [each for each in compared if each and each not in {OWN, *present}]
    for model in named_models(organization, missing).ai_models:
        models.setdefault(model.pk, model)
    for assignment in assignments:
        if assignment.revision.ai_model is not None:
            model = assignment.revision.ai_model
            models.setdefault(model.pk, model)
    rows = model_rows(list(models.values()), request, organization, at)
    return dict(zip(models, rows, strict=True))


def _cut(ranked: Sequence[Row], selection: Selection) -> tuple[str, ...]:
    total = selection.calculable or len(ranked)
    if total <= selection.limit:
        return ()
    return (f"The {selection.limit} cheapest of {total:,} models are shown.",)


def _choices(rows: Sequence[Row], assignments: Sequence[Assignment]) -> tuple[str, ...]:
    """The references that can be compared with: what is shown and what is in use."""
    used = (assignment.revision.ai_model for assignment in assignments)
    shown = [row.reference for row in rows if not row.is_own]
    return tuple(
        dict.fromkeys(
            [*shown, *(model.reference for model in used if model is not None)]
        )
    )


def _baseline(
    request: CalculationRequest,
    known: Mapping[str, Row],
    assignments: Sequence[Assignment],
) -> Row | None:
    """What differences are against: the row asked for, else the model that most
    features use today. None where no feature has a model yet."""
    if request.baseline in known:
        return known[request.baseline]
    used = Counter(
        assignment.revision.ai_model.reference
        for assignment in assignments
        if assignment.revision.ai_model
    )
    return known.get(used.most_common(1)[0][0]) if used else None


def _against(row: Row, baseline: Row | None) -> Row:
    """The row with its difference from the baseline: by month where the volume is
    known, else by item."""
    if baseline is None:
        return row
    if row.reference == baseline.reference:
        return dataclasses.replace(row, is_baseline=True)
    before, after = baseline.monthly_usd, row.monthly_usd
    if before is None or after is None:
        before, after = baseline.per_item_usd, row.per_item_usd
    if before is None or after is None:
        return row
    with localcontext(EXACT):
        change = after - before
    return dataclasses.replace(
        row, change_usd=change, change_percent=percent_of(change, before)
    )


def _compare(
    request: CalculationRequest,
    rows: Sequence[Row],
    known: Mapping[str, Row],
    baseline: Row | None,
) -> tuple[BreakEven | None, str]:
    """The break-even of the two options asked for, or why there is none."""
    models = [row.reference for row in rows if row.is_priced and not row.is_own]
    usual = baseline.reference if baseline and not baseline.is_own else ""
    second = request.second or (OWN if request.own else "")
    first = request.first or usual or next(iter(models), "")
    if not second:
        return None, "Describe a self-hosted or reserved option, or choose two models."
    options = [_option(request, known.get(each)) for each in (first, second)]
    if options[0] is None or options[1] is None:
        missing = first if options[0] is None else second
        return None, f"No cost per item is known for {missing[:120] or 'a model'}."
    return break_even(options[0], options[1]), ""


def _option(request: CalculationRequest, row: Row | None) -> Option | None:
    if row is None:
        return None
    if row.is_own:
        return request.own
    if row.per_item_usd is None:
        return None
    return Option(row.reference, row.per_item_usd)


def _roi(request: CalculationRequest, row: Row | None) -> Roi | None:
    if request.value_per_item_usd is None or request.items is None:
        return None
    if row is None or row.monthly_usd is None:
        return None
    return return_on_investment(
        items=request.items,
        value_per_item_usd=request.value_per_item_usd,
        monthly_cost_usd=row.monthly_usd,
        setup_usd=request.setup_usd,
    )
