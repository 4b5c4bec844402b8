"""Usage files: what would be read, and reading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Final

from django.db import transaction

from analytics.incoming import IncomingCall
from analytics.intake.entries import Told
from analytics.intake.fields import NoCall, Unfit
from analytics.intake.files import entries_of, pieces_of
from analytics.intake.formats import Layout
from analytics.intake.invoices import InvoiceFigure, summed
from analytics.intake.own import NAMES
from analytics.intake.unpacking import CutShort
from analytics.models import ProviderInvoiceLine
from analytics.queries.told_names import models_meant
from analytics.services.intake_runs import Reject, Tally, run_intake
from registry.models import Organization

SHOWN_ROWS: Final = 5
SHOWN_PROBLEMS: Final = 5
PREVIEWED: Final = 20_000
"""Entries that a preview on a page looks at."""
STATED: Final = ("usd", "requests", "input_tokens", "output_tokens")


@dataclass(slots=True)
class Preview:
    """What reading a file would come to; `is_part` where only its beginning was looked
    at. `unknown` are models that the registry does not know, with their calls."""

    layout: Layout
    read: int = 0
    fit: int = 0
    refused: int = 0
    is_part: bool = False
    cut: str = ""
    calls: list[IncomingCall] = field(default_factory=list)
    figures: list[InvoiceFigure] = field(default_factory=list)
    problems: list[Reject] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    models: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: dict[tuple[str, str], int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def preview(
    organization: Organization,
    layout: Layout,
    file: BinaryIO,
    most: int | None = PREVIEWED,
) -> Preview:
    """Read without writing anything."""
    found = Preview(layout, columns=layout.names)
    entries = entries_of(layout, pieces_of(file))
    try:
        for told in islice(entries, most):
            _look_at(found, told)
        found.is_part = most is not None and next(entries, None) is not None
    except CutShort as error:
        found.cut = str(error)
    meant = models_meant(organization, found.models)
    found.unknown = {
        said: calls for said, calls in found.models.items() if said not in meant
    }
    if layout.format.key == "modelhub":
        renames = dict(layout.renamed)
        final = {name: renames.get(name, name) for name in layout.names}
        found.unused = tuple(
            name
            for name, known in final.items()
            if known not in NAMES and not known.startswith("tags.")
        )
    return found


def _look_at(found: Preview, told: Told) -> None:
    found.read += 1
    try:
        if told.problem or not isinstance(told.value, dict):
            raise Unfit("line", told.problem or "This is no JSON object.")
        if found.layout.format.figure_of is not None:
            figure = found.layout.format.figure_of(told.value)
            found.figures = [*found.figures, figure][:SHOWN_ROWS]
        elif found.layout.format.call_of is not None:
            call = found.layout.format.call_of(told.value)
            found.models[call.provider, call.model] += 1
            if len(found.calls) < SHOWN_ROWS:
                found.calls.append(call)
        found.fit += 1
    except NoCall as error:
        reason = str(error)
        found.skipped[reason] = found.skipped.get(reason, 0) + 1
    except Unfit as error:
        found.refused += 1
        if len(found.problems) < SHOWN_PROBLEMS:
            reject = Reject(told.line, error.field, error.reason, told.value)
            found.problems.append(reject)


def read_file(
    organization: Organization,
    layout: Layout,
    file: BinaryIO,
    *,
    file_name: str,
    on_reject: Callable[[Reject], object],
    on_batch: Callable[[Tally], object] = lambda tally: None,
    after_batch: Callable[[Tally], object] = lambda tally: None,
    tally: Tally | None = None,
) -> Tally:
    """Take in a file from the line behind `tally`, where there is one. See `run_intake`
    for the two that are called for each batch."""
    so_far = tally or Tally()
    entries = entries_of(layout, pieces_of(file))
    if layout.format.call_of is not None:
        rest = (told for told in entries if told.line > so_far.line)
        return run_intake(
            organization,
            rest,
            layout.format.call_of,
            on_reject=on_reject,
            on_batch=on_batch,
            after_batch=after_batch,
            tally=so_far,
        )
    fresh = Tally()
    figures = _figures(layout, entries, fresh, on_reject)
    with transaction.atomic():
        keep_figures(organization, figures, file_name)
        on_batch(fresh)
    after_batch(fresh)
    return fresh


def _figures(
    layout: Layout,
    entries: Iterable[Told],
    tally: Tally,
    on_reject: Callable[[Reject], object],
) -> list[InvoiceFigure]:
    figure_of = layout.format.figure_of
    found = []
    try:
        for told in entries:
            tally.read, tally.line = tally.read + 1, told.line
            try:
                if told.problem or figure_of is None or type(told.value) is not dict:
                    raise Unfit("line", told.problem or "This is no JSON object.")
                found.append(figure_of(told.value))
                tally.accepted += 1
            except NoCall as error:
                reason = str(error)
                tally.skipped[reason] = tally.skipped.get(reason, 0) + 1
            except Unfit as error:
                tally.refused += 1
                on_reject(Reject(told.line, error.field, error.reason, told.value))
    except CutShort as error:
        tally.cut = str(error)
    return summed(found)


def keep_figures(
    organization: Organization, figures: Iterable[InvoiceFigure], file_name: str
) -> None:
    """What a file states replaces what another said of the same model and day."""
    for one in figures:
        stated: dict[str, Any] = {
            name: getattr(one, name)
            for name in STATED
            if getattr(one, name) is not None
        }
        ProviderInvoiceLine.objects.update_or_create(
            organization=organization,
            provider=one.provider,
            model=one.model,
            day=one.day,
            defaults={**stated, "source_file": file_name[:200]},
        )
