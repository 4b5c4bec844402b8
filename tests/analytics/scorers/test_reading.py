"""Scorers are read from JSON, and what is wrong is said in sentences with its place."""

import math

import pytest

from analytics.benchmarking.scorers import (
    SCORER_KINDS,
    ScorerError,
    can_score,
    lacking,
    read_scorer,
    read_scorers,
)
from analytics.benchmarking.scoring import total
from tests.analytics.scorers.scored import case, scored

KINDS = tuple(SCORER_KINDS)
EXAMPLES = [
    (kind, number)
    for kind, one in SCORER_KINDS.items()
    for number in range(len(one.examples))
]


@pytest.mark.parametrize(("kind", "number"), EXAMPLES)
def test_every_example_of_a_kind_can_be_read(kind, number):
    scorer = read_scorer(SCORER_KINDS[kind].examples[number])

    assert scorer.kind == kind
    assert scorer.weight == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_explained(kind):
    described = SCORER_KINDS[kind]

    assert described.label
    assert described.meaning.endswith(".")
    assert described.examples


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("exact", "A scorer is an object with a kind."),
        ({}, "The scorer says no kind."),
        ({"kind": ["exact"]}, "There is no kind of scorer"),
        ({"kind": "exakt"}, "There is no kind of scorer “exakt”; there are exact,"),
        ({"kind": "exact", "caseless": 1}, "Exact has no “caseless”"),
        ({"kind": "exact", "ignore_case": "yes"}, "“Ignore case” is true or false."),
        ({"kind": "exact", "weight": -1}, "“Weight” lies between 0 and 1000."),
        ({"kind": "exact", "weight": math.nan}, "“Weight” lies between 0 and 1000."),
        ({"kind": "exact", "weight": True}, "“Weight” is a number."),
        ({"kind": "latency"}, "“Most milliseconds” is missing."),
        ({"kind": "latency", "max_ms": "soon"}, "“Most milliseconds” is a number."),
        ({"kind": "cost", "max_usd": -1}, "“Most USD” is a number from 0 on."),
        ({"kind": "number", "which": "second"}, "is one of last, first, any."),
        ({"kind": "contains", "any_of": [1]}, "“At least one of” is a text."),
        ({"kind": "contains", "any_of": [""]}, "has an empty entry"),
        ({"kind": "contains", "any_of": 5}, "“At least one of” is a list of texts."),
        ({"kind": "regex", "pattern": "(open"}, "cannot be used"),
        ({"kind": "regex", "pattern": "(?<!a)b"}, "look-around"),
        ({"kind": "regex", "pattern": "a" * 2001}, "at most 2,000 characters"),
        ({"kind": "multiple_choice", "letters": "AA"}, "each once"),
        ({"kind": "multiple_choice", "letters": "Ä1"}, "from A to Z"),
        ({"kind": "json_schema", "schema": 3}, "A JSON Schema is an object."),
        ({"kind": "json_schema", "schema": {"type": "text"}}, "JSON by schema:"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(value, sentence):
    with pytest.raises(ScorerError) as told:
        read_scorer(value)

    assert sentence in str(told.value)


def test_all_complaints_are_told_at_once_with_their_place():
    values = [
        {"kind": "exact"},
        {"kind": "number", "tolerance": -1, "which": "none"},
        {"kind": "vibes"},
    ]

    with pytest.raises(ScorerError) as told:
        read_scorers(values)

    places = [one.split(":")[0] for one in told.value.complaints]
    assert places == ["Scorer 2", "Scorer 2", "Scorer 3"]


def test_there_is_a_bound_on_their_number():
    with pytest.raises(ScorerError, match="at most 20"):
        read_scorers([{"kind": "exact"}] * 21)


def test_a_case_without_expectation_is_told_before_anything_is_asked():
    scorers = read_scorers([{"kind": "exact"}, {"kind": "number"}])

    reason = can_score(case(), scorers)

    assert "Exact: The case says no expected answer." in reason
    assert "expects no number" in reason


def test_one_scorer_that_can_score_is_enough_and_the_others_are_told():
    scorers = read_scorers([{"kind": "exact"}, {"kind": "number"}])

    assert can_score(case("Paris"), scorers) == ""
    assert lacking(case("Paris"), scorers) == [
        "Number within tolerance: The case expects no number."
    ]


@pytest.mark.parametrize("values", [[], [{"kind": "exact", "weight": 0}]])
def test_without_a_scorer_that_counts_nothing_can_be_scored(values):
    assert can_score(case("Paris"), read_scorers(values)) == (
        "There is no scorer with a weight."
    )


def test_a_score_that_could_not_be_told_does_not_count():
    scores = [scored("exact", "Paris", "Paris"), scored("number", "Paris", "Paris")]

    assert [one.value for one in scores] == [1.0, None]
    assert total(scores) == 1.0
