"""`modelhub benchmarks`: suites of cases, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from analytics.benchmark_arguments import add_benchmark_arguments
from analytics.benchmark_commands import (
    COLUMNS,
    amount,
    options_from,
    progress_line,
    result_rows,
    run_document,
    run_numbered,
    shortfalls,
    wait_for,
)
from analytics.benchmark_files import Done, export_file, import_file, install
from analytics.benchmark_text import case_facts, row_document, suite_facts
from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.models import BenchmarkRun, BenchmarkSuite
from analytics.queries.benchmark_progress import progress_of
from analytics.queries.benchmark_suites import (
    similar_suites,
    suite_named,
    suite_rows,
)
from analytics.services.benchmark_cases import content_of, living_cases
from analytics.services.benchmark_runs import (
    RunRefused,
    cancel,
    pause,
    resume,
    start_run,
)
from registry.console_table import table_text
from registry.models import Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization

REFUSALS: Final = (OrganizationUnclear, BenchmarkRefused, RunRefused)
LABEL: Final = "modelhub benchmarks"
DRY: Final = "Dry run: nothing was changed."
LONGEST_PROMPT: Final = 60


class Command(BaseCommand):
    help = "List, show, run, import and export benchmark suites."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_benchmark_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            getattr(self, f"_{options['action']}")(organization, options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = suite_rows(organization, is_archived=options["archived"])
        if options["json"]:
            return self.json([row_document(row) for row in rows])
        if not rows:
            return self.lines(["No suites yet. See `modelhub benchmarks --help`."])
        return self.table(
            ("Suite", "Name", "Cases", "Last run"),
            [
                [
                    row.suite.key,
                    row.suite.name,
                    row.case_count,
                    f"{row.last_run.number} ({row.last_run.state})"
                    if row.last_run
                    else "",
                ]
                for row in rows
            ],
        )

    def _show(self, organization: Organization, options: dict[str, Any]) -> None:
        suite = self.suite(organization, options["suite"])
        cases = list(living_cases(suite))
        if options["json"]:
            said = {**suite_facts(suite), "cases": [case_facts(one) for one in cases]}
            return self.json(said)
        kinds = ", ".join(one["kind"] for one in suite.scorers) or "none"
        self.lines([f"{suite.name} ({suite.key})", f"Scorers: {kinds}"])
        if not cases:
            return self.lines(["No cases yet."])
        return self.table(
            ("Case", "Prompt", "Tags", "Weight"),
            [
                [
                    one.key,
                    _short(content_of(one).prompt),
                    ", ".join(one.tags),
                    f"{one.weight:g}",
                ]
                for one in cases
            ],
        )

    def _import(self, organization: Organization, options: dict[str, Any]) -> None:
        self._say(import_file(organization, options), options)

    def _export(self, organization: Organization, options: dict[str, Any]) -> None:
        suite = self.suite(organization, options["suite"])
        done = export_file(suite, options)
        self._say(done, {**options, "json": options["json"] and done.document})

    def _install(self, organization: Organization, options: dict[str, Any]) -> None:
        self._say(install(organization, options), options)

    def _say(self, done: Done, options: dict[str, Any]) -> None:
        if options["json"]:
            return self.json(done.document)
        dry = [DRY] if options.get("dry_run") else []
        return self.lines([*done.lines, *dry])

    def _run(self, organization: Organization, options: dict[str, Any]) -> None:
        suite = self.suite(organization, options["suite"])
        run = start_run(
            organization, suite, options_from(options), by=None, by_label=LABEL
        )
        problems = []
        if options["wait"] or options["fail_under"] is not None:
            say = self.stderr.write if options["json"] else self.stdout.write
            say(f"Run {run.number} of {suite.name} has begun.")
            wait_for(run, say)
            problems = list(shortfalls(run, options["fail_under"]))
        self._tell(run, options)
        if problems:
            raise CommandError(" ".join(problems))

    def _status(self, organization: Organization, options: dict[str, Any]) -> None:
        self._tell(run_numbered(organization, options["number"]), options)

    def _pause(self, organization: Organization, options: dict[str, Any]) -> None:
        run = run_numbered(organization, options["number"])
        if not pause(run, by=None, by_label=LABEL):
            raise CommandError(f"Run {run.number} is not at work.")
        self._tell(run, options)

    def _resume(self, organization: Organization, options: dict[str, Any]) -> None:
        run = run_numbered(organization, options["number"])
        limit = amount(options["limit"])
        if not resume(run, by=None, limit_usd=limit, by_label=LABEL):
            raise CommandError(f"Run {run.number} is not paused.")
        self._tell(run, options)

    def _cancel(self, organization: Organization, options: dict[str, Any]) -> None:
        run = run_numbered(organization, options["number"])
        if not cancel(run, by=None, by_label=LABEL):
            raise CommandError(f"Run {run.number} is over already.")
        self._tell(run, options)

    def _tell(self, run: BenchmarkRun, options: dict[str, Any]) -> None:
        if options["json"]:
            return self.json(run_document(run))
        progress = progress_line(progress_of(run, timezone.now()))
        said = f" {run.problem}" if run.problem else ""
        self.lines([f"Run {run.number}: {run.get_state_display()}, {progress}.{said}"])
        return self.table(COLUMNS, result_rows(run))

    def suite(self, organization: Organization, key: str) -> BenchmarkSuite:
        found = suite_named(organization, key)
        if found is None:
            close = similar_suites(organization, key)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            message = f"There is no suite {key[:80]!r} in {organization.slug}.{hint}"
            raise CommandError(message)
        return found

    def json(self, document: Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
        self.stdout.write(text)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def table(self, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
        numbers = ("Cases", "Weight", "Passed", "Answers", "Errors", "Cost")
        is_terminal = bool(self.stdout.isatty())
        self.stdout.write(
            table_text(columns, rows, is_terminal=is_terminal, right=numbers)
        )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_PROMPT else f"{line[: LONGEST_PROMPT - 1]}…"
