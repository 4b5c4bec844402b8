"""The results of a run, for the pages that include them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from analytics.benchmark_board import RankBy
from analytics.benchmarking.scorers import SCORER_KINDS
from analytics.benchmarking.scoring import shown
from analytics.benchmarking.statistics.verdicts import points
from analytics.models import BenchmarkRun
from analytics.queries import benchmark_verdicts
from analytics.queries.benchmark_results import ShownResults, shown_results
from analytics.queries.benchmark_verdicts import AgainstPeople

register = template.Library()


@register.simple_tag(takes_context=True)
def benchmark_results(context: dict[str, Any], run: BenchmarkRun) -> ShownResults:
    """Ranked as the address asks (`?rank=`), by quality where it asks nothing known."""
    asked = context["request"].GET.get("rank", "")
    rank_by = RankBy(asked) if asked in set(RankBy) else RankBy.QUALITY
    return shown_results(run, rank_by)


@register.simple_tag
def against_people(run: BenchmarkRun) -> AgainstPeople:
    """How far judges agree with what people said of the answers of a run."""
    return benchmark_verdicts.against_people(run)


@register.filter
def scorer_label(kind: str) -> str:
    """The name of a kind of scorer: multiple_choice → Multiple choice."""
    found = SCORER_KINDS.get(kind)
    return found.label if found else kind


@register.filter
def scorer_labels(scorers: Sequence[Mapping[str, Any]]) -> str:
    """“Contains, Latency”, each once."""
    labels = dict.fromkeys(scorer_label(str(one.get("kind", ""))) for one in scorers)
    return ", ".join(labels)


@register.filter
def expected_text(value: Any) -> str:
    """What a case expects: text as it is, else JSON."""
    return shown(value)


@register.filter
def in_points(value: float | None) -> str:
    """A score of 0 to 1 in points: 0.921 → 92.1."""
    return "–" if value is None else points(value)
