"""What benchmarks and production say of models, as the registry's indicators show it:
accuracy, speed and reliability, each with its interval, count and day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import replace
from typing import Final

from django.db.models import QuerySet, Sum
from django.urls import reverse

from analytics.benchmark_facts import Beside, beside_facts
from analytics.benchmarking.statistics.ratios import Ratio, ratio
from analytics.models import BenchmarkResult, BenchmarkRun, ResultState, RunState
from analytics.queries.alert_evidence import PRODUCT
from analytics.queries.benchmark_evidence import model_evidence
from analytics.queries.measures import measure_all
from analytics.questions import Answer, Dimension, Key, Question, Step
from analytics.sums import Sums
from analytics.tiles import FEW_TRIALS
from analytics.wilson import Rate
from registry import levels
from registry.measured import Indicator, Measured, MeasuredBy
from registry.models import AIModel, Organization
from registry.queries.model_measurements import measured_of

LOOK_BACK: Final = datetime.timedelta(days=30)
"""So far production is looked at: the model is as it was of late."""
BENCHMARK, PRODUCTION = MeasuredBy.BENCHMARK, MeasuredBy.PRODUCTION


def benchmarked_models(organization: Organization) -> list[AIModel]:
    """Models that a finished run of the organisation asked."""
    return list(
        AIModel.objects.filter(
            benchmarkcontender__run__organization=organization,
            benchmarkcontender__run__state=RunState.DONE,
        )
        .select_related("provider")
        .distinct()
        .order_by("pk")
    )


def measured_in_benchmarks(
    organization: Organization, ai_model: AIModel
) -> list[Measured]:
    """Of all finished runs that asked the model; nothing where none scored it."""
    evidence = model_evidence(organization, ai_model)
    last = _last_run(organization, ai_model)
    if evidence is None or last is None or last.finished_at is None:
        return []
    day = last.finished_at.astimezone(organization.zone).date()
    page = reverse("analytics:benchmark_results", args=[last.number])
    score = evidence.score
    found = [
        Measured(
            Indicator.ACCURACY,
            BENCHMARK,
            100 * score.value,
            None if score.low is None else 100 * score.low,
            None if score.high is None else 100 * score.high,
            score.cases,
            day,
            page,
        )
    ]
    if (speed := benchmark_speed(organization, ai_model)) is not None:
        found.append(_of_speed(BENCHMARK, speed, speed.parts, day, page))
    if evidence.answered is not None:
        found.append(_of_rate(BENCHMARK, evidence.answered, day, page))
    return found


def documented_beside_measured(
    organization: Organization, ai_model: AIModel
) -> Beside | None:
    """For the page of a model; None where nothing was measured of it."""
    kept = measured_of(organization, [ai_model.pk])[ai_model.pk]
    found = measured_in_benchmarks(organization, ai_model)
    found += [one for one in kept if one.measured_by is PRODUCTION]
    if not found:
        return None
    documented = levels.accuracy(ai_model.ratings)
    evidence = next((one.evidence for one in found if one.evidence), "")
    return Beside(beside_facts(documented, found), evidence)


def benchmark_speed(organization: Organization, ai_model: AIModel) -> Ratio | None:
    """Output tokens a second of whole calls, by case."""
    rows = (
        _answers(organization, ai_model)
        .filter(output_tokens__gt=0, latency_ms__gt=0)
        .values("case__digest")
        .annotate(tokens=Sum("output_tokens"), spent_ms=Sum("latency_ms"))
        .order_by()
        .values_list("tokens", "spent_ms")
    )
    return ratio([(tokens, ms / 1_000) for tokens, ms in rows])


def measured_in_production(
    organization: Organization, now: datetime.datetime
) -> dict[int, list[Measured]]:
    """Of the product's own calls of the last days, by the id of a model: not of what
    benchmarks, probes and the playground asked. What has fewer than FEW_TRIALS calls is
    left out: benchmarks say more."""
    whole = Question(
        organization_id=organization.pk,
        start=now - LOOK_BACK,
        end=now,
        zone=organization.zone,
        split=(Dimension.MODEL,),
        only={Dimension.SOURCE: frozenset[Key](PRODUCT)},
    )
    well = {**whole.only, Dimension.ERROR: frozenset[Key]({None})}
    all_calls, by_hour = measure_all([whole, replace(whole, step=Step.HOUR, only=well)])
    day = now.astimezone(organization.zone).date()
    found: defaultdict[int, list[Measured]] = defaultdict(list)
    for part in all_calls.parts:
        rate = part.sums.call_success
        if isinstance(part.keys[0], int) and rate and rate.count >= FEW_TRIALS:
            found[part.keys[0]].append(_of_rate(PRODUCTION, rate, day, ""))
    for pk, (speed, calls) in _speeds(by_hour).items():
        found[pk].append(_of_speed(PRODUCTION, speed, calls, day, ""))
    return dict(found)


def _speeds(by_hour: Answer) -> dict[int, tuple[Ratio, int]]:
    """Hours are the units: calls of one hour are alike."""
    hours: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    calls: defaultdict[int, int] = defaultdict(int)
    for part in by_hour.parts:
        pk, pair = part.keys[0], _tokens_and_seconds(part.sums)
        if isinstance(pk, int) and pair is not None:
            hours[pk].append(pair)
            calls[pk] += part.sums.latency_calls
    found = {pk: (ratio(pairs), calls[pk]) for pk, pairs in hours.items()}
    return {
        pk: (speed, count)
        for pk, (speed, count) in found.items()
        if speed is not None and speed.value and count >= FEW_TRIALS
    }


def _tokens_and_seconds(sums: Sums) -> tuple[float, float] | None:
    """Of calls with a time; those that reported no tokens count as the others of the
    hour."""
    counted = sums.calls - sums.uncounted_calls
    if not counted or not sums.latency_sum_ms:
        return None
    tokens = sums.output_tokens / counted * sums.latency_calls
    return tokens, sums.latency_sum_ms / 1_000


def _of_speed(
    measured_by: MeasuredBy, speed: Ratio, count: int, day: datetime.date, page: str
) -> Measured:
    return Measured(
        Indicator.SPEED,
        measured_by,
        speed.value,
        speed.low,
        speed.high,
        count,
        day,
        page,
    )


def _of_rate(
    measured_by: MeasuredBy, rate: Rate, day: datetime.date, page: str
) -> Measured:
    return Measured(
        Indicator.RELIABILITY,
        measured_by,
        rate.share,
        rate.low,
        rate.high,
        rate.count,
        day,
        page,
    )


def _last_run(organization: Organization, ai_model: AIModel) -> BenchmarkRun | None:
    runs = BenchmarkRun.objects.filter(
        organization=organization, state=RunState.DONE, contenders__ai_model=ai_model
    )
    return runs.order_by("-number").first()


def _answers(
    organization: Organization, ai_model: AIModel
) -> QuerySet[BenchmarkResult]:
    return BenchmarkResult.objects.filter(
        run__organization=organization,
        run__state=RunState.DONE,
        contender__ai_model=ai_model,
        state=ResultState.DONE,
    )
