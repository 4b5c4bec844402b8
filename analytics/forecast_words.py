"""How a forecast was made, in words. Pure."""

from __future__ import annotations

from typing import Final

from analytics.forecasting.made import MonthMade, Trial
from analytics.forecasting.methods import Method

METHOD_WORDS: Final = {
    Method.TRAILING_MEAN: "the mean of the last four weeks",
    Method.SEASONAL_NAIVE: "the same weekdays of the last week",
    Method.DAMPED_SMOOTHING: "exponential smoothing with a damped trend",
}
MEAN_WORDS: Final = "its mean of the last four weeks"


def made_words(made: MonthMade) -> str:
    """One sentence or two."""
    if made.tested is None:
        return missing_words(made)
    text = f"From {method_words(made.tested)}. {error_words(made.tested)}"
    if made.unpriced_calls:
        text += f" {unpriced_words(made)}"
    return text


def method_words(tested: Trial | None) -> str:
    return METHOD_WORDS[Method(tested.method)] if tested else MEAN_WORDS


def error_words(tested: Trial) -> str:
    """was off by 8 % on the last 4 weeks"""
    if not tested.weeks:
        return "There are too few days yet to test it on past weeks."
    weeks = "the last week" if tested.weeks == 1 else f"the last {tested.weeks} weeks"
    if tested.error_share is None:
        return f"Nothing was spent in {weeks}."
    percent = 100 * tested.error_share
    shown = f"{percent:.0f}" if percent >= 1 else f"{percent:.1f}"
    return f"It was off by {shown}% on {weeks}."


def missing_words(made: MonthMade) -> str:
    if not made.history_days and not made.calls:
        return "Not enough data: there is no use yet to carry on."
    days = "1 more day" if made.missing_days == 1 else f"{made.missing_days} more days"
    return f"Not enough data: {days} of use are needed."


def unpriced_words(made: MonthMade) -> str:
    percent = 100 * made.unpriced_calls / made.calls
    shown = f"{percent:.1f}" if percent >= 0.1 else "Less than 0.1"
    return f"{shown}% of calls have no price and are not in it."
