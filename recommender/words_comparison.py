"""A comparison in sentences: the volume, the reading, and the chart for the ear."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.comparing import Comparison
from recommender.comparison import ComparisonRow
from recommender.forms.comparison import ComparisonRequest
from registry.money import exact_text
from registry.templatetags.display import tokens, usd

HUNDRED = Decimal(100)


def volume_words(request: ComparisonRequest) -> str:
    """The volume that the costs are for, in one sentence."""
    work = request.workload
    words = (
        f"{request.requests:,} requests a month, {work.input_tokens:,} tokens in "
        f"and {work.output_tokens:,} out each"
    )
    if work.cache_hit_percent:
        words += f", {exact_text(work.cache_hit_percent)}% of the input from the cache"
    if work.batch_percent:
        words += f", {exact_text(work.batch_percent)}% as batch"
    return f"{words}."


def reading(comparison: Comparison) -> list[str]:
    """What the table says about the choice, most weighty first."""
    if len(comparison.subjects) < 2:
        return []
    return [
        *_price_words(comparison),
        *_rating_words(comparison),
        *_window_words(comparison),
        *_unpriced_words(comparison),
    ]


def _price_words(comparison: Comparison) -> Iterator[str]:
    row = comparison.row("month")
    ranked = [
        (cell.value, reference)
        for reference, cell in zip(
            comparison.references, row.cells if row else (), strict=True
        )
        if cell.value is not None and cell.is_ranked
    ]
    if len(ranked) < 2:
        return
    (least, cheapest), (most, dearest) = min(ranked), max(ranked)
    if least == most:
        yield f"All of them cost {usd(least)} a month at this volume."
        return
    saved = f", {HUNDRED * (most - least) / most:.0f}% less than {dearest}"
    tied = [reference for value, reference in ranked if value == least]
    who = " and ".join(tied) if len(tied) > 1 else cheapest
    verb = "cost" if len(tied) > 1 else "costs"
    yield f"{who} {verb} least at this volume: {usd(least)} a month{saved}."


def _rating_words(comparison: Comparison) -> Iterator[str]:
    row = comparison.row("rating_overall")
    if row is None or not row.is_known:
        return
    verdict = row.verdict
    if verdict.tied and not verdict.best:
        named = _named(comparison, row, verdict.tied)
        yield f"{named} tie on accuracy: their intervals overlap."
    elif verdict.best:
        named = _named(comparison, row, verdict.best)
        yield f"{named} rated highest for accuracy, beyond the interval of the next."


def _named(
    comparison: Comparison, row: ComparisonRow, positions: frozenset[int]
) -> str:
    return " and ".join(comparison.references[at] for at in sorted(positions))


def _window_words(comparison: Comparison) -> Iterator[str]:
    row = comparison.row("context_window")
    if row and row.verdict.best:
        named = _named(comparison, row, row.verdict.best)
        size = row.cells[min(row.verdict.best)].value
        verb = "take" if len(row.verdict.best) > 1 else "takes"
        yield f"{named} {verb} the longest input: {tokens(int(size or 0))} tokens."


def _unpriced_words(comparison: Comparison) -> Iterator[str]:
    unpriced = [
        reference
        for reference, cell in zip(
            comparison.references, comparison.cells("month"), strict=True
        )
        if cell.value is None
    ]
    if unpriced:
        yield (
            f"The cost of {' and '.join(unpriced)} is not known: it neither wins nor "
            "loses in the cost rows."
        )


def chart_points(comparison: Comparison) -> list[tuple[str, Decimal, Decimal]]:
    """Reference, dollars a month and context window of the models that have both."""
    rows = zip(
        comparison.references,
        comparison.cells("month"),
        comparison.cells("context_window"),
        strict=True,
    )
    return [
        (reference, cost.value, window.value)
        for reference, cost, window in rows
        if cost.value is not None and window.value is not None
    ]


def chart_words(comparison: Comparison) -> list[str]:
    """The chart as sentences, one a model, and who is not in it."""
    points = chart_points(comparison)
    drawn = {reference for reference, _, _ in points}
    words = [
        f"{reference}: {usd(cost)} a month, context of {int(window):,} tokens."
        for reference, cost, window in points
    ]
    missing = [name for name in comparison.references if name not in drawn]
    if missing:
        words.append(
            f"Not drawn, for cost or context is not known: {', '.join(missing)}."
        )
    return words
