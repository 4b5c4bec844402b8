"""All that pages show of a run's results, as one JSON document. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from analytics.benchmarking.answers import Answer, Asked, Entrant
from analytics.benchmarking.measuring import rate, taken
from analytics.benchmarking.pairwise import Pair, pairs_of, visible_gap
from analytics.benchmarking.ranking import bargain, front, ranks, wins
from analytics.benchmarking.statistics.bootstrap import (
    Interval,
    Matrix,
    mean_intervals,
)
from analytics.benchmarking.tabulating import Table, tabulate

Summary = dict[str, Any]
VERSION: Final = 1
TAGS: Final = 30


@dataclass(frozen=True)
class Results:
    """What a run has so far."""

    cases: Sequence[Asked]
    models: Sequence[Entrant]
    answers: Sequence[Answer]


def summarise(results: Results, resamples: int | None = None) -> Summary:
    """`resamples` None: as many as the number of cases asks for."""
    table = tabulate(results.cases, results.models, results.answers)
    pairs = pairs_of(table, resamples)
    models = _models(results, table, pairs, resamples)
    positions = [one.position for one in results.models]
    return {
        "version": VERSION,
        "has_intervals": True,
        "cases": len(results.cases),
        "models": models,
        "pairs": [
            {**one, "a": positions[one["a"]], "b": positions[one["b"]]} for one in pairs
        ],
        "tags": _tags(table, positions, resamples),
        **gist(models),
        "ties": _ties(pairs),
        "smallest_gap": visible_gap(pairs),
    }


def gist(models: Sequence[dict[str, Any]]) -> Summary:
    """What is read off the models themselves."""
    return {"front": front(models), "bargain": bargain(models)}


def _models(
    results: Results, table: Table, pairs: Sequence[Pair], resamples: int | None
) -> list[dict[str, Any]]:
    count = len(results.models)
    scores = mean_intervals(table.scores, table.weights, resamples=resamples)
    ranked = ranks(count, [one is not None for one in scores], pairs)
    won = wins(count, pairs)
    by_model: dict[int, list[Answer]] = {one.pk: [] for one in results.models}
    for answer in results.answers:
        by_model[answer.contender_id].append(answer)
    return [
        {
            "contender_id": model.pk,
            "position": model.position,
            "reference": model.reference,
            "rank": ranked[number],
            "score": told(scores[number]),
            "passed": _passed(table.passes[:, number]),
            "wins": won[number],
            **taken(by_model[model.pk]),
        }
        for number, model in enumerate(results.models)
    ]


def told(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
        "cases": interval.cases,
    }


def _passed(column: Matrix) -> dict[str, Any] | None:
    """Of cases, not of answers: repetitions are not trials of their own."""
    known = column[column == column]  # NaN is not equal to itself
    return rate(int(known.sum()), len(known))


def _tags(
    table: Table, positions: Sequence[int], resamples: int | None
) -> list[dict[str, Any]]:
    """The commonest tags, by name; nothing where no case has one."""
    counts = Counter(tag for one in table.cases for tag in one.tags)
    found = []
    for tag in sorted(tag for tag, _ in counts.most_common(TAGS)):
        part = table.of_tag(tag)
        scores = mean_intervals(part.scores, part.weights, resamples=resamples)
        found.append(
            {
                "tag": tag,
                "cases": counts[tag],
                "scores": {
                    str(position): told(score)
                    for position, score in zip(positions, scores, strict=True)
                },
            }
        )
    return found


def _ties(pairs: Sequence[Pair]) -> float | None:
    met = sum(one["cases"] for one in pairs)
    return sum(one["ties"] for one in pairs) / met if met else None
