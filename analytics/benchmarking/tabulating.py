"""Answers as a table of cases × models: repetitions become one mean. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.benchmarking.answers import Answer, Asked, Entrant
from analytics.benchmarking.statistics.bootstrap import Matrix


@dataclass(frozen=True)
class Table:
    """`scores` and `passes` are cases × models, NaN where there is no answer yet;
    a case counts as passed where more than half of its repetitions were."""

    cases: tuple[Asked, ...]
    weights: Matrix
    scores: Matrix
    passes: Matrix

    def of_tag(self, tag: str) -> Table:
        rows = [number for number, one in enumerate(self.cases) if tag in one.tags]
        return Table(
            tuple(self.cases[one] for one in rows),
            self.weights[rows],
            self.scores[rows],
            self.passes[rows],
        )


def tabulate(
    cases: Sequence[Asked], models: Sequence[Entrant], answers: Sequence[Answer]
) -> Table:
    rows = {one.pk: number for number, one in enumerate(cases)}
    columns = {one.pk: number for number, one in enumerate(models)}
    shape = (len(cases), len(models))
    scored = [one for one in answers if one.score is not None]
    where = (
        np.array([rows[one.case_id] for one in scored], dtype=np.int64),
        np.array([columns[one.contender_id] for one in scored], dtype=np.int64),
    )
    scores = np.array([one.score for one in scored], dtype=np.float64)
    passes = np.array([bool(one.is_passed) for one in scored], dtype=np.float64)
    means, shares = _means(shape, where, scores), _means(shape, where, passes)
    passed = np.where(np.isnan(shares), np.nan, (shares > 0.5).astype(np.float64))
    weights = np.array([one.weight for one in cases], dtype=np.float64)
    return Table(tuple(cases), weights, means, passed)


def _means(
    shape: tuple[int, int], where: tuple[np.ndarray, np.ndarray], values: Matrix
) -> Matrix:
    totals, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(totals, where, values)
    np.add.at(counts, where, 1.0)
    with np.errstate(invalid="ignore"):
        means: Matrix = totals / counts
    return means
