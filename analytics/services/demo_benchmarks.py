"""Benchmark suites of the sample organisation, and a finished run of each."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from analytics.benchmarking.case_content import CaseContent
from analytics.demo.benchmarked import CASES, SUITES, DemoResult, DemoSuite, results
from analytics.demo.features import Part
from analytics.demo.world import World
from analytics.models import (
    BenchmarkCase,
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    BenchmarkSuite,
    ResultState,
    RunState,
)
from analytics.services.benchmark_cases import case_of
from analytics.services.benchmark_suites import create_suite
from analytics.services.benchmark_summaries import refresh
from analytics.services.demo_dates import date_back
from registry.models import AIModel, Organization
from registry.pricing import cost_of
from registry.usage import Usage

SCORERS: Final = [{"kind": "similarity"}]
BEFORE: Final = datetime.timedelta(hours=20)
LASTED: Final = datetime.timedelta(minutes=4)
INPUT_TOKENS: Final = 400
ANSWER: Final = "A made-up answer of the sample data."


@transaction.atomic
def add_benchmarks(
    organization: Organization, world: World, *, seed: int, actor_label: str
) -> list[BenchmarkRun]:
    """One suite for each kind of work and one run of it before the switch to the second
    pack, with every model that the product ever used."""
    began, at = timezone.now(), world.story.switched_at - BEFORE
    contenders = _contenders(world)
    made = [
        _run(organization, number, one, contenders, at, seed, actor_label, world)
        for number, one in enumerate(SUITES, 1)
    ]
    date_back(organization, began, at)
    return made


def _contenders(world: World) -> list[tuple[Part, AIModel]]:
    """Each model once, by the part that it was cast for last."""
    parts = {
        route.ai_model_id: route.part
        for era in world.eras
        for routes in era.routes.values()
        for route in routes
    }
    models = AIModel.objects.select_related("provider").in_bulk(parts)
    return [(part, models[pk]) for pk, part in parts.items()]


def _run(
    organization: Organization,
    number: int,
    said: DemoSuite,
    contenders: Sequence[tuple[Part, AIModel]],
    at: datetime.datetime,
    seed: int,
    actor_label: str,
    world: World,
) -> BenchmarkRun:
    suite = create_suite(
        organization=organization,
        name=said.name,
        key=said.key,
        description=said.description,
        scorers=SCORERS,
        actor=None,
        actor_label=actor_label,
    )
    cases = _add_cases(suite, said)
    run = BenchmarkRun.objects.create(
        organization=organization,
        suite=suite,
        number=number,
        state=RunState.DONE,
        scorers=suite.scorers,
        pass_score=suite.pass_score,
        calls=len(cases) * len(contenders),
        started_at=at,
        finished_at=at + LASTED,
    )
    scored = results(said, [part for part, _ in contenders], seed)
    for position, ((_, ai_model), of_model) in enumerate(
        zip(contenders, scored, strict=True), 1
    ):
        _add_results(run, position, ai_model, cases, of_model, world)
    refresh(run)
    _date(suite, run, at)
    return run


def _add_cases(suite: BenchmarkSuite, said: DemoSuite) -> list[BenchmarkCase]:
    return BenchmarkCase.objects.bulk_create(
        case_of(
            suite,
            f"case-{number}",
            CaseContent(
                messages=(
                    {"role": "user", "content": f"{said.task}. (Example {number})"},
                ),
                expected="What a person wrote.",
                tags=said.features,
            ),
            position=number,
        )
        for number in range(1, CASES + 1)
    )


def _add_results(
    run: BenchmarkRun,
    position: int,
    ai_model: AIModel,
    cases: Sequence[BenchmarkCase],
    found: Sequence[DemoResult],
    world: World,
) -> None:
    contender = BenchmarkContender.objects.create(
        run=run, position=position, reference=ai_model.reference, ai_model=ai_model
    )
    BenchmarkResult.objects.bulk_create(
        BenchmarkResult(
            run=run,
            contender=contender,
            case=case,
            state=ResultState.DONE,
            tries=1,
            answer=ANSWER,
            score=one.score,
            is_passed=one.score >= run.pass_score,
            scores=[
                {"kind": "similarity", "value": one.score, "note": "", "weight": 1.0}
            ],
            latency_ms=one.latency_ms,
            input_tokens=INPUT_TOKENS,
            output_tokens=one.output_tokens,
            cost_usd=_cost_usd(world, ai_model, run, one),
            finish_reason="stop",
            finished_at=run.finished_at,
        )
        for case, one in zip(cases, found, strict=True)
    )


def _cost_usd(
    world: World, ai_model: AIModel, run: BenchmarkRun, one: DemoResult
) -> Decimal | None:
    at = run.started_at or world.story.ends_at
    period = world.price_at(ai_model.pk, at)
    if period is None:
        return None
    usage = Usage(input_tokens=INPUT_TOKENS, output_tokens=one.output_tokens)
    return cost_of(usage, period.rates, at).total_usd


def _date(suite: BenchmarkSuite, run: BenchmarkRun, at: datetime.datetime) -> None:
    """Into the past of the organisation, as all of it."""
    day_before = at - datetime.timedelta(days=1)
    BenchmarkSuite.objects.filter(pk=suite.pk).update(
        created_at=day_before, updated_at=day_before
    )
    BenchmarkCase.objects.filter(suite=suite).update(created_at=day_before)
    BenchmarkRun.objects.filter(pk=run.pk).update(created_at=at)
