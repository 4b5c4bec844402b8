"""Rows of use-case fit: `recommender.kinds_of_work` asked for each model."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from recommender.comparison import Category, Cell, Direction, RowMaker
from recommender.kinds_of_work import COMPARED
from recommender.subject import Subject
from recommender.use_cases import Fit, FitFacts, UseCase, fit
from registry.profiles.strengths import rated_strengths


def use_case_fit(subjects: Sequence[Subject]) -> Category:
    rows = (
        RowMaker(
            f"fit_{use_case.key}",
            use_case.label,
            partial(_cell, use_case),
            Direction.HIGHER,
            "of 100",
            meaning=use_case.meaning,
        ).row(subjects)
        for use_case in COMPARED
    )
    return Category("use_cases", "Use-case fit", tuple(rows))


def fit_facts(subject: Subject) -> FitFacts:
    model = subject.ai_model
    return FitFacts(
        capabilities=frozenset(model.capabilities),
        input_modalities=frozenset(model.input_modalities),
        context_window=model.context_window,
        max_output_tokens=model.max_output_tokens,
        blended_usd_per_million=subject.blended_usd_per_million,
        has_batch_price=subject.batch is not None,
        strengths=rated_strengths(model.ratings),
    )


def _cell(use_case: UseCase, subject: Subject) -> Cell:
    found = fit(use_case, fit_facts(subject))
    reasons = tuple((finding.tone, finding.text) for finding in found.findings)
    if found.score is None:
        return Cell(reasons=reasons, notes=(_certainty(found),))
    score = round(found.score)
    return Cell(
        value=Decimal(score),
        text="Does not fit" if found.level == 0 else f"{found.level} of 5",
        low=min(found.low, Decimal(score)),
        high=max(found.high, Decimal(score)),
        notes=(_certainty(found),),
        reasons=reasons,
        level=found.level,
    )


def _certainty(found: Fit) -> str:
    return f"{found.answered} of {len(found.findings)} facts known"
