"""What the command `benchmarks` does with runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from celery import current_app
from django.core.management.base import CommandError
from django.utils import timezone

from analytics.models import BenchmarkRun, RunState
from analytics.queries.benchmark_progress import Progress, progress_of
from analytics.services.benchmark_claims import TASK
from analytics.services.benchmark_runs import RunOptions
from analytics.services.benchmark_summaries import refresh
from registry.models import Organization

LOOK_S: Final = 0.5
TELL_S: Final = 2.0
WORKERS_CHANCE_S: Final = 3.0
"""After it nobody is there, and the command does the work itself."""
COLUMNS: Final = ("Model", "Score", "Passed", "Answers", "Errors", "Cost")


def options_from(options: dict[str, Any]) -> RunOptions:
    """Raises CommandError for an amount that is none."""
    limit = amount(options["limit"])
    names = [one.strip() for part in options["models"] for one in part.split(",")]
    return RunOptions(
        contenders=[one for one in names if one],
        repetitions=options["repetitions"],
        concurrency=options["concurrency"],
        limit_usd=limit,
        ignores_budgets=options["ignore_budgets"],
    )


def amount(text: str | None) -> Decimal | None:
    """Raises CommandError for what is none."""
    try:
        usd = None if text is None else Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"{text!r} is no amount.") from error
    if usd is not None and not (usd.is_finite() and usd >= 0):
        raise CommandError("The limit is an amount from 0 on.")
    return usd


def run_numbered(organization: Organization, number: int) -> BenchmarkRun:
    found = BenchmarkRun.objects.filter(organization=organization, number=number)
    run = found.select_related("suite", "organization").first()
    if run is None:
        raise CommandError(f"There is no run {number} in {organization.slug}.")
    return run


def wait_for(run: BenchmarkRun, say: Callable[[str], None]) -> BenchmarkRun:
    """Until the run is over or paused, telling how far it is. Where no worker takes it,
    this process does."""
    began = told = time.monotonic()
    while True:
        run.refresh_from_db()
        if run.is_over or run.state == RunState.PAUSED:
            return run
        now = time.monotonic()
        if run.claim is None and now - began > WORKERS_CHANCE_S:
            say("No worker is there: this command does the work.")
            _work_here(run.pk)
            began = time.monotonic()
            continue
        if now - told > TELL_S:
            told = now
            say(progress_line(progress_of(run, timezone.now())))
        time.sleep(LOOK_S)


def _work_here(run_id: int) -> None:
    """The task itself, which this app knows by its name alone."""
    current_app.loader.import_default_modules()
    current_app.tasks[TASK](run_id)


def progress_line(progress: Progress) -> str:
    parts = [
        f"{progress.over:,} of {progress.answers:,} answers ({progress.percent}%)",
        f"${progress.cost_usd:,.4f}",
        f"{progress.failed:,} errors" if progress.failed else "",
        progress.left_words,
    ]
    return ", ".join(one for one in parts if one)


def result_rows(run: BenchmarkRun) -> list[list[str]]:
    return [
        [
            one["reference"],
            _score(one),
            _share(one["passed"]),
            str(one["done"]),
            str(one["failed"]),
            f"${Decimal(str(one['cost_usd'])):,.4f}" if one.get("cost_usd") else "",
        ]
        for one in models_of(run)
    ]


def models_of(run: BenchmarkRun) -> list[dict[str, Any]]:
    """As the summary has them."""
    return list(refresh(run)["models"])


def run_document(run: BenchmarkRun) -> dict[str, Any]:
    progress = progress_of(run, timezone.now())
    return {
        "run": run.number,
        "suite": run.suite.key,
        "state": run.state,
        "problem": run.problem,
        "answers": progress.answers,
        "done": progress.done,
        "failed": progress.failed,
        "skipped": progress.skipped,
        "left": progress.left,
        "cost_usd": progress.cost_usd,
        "unpriced": progress.unpriced,
        "estimate_usd": run.estimate_usd,
        "limit_usd": run.limit_usd,
        "models": models_of(run),
    }


def shortfalls(run: BenchmarkRun, fail_under: float | None) -> Iterator[str]:
    """Why a run is not good enough: one line a model, or of the run."""
    if run.state != RunState.DONE:
        reason = f": {run.problem}" if run.problem else "."
        yield f"Run {run.number} is {run.get_state_display().lower()}{reason}"
    if fail_under is None:
        return
    for one in models_of(run):
        score = one["score"]
        if score is None:
            yield f"{one['reference']} has no score."
        elif score["value"] < fail_under:
            value = score["value"]
            yield f"{one['reference']} scored {value:.3f}, under {fail_under:g}."


def _score(one: dict[str, Any]) -> str:
    """With its interval, where there is one."""
    score = one["score"]
    if score is None:
        return "–"
    text = f"{score['value']:.3f}"
    if score["low"] is None or score["high"] is None:
        return text
    return f"{text} ({score['low']:.3f} to {score['high']:.3f})"


def _share(passed: dict[str, Any] | None) -> str:
    return "–" if passed is None else f"{passed['share'] * 100:.0f}%"
