"""What `modelhub benchmarks import|export|install` do."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import transaction

from analytics.benchmarking.shipped import KEYS
from analytics.benchmarking.suite_files import (
    MOST_BYTES,
    NotRead,
    Reading,
    ReadSuite,
    read_suite,
)
from analytics.models import BenchmarkSuite
from analytics.queries.benchmark_export import exported
from analytics.queries.benchmark_suites import suite_named
from analytics.services.benchmark_imports import Outcome, apply_file
from analytics.services.shipped_suites import install_shipped
from registry.models import Organization

ACTOR: Final = "modelhub benchmarks"


@dataclass
class Done:
    """What came of it, in words and as JSON."""

    document: dict[str, Any]
    lines: list[str] = field(default_factory=list)


def import_file(organization: Organization, options: dict[str, Any]) -> Done:
    """Raises CommandError; then nothing was changed."""
    path = Path(options["file"])
    read = _read(path, options)
    wrong = [str(one) for one in read.faults]
    if wrong and not options["keep_good"]:
        more = "Nothing was changed; --keep-good takes in the rest."
        raise CommandError("\n".join([*wrong, f"{_lines(wrong)} {more}"]))
    if not read.cases:
        raise CommandError("\n".join([*wrong, "There is no case in the file."]))
    key = options["suite"] or read.head.get("suite", "")
    suite = suite_named(organization, key) if key else None
    if options["suite"] and suite is None and "suite" not in read.head:
        read.head["suite"] = options["suite"]
    with transaction.atomic():
        outcome = apply_file(
            organization=organization,
            suite=suite,
            read=read,
            file_name=path.name,
            actor=None,
            actor_label=ACTOR,
            with_removal=options["remove_missing"],
        )
        if options["dry_run"]:
            transaction.set_rollback(True)
    document = {**outcome.as_json(), "wrong": wrong, "dry_run": options["dry_run"]}
    return Done(document, [*wrong, told(outcome)])


def export_file(suite: BenchmarkSuite, options: dict[str, Any]) -> Done:
    """To a file, or to standard output where none is named."""
    path = Path(options["output"]) if options["output"] else None
    ending = path.suffix.lstrip(".").lower() if path else ""
    kind = options["format"] or {"yml": "yaml", "ndjson": "jsonl"}.get(ending, ending)
    if path is not None and kind not in {"jsonl", "csv", "yaml"}:
        raise CommandError(f"Say --format: {path.name} ends in none that is known.")
    text = exported(suite, kind or "jsonl")
    if path is None:
        return Done({}, [text.removesuffix("\n")])
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    cases = suite.cases.filter(replaced_at=None).count()
    said = f"{cases} case{'s' * (cases != 1)} of {suite.key} in {path}."
    return Done({"suite": suite.key, "file": str(path), "cases": cases}, [said])


def install(organization: Organization, options: dict[str, Any]) -> Done:
    """Suites that come with ModelHub; all of them where none is named."""
    outcomes = []
    with transaction.atomic():
        for key in options["suites"] or KEYS:
            outcomes.append(
                install_shipped(
                    organization=organization, key=key, actor=None, actor_label=ACTOR
                )
            )
        if options["dry_run"]:
            transaction.set_rollback(True)
    document = {"suites": [one.as_json() for one in outcomes]}
    document["dry_run"] = options["dry_run"]
    return Done(document, [told(one) for one in outcomes])


def told(outcome: Outcome) -> str:
    """In one sentence."""
    said = {
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "removed": outcome.removed,
    }
    counts = [f"{count} {word}" for word, count in said.items() if count]
    return f"{outcome.suite.key}: {', '.join(counts) or 'no case'}."


def _read(path: Path, options: dict[str, Any]) -> ReadSuite:
    reading = Reading(
        options["format"] or "", options["encoding"] or "", options["delimiter"] or ""
    )
    try:
        content = _bytes(path)
        return read_suite(
            content,
            name=path.name,
            reading=reading,
            open_image=lambda name: (path.parent / name).read_bytes(),
        )
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except NotRead as error:
        raise CommandError(str(error)) from error


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _lines(wrong: Iterable[str]) -> str:
    count = len(list(wrong))
    return f"{count} thing{'s are' if count != 1 else ' is'} wrong."
