"""All that the analytics page asks of usage."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analytics.asked import Asked
from analytics.queries.measure_names import measure_names
from analytics.queries.measures import measure, measure_all
from analytics.questions import Answer, Dimension, Key, Question
from analytics.usage_cards import Answers
from registry.models import Organization

Keys = tuple[Key, ...]


def usage_answers(asked: Asked) -> Answers:
    """The answers behind the tiles, the charts and the table."""
    names = ["steps", "errors"]
    questions = [
        asked.question(step=asked.step, with_histograms=True),
        asked.question(step=asked.step, split=(Dimension.ERROR,)),
    ]
    if asked.compared:
        names.append("before")
        questions.append(
            asked.question(period=asked.compared, step=asked.step, with_histograms=True)
        )
    if asked.split:
        names += ["series", "table"]
        questions += [_series(asked, with_histograms=False), _table(asked)]
    if asked.split and asked.compared:
        names.append("table before")
        questions.append(asked.question(period=asked.compared, split=asked.split))
    found = dict(zip(names, measure_all(questions), strict=True))
    return Answers(
        asked,
        found["steps"],
        found.get("series", found["steps"]),
        found["errors"],
        found.get("table"),
        found.get("before"),
        found.get("table before"),
    )


def table_answer(asked: Asked) -> Answer:
    """The parts of the split over the whole period."""
    return measure(_table(asked))


def series_answer(asked: Asked, *, with_histograms: bool = False) -> Answer:
    """The parts of the split, step by step."""
    return measure(_series(asked, with_histograms=with_histograms))


def part_names(
    organization: Organization, asked: Asked, answers: Iterable[Answer | None]
) -> Callable[[Keys], tuple[str, ...]]:
    """What the keys of the parts of all `answers` are called today."""
    keys = {part.keys for one in answers if one for part in one.parts}
    names = [
        measure_names(organization, dimension, {one[place] for one in keys})
        for place, dimension in enumerate(asked.split)
    ]
    return lambda part: tuple(
        names[place].get(key, str(key)) for place, key in enumerate(part)
    )


def _table(asked: Asked) -> Question:
    return asked.question(split=asked.split, with_histograms=True)


def _series(asked: Asked, *, with_histograms: bool) -> Question:
    return asked.question(
        step=asked.step, split=asked.split, with_histograms=with_histograms
    )
