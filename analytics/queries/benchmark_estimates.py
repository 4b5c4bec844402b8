"""What a run of a suite would ask, and what that may cost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count
from django.utils import timezone

from analytics.benchmarking.asking import facts_of, scorers_of, text_tokens
from analytics.benchmarking.estimating import (
    USUAL_OUTPUT_TOKENS,
    Amounts,
    Estimate,
    ModelEstimate,
    total,
)
from analytics.benchmarking.scorers import ScorerError, can_score
from analytics.benchmarking.scoring import Answered, Scorer
from analytics.budget_rules import Touched
from analytics.models import (
    BenchmarkCase,
    BenchmarkImage,
    BenchmarkResult,
    BenchmarkRun,
    BenchmarkSuite,
    ResultState,
)
from analytics.queries.budget_states import states_touched
from registry.image_tokens import image_tokens
from registry.models import AIModel
from registry.queries.references import resolve_references
from registry.rates import Rates
from registry.resolution.loading import load_snapshot_of
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Snapshot

IMAGES: Final = frozenset({"image_analysis"})
RUNS_BACK: Final = 3
ENOUGH: Final = 5
"""So many answers say how much a model writes."""
MOST_PROBLEMS: Final = 5
EXAMPLE: Final = "An answer of the usual length. " * 50
"""Stands for an answer when it is asked what a judge would be sent."""


@dataclass(frozen=True)
class Sizes:
    """What one case is, for every model."""

    case: BenchmarkCase
    text_tokens: int
    images: tuple[tuple[int, int], ...]
    scorers: tuple[Scorer, ...]


@dataclass
class Caller:
    """A model as the run would call it: `reason` is why it cannot be."""

    reference: str
    ai_model: AIModel | None = None
    reason: str = ""
    sees_images: bool = True
    rates: Rates | None = None


@dataclass
class _Judges:
    """What judges are asked, by whom is asked."""

    amounts: dict[str, Amounts] = field(default_factory=dict)

    def add(self, selection: str, read: int, said: int, calls: int) -> None:
        self.amounts.setdefault(selection, Amounts()).add(read, said, calls)

    @property
    def calls(self) -> int:
        return sum(one.calls for one in self.amounts.values())


def estimate(
    suite: BenchmarkSuite,
    references: Sequence[str],
    *,
    repetitions: int = 1,
    parameters: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
) -> Estimate:
    """A handful of queries, however many cases. What models write is taken from
    earlier runs of the suite, else from the parameters, else a usual length."""
    now = at or timezone.now()
    wanted = list(dict.fromkeys(references))
    cases = list(suite.cases.filter(replaced_at=None))
    sizes, problems = _sizes(suite, cases)
    snapshot = _snapshot(suite, wanted, sizes)
    callers = callers_of(suite, wanted, snapshot, now)
    settings = {**suite.parameters, **(parameters or {})}
    written = _written(suite, callers)
    models, judges = [], _Judges()
    for caller in callers:
        said = _output_tokens(caller, written, settings)
        models.append(_of_model(caller, sizes, said, repetitions, now, written))
        if not caller.reason:
            _ask_judges(judges, caller, sizes, repetitions)
    found = Estimate(
        models=tuple(models),
        cases=len(cases),
        repetitions=repetitions,
        judge_calls=judges.calls,
        judge_usd=_judge_usd(judges, suite, snapshot, now),
        problems=(*_missing(cases, wanted), *problems),
    )
    return _with_budgets(found, suite, callers, now)


def callers_of(
    suite: BenchmarkSuite,
    references: Sequence[str],
    snapshot: Snapshot,
    now: datetime.datetime,
) -> list[Caller]:
    """Each reference as the gateway would resolve it, without fallbacks."""
    known = resolve_references(references, suite.organization)
    return [_caller(one, known.get(one), suite, snapshot, now) for one in references]


def _caller(
    reference: str,
    ai_model: AIModel | None,
    suite: BenchmarkSuite,
    snapshot: Snapshot,
    now: datetime.datetime,
) -> Caller:
    if ai_model is None:
        return Caller(reference, None, "It is no model that you can see.")
    owner = suite.organization_id
    caller = Caller(ai_model.reference, ai_model)
    price = snapshot.price(owner, ai_model.pk, now)
    caller.rates = price.rates if price else None
    selection = Selection(model=ai_model.reference, has_fallback=False)
    try:
        plan = resolve(snapshot, owner, selection)
    except NotResolved as error:
        caller.reason = error.message
        return caller
    if not plan.candidates:
        said = "; ".join(one.reason for one in plan.skipped)
        caller.reason = f"It {said or 'cannot be called'}."
        return caller
    seen = resolve(snapshot, owner, selection, needed_capabilities=IMAGES)
    caller.sees_images = bool(seen.candidates)
    return caller


def _snapshot(
    suite: BenchmarkSuite, references: Sequence[str], sizes: Sequence[Sizes]
) -> Snapshot:
    names = {one.partition("/")[2] for one in references}
    # Not empty: nobody is asked to judge an empty answer.
    answered = Answered(text=EXAMPLE)
    for size in sizes:
        facts = facts_of(size.case, suite.system)
        for scorer in size.scorers:
            asked = scorer.calls(facts, answered)
            names |= {one.selection.partition("/")[2] for one in asked}
    return load_snapshot_of(suite.organization_id, frozenset(names - {""}))


def _sizes(
    suite: BenchmarkSuite, cases: Sequence[BenchmarkCase]
) -> tuple[list[Sizes], list[str]]:
    """And what is wrong with cases that nothing can score."""
    digests = {digest for case in cases for digest in case.image_digests}
    pixels = {
        digest: (width, height)
        for digest, width, height in BenchmarkImage.objects.filter(
            organization=suite.organization_id, digest__in=digests
        ).values_list("digest", "width_px", "height_px")
    }
    sizes, problems = [], []
    for case in cases:
        try:
            scorers = scorers_of(case, suite.scorers)
        except ScorerError as error:
            problems.append(f"Case {case.key} cannot be scored. {error}")
            continue
        if reason := can_score(facts_of(case, suite.system), scorers):
            problems.append(f"Case {case.key} cannot be scored. {reason}")
        if missing := set(case.image_digests) - set(pixels):
            problems.append(f"Case {case.key} lacks {len(missing)} of its images.")
        said = [case.system or suite.system, *(m["content"] for m in case.messages)]
        images = tuple(pixels[one] for one in case.image_digests if one in pixels)
        sizes.append(Sizes(case, text_tokens(*said), images, scorers))
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems = [*problems[:MOST_PROBLEMS], f"And {more} more cases like these."]
    return sizes, problems


def _missing(cases: Sequence[BenchmarkCase], references: Sequence[str]) -> list[str]:
    found = []
    if not cases:
        found.append("The suite has no cases yet: add one first.")
    if not references:
        found.append("Choose at least one model.")
    return found


def _written(
    suite: BenchmarkSuite, callers: Sequence[Caller]
) -> dict[int, tuple[int, int]]:
    """Mean tokens of an answer, and of how many, by model: from the latest runs."""
    latest = list(
        BenchmarkRun.objects.filter(suite=suite)
        .order_by("-pk")
        .values_list("pk", flat=True)[:RUNS_BACK]
    )
    if not latest:
        return {}
    rows = (
        BenchmarkResult.objects.filter(
            run__in=latest,
            state=ResultState.DONE,
            contender__ai_model__in=[one.ai_model for one in callers if one.ai_model],
        )
        .order_by()
        .values_list("contender__ai_model_id")
        .annotate(mean=Avg("output_tokens"), answers=Count("output_tokens"))
    )
    return {pk: (round(mean), n) for pk, mean, n in rows if pk and n >= ENOUGH}


def _output_tokens(
    caller: Caller, written: Mapping[int, tuple[int, int]], settings: Mapping[str, Any]
) -> int:
    ai_model = caller.ai_model
    if ai_model is not None and ai_model.pk in written:
        return written[ai_model.pk][0]
    limits = [settings.get("max_tokens"), ai_model and ai_model.max_output_tokens]
    return min([USUAL_OUTPUT_TOKENS, *(one for one in limits if one)])


def _of_model(
    caller: Caller,
    sizes: Sequence[Sizes],
    said: int,
    repetitions: int,
    now: datetime.datetime,
    written: Mapping[int, tuple[int, int]],
) -> ModelEstimate:
    ai_model = caller.ai_model
    if ai_model is None or caller.reason:
        pk = ai_model.pk if ai_model else None
        return ModelEstimate(
            reference=caller.reference, model_id=pk, reason=caller.reason
        )
    amounts, skipped, note = Amounts(), 0, ""
    for size in sizes:
        if size.images and not caller.sees_images:
            skipped += repetitions
            continue
        tokens = _image_tokens(ai_model, size)
        if tokens is None:
            note = "What its images cost is not known."
        amounts.add(size.text_tokens + (tokens or 0), said, repetitions)
    usd = amounts.cost_usd(caller.rates, now)
    if usd is None:
        note = "Its price is not known."
    return ModelEstimate(
        reference=caller.reference,
        model_id=ai_model.pk,
        calls=amounts.calls,
        skipped=skipped,
        input_tokens=amounts.input_tokens,
        output_tokens=amounts.output_tokens,
        cost_usd=None if note else usd,
        is_measured=ai_model.pk in written,
        note=note,
    )


def _image_tokens(ai_model: AIModel, size: Sizes) -> int | None:
    slug, name = ai_model.provider.slug, ai_model.model_name
    counted = [image_tokens(slug, name, *pixels).tokens for pixels in size.images]
    known = [one for one in counted if one is not None]
    return sum(known) if len(known) == len(counted) else None


def _ask_judges(
    judges: _Judges, caller: Caller, sizes: Sequence[Sizes], repetitions: int
) -> None:
    example = Answered(text=EXAMPLE)
    for size in sizes:
        if size.images and not caller.sees_images:
            continue
        facts = facts_of(size.case, "")
        for scorer in size.scorers:
            for call in scorer.calls(facts, example):
                request = call.request
                texts = [request.system_text, *(one.text for one in request.turns())]
                said = min(USUAL_OUTPUT_TOKENS, request.max_tokens or 10**9)
                read = text_tokens(*texts)
                judges.add(call.selection, read, said, repetitions)


def _judge_usd(
    judges: _Judges, suite: BenchmarkSuite, snapshot: Snapshot, now: datetime.datetime
) -> Decimal | None:
    """A feature is taken at the price of the model that would answer it first."""
    owner = suite.organization_id
    costs = []
    for selection, amounts in judges.amounts.items():
        try:
            plan = resolve(snapshot, owner, Selection.parse(selection))
        except NotResolved:
            return None
        if not plan.candidates:
            return None
        price = snapshot.price(owner, plan.candidates[0].model.id, now)
        costs.append(amounts.cost_usd(price.rates if price else None, now))
    return total(costs)


def _with_budgets(
    found: Estimate,
    suite: BenchmarkSuite,
    callers: Sequence[Caller],
    now: datetime.datetime,
) -> Estimate:
    """And the budgets that have less left than these models may cost together."""
    spending: dict[str, tuple[Decimal, Decimal]] = {}
    for caller, one in zip(callers, found.models, strict=True):
        if caller.ai_model is None or not one.cost_usd:
            continue
        touched = Touched(
            organization_id=suite.organization_id,
            model_id=caller.ai_model.pk,
            provider=caller.ai_model.provider.slug,
        )
        for state in states_touched(suite.organization, touched, now):
            if not state.rule.is_soft_for(caller.ai_model.pk):
                name = f"{state.name}: {state.rule.title}"
                before = spending.get(name, (Decimal(0), state.left_usd))[0]
                spending[name] = (before + one.cost_usd, state.left_usd)
    short = tuple(
        f"{name} has ${left:,.2f} left; this may cost ${usd:,.2f}."
        for name, (usd, left) in spending.items()
        if usd > left
    )
    return Estimate(**{**vars(found), "short_budgets": short})
