"""Starting runs of benchmarks, and pausing, resuming, cancelling, repeating them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from analytics.benchmarking.estimating import Estimate
from analytics.models import (
    BenchmarkContender,
    BenchmarkRun,
    BenchmarkSchedule,
    BenchmarkSuite,
    RunState,
)
from analytics.queries.benchmark_estimates import estimate
from analytics.services.benchmark_claims import CANCELLED, skip_waiting, wake
from registry.audit import record_change
from registry.models import Organization, User
from registry.parameters import ParameterError, clean_parameters

MOST_REPETITIONS: Final = 100
MOST_CONCURRENCY: Final = 256
MOST_ANSWERS: Final = 200_000
NO_IMAGES: Final = "The case shows images, which this model does not take."
ROWS: Final = """
INSERT INTO analytics_benchmarkresult (
  run_id, contender_id, case_id, repetition, state, tries, answer, scores,
  finish_reason, error_kind, error, finished_at)
SELECT c.run_id, c.id, k.id, r,
  CASE WHEN s.skip THEN 'skipped' ELSE 'waiting' END, 0, '', '[]'::jsonb, '',
  CASE WHEN s.skip THEN 'missing_capability' ELSE '' END,
  CASE WHEN s.skip THEN %s ELSE '' END, CASE WHEN s.skip THEN now() END
FROM analytics_benchmarkcase k
CROSS JOIN generate_series(1, %s) r
CROSS JOIN analytics_benchmarkcontender c
CROSS JOIN LATERAL (
  SELECT cardinality(k.image_digests) > 0 AND c.reference = ANY(%s) AS skip) s
WHERE k.suite_id = %s AND k.replaced_at IS NULL AND c.run_id = %s
ORDER BY r, k.position, k.id, c.position
"""


class RunRefused(Exception):
    """Why a run is not started or resumed; `problems` are sentences for a person.
    `estimate` is what was refused."""

    def __init__(
        self, problems: Sequence[str], estimate: Estimate | None = None
    ) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)
        self.estimate = estimate


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How a suite is run. `contenders` are references; `limit_usd` None: no limit of
    its own; with `ignores_budgets` it starts although a budget has less left than it
    may cost, and pauses when that is used up."""

    contenders: Sequence[str]
    repetitions: int = 1
    concurrency: int = 4
    limit_usd: Decimal | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    ignores_budgets: bool = False

    def as_document(self) -> dict[str, Any]:
        return {
            "models": list(self.contenders),
            "repetitions": self.repetitions,
            "concurrency": self.concurrency,
            "limit_usd": None if self.limit_usd is None else str(self.limit_usd),
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> RunOptions:
        limit = document.get("limit_usd")
        return cls(
            contenders=tuple(document.get("models") or ()),
            repetitions=int(document.get("repetitions") or 1),
            concurrency=int(document.get("concurrency") or 4),
            limit_usd=None if limit in (None, "") else Decimal(str(limit)),
            parameters=document.get("parameters") or {},
        )

    @classmethod
    def of(cls, run: BenchmarkRun) -> RunOptions:
        return cls(
            contenders=tuple(run.contenders.values_list("reference", flat=True)),
            repetitions=run.repetitions,
            concurrency=run.concurrency,
            limit_usd=run.limit_usd,
            parameters=run.parameters,
        )


def start_run(
    organization: Organization,
    suite: BenchmarkSuite,
    options: RunOptions,
    *,
    by: User | None,
    by_label: str = "",
    schedule: BenchmarkSchedule | None = None,
) -> BenchmarkRun:
    """Make the run and every answer that it is to have, and wake a worker. Raises
    RunRefused, with all that is in the way."""
    if suite.organization_id != organization.pk:
        raise RunRefused(["There is no such suite."])
    parameters = _parameters(options)
    found = estimate(
        suite,
        options.contenders,
        repetitions=max(1, options.repetitions),
        parameters=parameters,
    )
    if problems := [*_numbers(options), *problems_of(found, options)]:
        raise RunRefused(problems, found)
    with transaction.atomic():
        run = _make(organization, suite, options, found, by, schedule)
        record_change(
            organization=organization,
            actor=by,
            actor_label=by_label,
            action="benchmark_run.started",
            target=run,
            before=None,
            after={**options.as_document(), "estimate_usd": _text(found.total_usd)},
        )
        transaction.on_commit(lambda: wake(run.pk))
    return run


def problems_of(found: Estimate, options: RunOptions) -> list[str]:
    """Everything in the way of a start, with what to change."""
    problems = list(found.problems)
    problems += [f"{one.reference}: {one.reason}" for one in found.models if one.reason]
    if problems:
        return problems
    if not found.calls:
        problems.append("No case can be asked of these models: all show images.")
    if found.calls > MOST_ANSWERS:
        problems.append(
            f"These are {found.calls:,} answers; a run has at most {MOST_ANSWERS:,}."
        )
    problems += _over_limit(found, options.limit_usd)
    if found.short_budgets and not options.ignores_budgets:
        problems += [
            *found.short_budgets,
            "Raise the budget, ask for less, or start anyway: the run pauses when "
            "the budget is used up.",
        ]
    return problems


def _over_limit(found: Estimate, limit_usd: Decimal | None) -> list[str]:
    if limit_usd is None:
        return []
    if found.unpriced:
        names = ", ".join(found.unpriced)
        return [
            f"A limit cannot be kept where the cost is not known: {names}. Enter a "
            "price, or start without a limit."
        ]
    usd = found.known_usd
    if usd > limit_usd:
        return [
            f"This may cost ${usd:,.4f}, more than the limit of ${limit_usd:,.2f}. "
            "Raise the limit, or take fewer models or repetitions."
        ]
    return []


def _numbers(options: RunOptions) -> list[str]:
    problems = []
    if not 1 <= options.repetitions <= MOST_REPETITIONS:
        problems.append(f"Repetitions are 1 to {MOST_REPETITIONS}.")
    if not 1 <= options.concurrency <= MOST_CONCURRENCY:
        problems.append(f"Calls at once are 1 to {MOST_CONCURRENCY}.")
    if options.limit_usd is not None and options.limit_usd < 0:
        problems.append("The limit is an amount from $0 on.")
    return problems


def _parameters(options: RunOptions) -> dict[str, Any]:
    try:
        return clean_parameters(options.parameters)
    except ParameterError as error:
        raise RunRefused(list(error.errors.values())) from error


def _make(
    organization: Organization,
    suite: BenchmarkSuite,
    options: RunOptions,
    found: Estimate,
    by: User | None,
    schedule: BenchmarkSchedule | None,
) -> BenchmarkRun:
    # Numbers are given one after the other.
    Organization.objects.select_for_update().get(pk=organization.pk)
    runs = BenchmarkRun.objects.filter(organization=organization)
    latest = runs.aggregate(latest=Max("number"))["latest"] or 0
    run = BenchmarkRun.objects.create(
        organization=organization,
        suite=suite,
        number=latest + 1,
        repetitions=options.repetitions,
        concurrency=options.concurrency,
        parameters={**suite.parameters, **_parameters(options)},
        system=suite.system,
        scorers=suite.scorers,
        pass_score=suite.pass_score,
        estimate_usd=found.total_usd,
        limit_usd=options.limit_usd,
        calls=found.calls,
        schedule=schedule,
        created_by=by,
    )
    BenchmarkContender.objects.bulk_create(
        BenchmarkContender(
            run=run,
            position=position,
            reference=one.reference,
            ai_model_id=one.model_id,
        )
        for position, one in enumerate(found.models, start=1)
    )
    _make_results(run, suite, [one.reference for one in found.models if one.skipped])
    return run


def _make_results(
    run: BenchmarkRun, suite: BenchmarkSuite, without_images: list[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            ROWS, [NO_IMAGES, run.repetitions, without_images, suite.pk, run.pk]
        )


def duplicate(run: BenchmarkRun, *, by: User | None) -> BenchmarkRun:
    """The same again, with the suite as it is now. Raises RunRefused."""
    return start_run(run.organization, run.suite, RunOptions.of(run), by=by)


def pause(run: BenchmarkRun, *, by: User | None, by_label: str = "") -> bool:
    """Answers under way are still taken; no more are asked. False where it does not
    run."""
    busy = [RunState.WAITING, RunState.RUNNING]
    return _move(run, busy, RunState.PAUSED, "benchmark_run.paused", by, by_label)


def resume(
    run: BenchmarkRun,
    *,
    by: User | None,
    limit_usd: Decimal | None = None,
    by_label: str = "",
) -> bool:
    """Go on where it stopped, with another limit if one is given. False where it is
    not paused."""
    more: dict[str, Any] = {"problem": ""}
    if limit_usd is not None:
        more["limit_usd"] = limit_usd
    return _move(
        run,
        [RunState.PAUSED],
        RunState.WAITING,
        "benchmark_run.resumed",
        by,
        by_label,
        **more,
    )


def cancel(run: BenchmarkRun, *, by: User | None, by_label: str = "") -> bool:
    """End it for good; what was answered stays. False where it is over."""
    live = [RunState.WAITING, RunState.RUNNING, RunState.PAUSED]
    return _move(
        run,
        live,
        RunState.CANCELLED,
        "benchmark_run.cancelled",
        by,
        by_label,
        finished_at=timezone.now(),
    )


@transaction.atomic
def _move(
    run: BenchmarkRun,
    states: Sequence[str],
    state: str,
    action: str,
    by: User | None,
    by_label: str,
    **more: Any,
) -> bool:
    moved = BenchmarkRun.objects.filter(pk=run.pk, state__in=states).update(
        state=state, **more
    )
    before = run.state
    run.refresh_from_db()
    if not moved:
        return False
    if state == RunState.CANCELLED:
        skip_waiting(run, CANCELLED)
    record_change(
        organization=run.organization,
        actor=by,
        actor_label=by_label,
        action=action,
        target=run,
        before={"state": before},
        after={"state": state},
    )
    if state == RunState.WAITING:
        transaction.on_commit(lambda: wake(run.pk))
    return True


def _text(usd: Decimal | None) -> str | None:
    return None if usd is None else str(usd)
