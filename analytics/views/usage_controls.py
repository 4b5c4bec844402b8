"""What pages about usage are narrowed by: lists to choose from, and what is chosen."""

from __future__ import annotations

from typing import Any, Final

from analytics.asked import SPLITS
from analytics.forms.usage import RANGES, UsageForm
from analytics.periods import Range
from analytics.queries.measure_choices import offered_choices
from analytics.questions import Dimension

SHOWN_FILTERS: Final = (Dimension.FEATURE, Dimension.MODEL, Dimension.PROVIDER)


def ranges_of(form: UsageForm) -> list[tuple[str, str, bool]]:
    """The address, the text and whether it is the one shown, of each usual range."""
    return [
        (
            form.query(range=word, since="", until=""),
            text,
            word is form.asked.range,
        )
        for word, text in RANGES.items()
        if word is not Range.CUSTOM
    ]


def filters_of(form: UsageForm) -> list[dict[str, Any]]:
    """What is not chosen yet, by dimension."""
    offered = offered_choices(form.organization)
    chosen = {
        dimension: {one.word for one in found}
        for dimension, found in form.choices.items()
    }
    return [
        {
            "name": one.value,
            "title": SPLITS[one],
            "is_shown": one in SHOWN_FILTERS,
            "choices": [
                choice
                for choice in offered[one]
                if choice.word not in chosen.get(one, ())
            ],
            "is_chosen": one in chosen,
        }
        for one in offered
    ]


def chips_of(form: UsageForm) -> list[tuple[str, str, str, str, str]]:
    """Name, value and title of each filter, its words and the address without it."""
    return [
        (
            dimension.value,
            choice.word,
            f"{form.asked.tag_name}"
            if dimension is Dimension.TAG
            else SPLITS[dimension],
            choice.label,
            form.query(
                **{dimension.value: [one.word for one in found if one is not choice]}
            ),
        )
        for dimension, found in form.choices.items()
        for choice in found
        if dimension in form.asked.only
    ]
