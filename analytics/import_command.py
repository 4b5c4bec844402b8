"""`modelhub usage import`: previews and runs, on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from analytics.import_progress import ImportProgress, tally_facts
from analytics.intake.files import start_of
from analytics.intake.formats import Layout, NotRecognised, recognise
from analytics.services.intake_runs import Tally
from analytics.services.usage_files import Preview, preview, read_file
from registry.models import Organization


def run_import(
    organization: Organization, options: dict[str, Any], out: TextIO, err: TextIO
) -> None:
    """Raises CommandError where the file cannot be read, or not to its end."""
    path: Path = options["file"]
    try:
        with path.open("rb") as file:
            layout = recognise(
                start_of(file),
                key=options["format"] or "",
                delimiter=options["delimiter"].replace("\\t", "\t"),
                encoding=options["encoding"],
                renamed=options["map"],
            )
            if options["dry_run"]:
                found = preview(organization, layout, file, most=None)
                lines = [json.dumps(_facts(found), default=str)]
                out.write("\n".join(lines if options["json"] else _lines(found)))
                return
            tally = _import(organization, layout, path, file, options, err)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    except NotRecognised as error:
        raise CommandError(f"{path}: {error}") from error
    if options["json"]:
        document = {"format": layout.format.key, **tally_facts(tally)}
        out.write(json.dumps(document))
    else:
        out.write("\n".join(_told(layout, tally, path)))
    if tally.cut:
        raise CommandError(f"{path}: {tally.cut} What came before it was taken in.")


def _import(
    organization: Organization,
    layout: Layout,
    path: Path,
    file: BinaryIO,
    options: dict[str, Any],
    err: TextIO,
) -> Tally:
    progress = ImportProgress(path, layout.format.key)
    if options["restart"]:
        progress.forget()
    console = Console(file=err, quiet=options["json"])
    console.print(f"{layout.format.title}. {layout.reason}", highlight=False)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("Reading", total=path.stat().st_size)

        def after_batch(tally: Tally) -> None:
            progress.keep(tally)
            words = f"{tally.accepted:,} taken in, {tally.refused:,} refused"
            bar.update(task, completed=file.tell(), description=words)

        tally = read_file(
            organization,
            layout,
            file,
            file_name=path.name,
            on_reject=progress.note,
            after_batch=after_batch,
            tally=progress.resume(),
        )
    if not tally.cut:
        progress.forget()
    return tally


def _told(layout: Layout, tally: Tally, path: Path) -> Iterable[str]:
    if layout.format.figure_of is not None:
        yield (
            f"Kept {tally.accepted:,} sums of the provider. They are no calls: they "
            "are what the calls are compared with."
        )
    else:
        yield (
            f"Took in {tally.accepted:,} calls of {tally.read:,}; {tally.duplicates:,} "
            f"were known, {tally.unpriced:,} have no price."
        )
    for reason, number in tally.skipped.items():
        yield f"Left out {number:,}: {reason}."
    if tally.refused:
        yield f"Refused {tally.refused:,}: see {path}.rejects.jsonl."


def _facts(found: Preview) -> dict[str, Any]:
    return {
        "format": found.layout.format.key,
        "reason": found.layout.reason,
        "read": found.read,
        "fit": found.fit,
        "refused": found.refused,
        "skipped": dict(found.skipped),
        "columns": found.columns,
        "unused_columns": found.unused,
        "unknown_models": {"/".join(said): n for said, n in found.unknown.items()},
        "problems": [
            {"line": one.line, "field": one.field, "reason": one.reason}
            for one in found.problems
        ],
        "error": found.cut,
    }


def _lines(found: Preview) -> Iterable[str]:
    layout = found.layout
    yield f"{layout.format.title}. {layout.reason}"
    yield f"{found.read:,} entries: {found.fit:,} fit, {found.refused:,} are refused."
    for reason, number in found.skipped.items():
        yield f"Left out {number:,}: {reason}."
    for old, new in layout.renamed:
        yield f"Column {old} is read as {new}."
    if found.unused:
        yield f"Columns that are not read: {', '.join(found.unused)}."
    for call in found.calls:
        usage = call.usage
        counts = (
            f"{usage.input_tokens:,} in, {usage.output_tokens:,} out" if usage else ""
        )
        at = call.started_at.isoformat(timespec="seconds")
        model = f"{call.provider}/{call.model}".removeprefix("/")
        yield f"  {at}  {model}  {counts}  {call.outcome}"
    for one in found.figures:
        tokens = f"{one.input_tokens:,} in" if one.input_tokens is not None else ""
        money = f"${one.usd}" if one.usd is not None else ""
        yield f"  {one.day}  {one.provider}/{one.model}  {money or tokens}"
    for (provider, model), number in found.unknown.items():
        name = f"{provider}/{model}".removeprefix("/")
        yield f"Unknown model {name}: {number:,} calls would have no price."
    for reject in found.problems:
        yield f"Line {reject.line}, {reject.field}: {reject.reason}"
    if found.cut:
        yield found.cut
    yield "Nothing was written."
