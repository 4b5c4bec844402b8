"""The charts of the analytics page with their titles, legends and words. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.asked import Asked, Level
from analytics.charts import Figure
from analytics.charts_usage import (
    first_token_lines,
    latency_lines,
    share_line,
    short,
    stacked_bars,
    success_band,
    tokens_each_line,
)
from analytics.questions import Answer, Dimension, Key
from analytics.readings import FEWEST, NAMES, ONE, SUCCESS_NAMES, Reading
from analytics.request_story import KINDS
from analytics.series import OTHER, Line, along, stacked
from analytics.sums import Sums
from analytics.tiles import spend_notes
from analytics.timeline import Timeline, timeline

Name = Callable[[tuple[Key, ...]], str]
GREY_SERIES: Final = 0
NO_CALLS: Final = "No calls in this period."
NO_ERRORS: Final = "No call went wrong in this period."


@dataclass(frozen=True)
class Card:
    """One chart. `figure` is None where there is nothing to draw; `empty` says why.
    `legend` pairs the number of a colour (0: grey) with a name."""

    key: str
    title: str
    caption: str
    figure: Figure | None
    empty: str
    note: str = ""
    legend: tuple[tuple[int, str], ...] = ()
    foot: str = ""

    @property
    def digest(self) -> str:
        """Differs where the figure differs."""
        return f"{zlib.crc32(json.dumps(self.figure).encode()):08x}"


@dataclass(frozen=True)
class Answers:
    """What the page asked. `parts` and `by_part` are split as the person wished, the
    first along the steps; `errors` is split by class. `before…` are of the period that
    is compared with, None where none is."""

    asked: Asked
    steps: Answer
    parts: Answer
    errors: Answer
    by_part: Answer | None = None
    steps_before: Answer | None = None
    by_part_before: Answer | None = None

    @property
    def line(self) -> Timeline:
        return timeline(self.asked.period, self.asked.step, self.asked.now)


def spend_card(answers: Answers, name: Name, split_words: str) -> Card:
    """Spend over time, stacked by the split, over the period before."""
    sums = along(answers.steps, answers.line)
    series = stacked(answers.parts, answers.line, lambda one: one.cost_usd, name)
    before = _before(answers, lambda one: float(one.cost_usd))
    figure = stacked_bars(answers.line, series, before, prefix="$", hover="$%{y:,.4~f}")
    is_used = any(one.calls for one in sums)
    return Card(
        "spend",
        f"Spend by {split_words}" if split_words else "Spend",
        f"Spend by {answers.asked.step}, {answers.asked.period.words}",
        figure,
        "Nothing was spent: no call of this period is priced, or all were free."
        if is_used
        else NO_CALLS,
        legend=_legend(series, has_before=before is not None),
        foot=_sentence(spend_notes(answers.steps.total)),
    )


def use_cards(answers: Answers) -> list[Card]:
    """Requests and tokens over time."""
    line, asked = answers.line, answers.asked
    steps, level = along(answers.steps, line), asked.level
    counts = _line(NAMES[level], steps, lambda one: Reading(one, level).count)
    before = _before(answers, lambda one: float(Reading(one, level).count))
    kinds = [
        _line("Input", steps, lambda one: one.input_tokens - one.cache_read_tokens),
        _line("Input from cache", steps, lambda one: one.cache_read_tokens),
        _line("Output", steps, lambda one: one.output_tokens),
    ]
    tokens = [one for one in kinds if one.total]
    total = answers.steps.total
    return [
        Card(
            "requests",
            NAMES[level],
            f"{NAMES[level]} by {asked.step}",
            stacked_bars(line, [counts] if counts.total else [], before),
            NO_CALLS,
            legend=_legend([counts], has_before=before is not None),
        ),
        Card(
            "tokens",
            "Tokens",
            f"Tokens by {asked.step}",
            stacked_bars(line, tokens),
            "No call of this period reported tokens." if total.calls else NO_CALLS,
            legend=_legend(tokens),
            foot=_sentence(
                [f"{total.uncounted_calls:,} calls reported none"]
                if total.uncounted_calls
                else []
            ),
        ),
    ]


def latency_cards(answers: Answers) -> list[Card]:
    line, steps = answers.line, along(answers.steps, answers.line)
    step = answers.asked.step
    foot = (
        f"Of calls that went well. A {step} with fewer than {FEWEST[95]} calls has no "
        f"p95, with fewer than {FEWEST[99]} no p99."
    )
    return [
        Card(
            "latency",
            "Latency",
            f"Latency percentiles by {step}",
            figure := latency_lines(line, steps),
            _few(answers, "calls that went well"),
            legend=_percentile_legend(figure),
            foot=foot,
        ),
        Card(
            "first-token",
            "Time to first token",
            f"Time to first token by {step}",
            figure := first_token_lines(line, steps),
            _few(answers, "streamed calls"),
            legend=_percentile_legend(figure),
            foot="Of streamed calls; the same counts are needed.",
        ),
    ]


def quality_cards(answers: Answers) -> list[Card]:
    """Success with its interval, and errors by class."""
    line, asked = answers.line, answers.asked
    rates = [Reading(one, asked.level).success for one in along(answers.steps, line)]
    figure = success_band(line, rates)
    what = (
        "one attempt each, as a model, provider or connection is chosen"
        if asked.level is Level.CALL
        else "whatever attempt answered"
    )
    cut = " The axis is cut." if figure and figure["is_cut"] else ""
    errors = stacked(
        _only_errors(answers.errors),
        line,
        lambda one: one.error_calls + one.truncated_calls,
        _error_name,
    )
    return [
        Card(
            "success",
            SUCCESS_NAMES[asked.level],
            f"Success rate by {asked.step} with its 95 % interval",
            figure,
            NO_CALLS,
            note="with 95 % interval",
            foot=f"Counted by {ONE[asked.level]}: {what}.{cut}",
        ),
        Card(
            "errors",
            "Errors by class",
            f"Calls that went wrong by {asked.step}",
            stacked_bars(line, errors),
            NO_ERRORS if answers.steps.total.calls else NO_CALLS,
            note="every attempt",
            legend=_legend(errors),
        ),
    ]


def economy_cards(answers: Answers) -> list[Card]:
    """Cache hits, and tokens of one request."""
    line, asked = answers.line, answers.asked
    steps = along(answers.steps, line)
    one = ONE[asked.level]
    each = tokens_each_line(line, steps, asked.level)
    return [
        Card(
            "cache",
            "Cache hits",
            f"Share of input tokens read from a cache, by {asked.step}",
            share_line(line, [step.cache_share for step in steps], "Cache hits"),
            "No input tokens in this period.",
            note="of input tokens",
        ),
        Card(
            "tokens-each",
            f"Tokens per {one}",
            f"Tokens per {one} by {asked.step}",
            each,
            "No call of this period reported tokens.",
            legend=((1, "Input"), (2, "Output")) if each else (),
        ),
    ]


def _before(
    answers: Answers, value: Callable[[Sums], float]
) -> list[float | None] | None:
    """Values of the period before, laid under the steps of this one."""
    compared, found = answers.asked.compared, answers.steps_before
    if compared is None or found is None or not found.parts:
        return None
    line = timeline(compared, answers.asked.step, compared.until)
    values: list[float | None] = [value(one) for one in along(found, line)]
    missing = len(answers.line) - len(values)
    return (values + [None] * missing)[: len(answers.line)]


def _line(name: str, steps: Sequence[Sums], value: Callable[[Sums], int]) -> Line:
    return Line(name, tuple(Decimal(value(one)) for one in steps))


def _legend(
    series: Sequence[Line], *, has_before: bool = False
) -> tuple[tuple[int, str], ...]:
    named = [
        (GREY_SERIES if one.name == OTHER else number, short(one.name))
        for number, one in enumerate(series, 1)
    ]
    if has_before and named:
        named.append((GREY_SERIES, "before, dotted"))
    return tuple(named) if len(named) > 1 else ()


def _percentile_legend(figure: Figure | None) -> tuple[tuple[int, str], ...]:
    numbers = {"p50": 1, "p95": 2, "p99": 4}
    drawn = [one["name"] for one in figure["data"]] if figure else []
    return tuple((numbers[name], name) for name in reversed(drawn))


def _few(answers: Answers, what: str) -> str:
    if not answers.steps.total.calls:
        return NO_CALLS
    step = answers.asked.step
    return f"Not enough data: no {step} has {FEWEST[50]} {what} with a time."


def _only_errors(answer: Answer) -> Answer:
    kept = tuple(part for part in answer.parts if part.keys and part.keys[0])
    return Answer(answer.question, kept, answer.as_of)


def _error_name(keys: tuple[Key, ...]) -> str:
    word = str(keys[0])
    return KINDS.get(word, word.replace("_", " ").capitalize())


def _sentence(notes: Sequence[str]) -> str:
    text = ", ".join(notes)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def split_words(split: tuple[Dimension, ...], names: dict[Dimension, str]) -> str:
    """model and feature."""
    return " and ".join(
        names[one] if names[one].startswith("API") else names[one].lower()
        for one in split
    )
