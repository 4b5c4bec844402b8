"""Scorers are set in a form without a line of JSON, and nothing typed is lost."""

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from analytics.benchmarking.scorers import SCORER_KINDS, read_scorers
from analytics.forms.scorers import ScorersPart

EXAMPLES = [
    (kind, number)
    for kind, one in SCORER_KINDS.items()
    for number in range(len(one.examples))
]


def sent(part: ScorersPart, **more: str) -> QueryDict:
    """What a browser sends of the part as it is shown."""
    data = QueryDict(mutable=True)
    data["scorers-count"] = str(len(part.forms))
    for form in part.forms:
        data[f"{form.prefix}-kind"] = form.kind
        data[f"{form.prefix}-shown"] = form.kind
        for field, kind in form.settings:
            value = field.value()
            if kind != "truth":
                data[field.html_name] = str(value)
            elif value:
                data[field.html_name] = "on"
    data.update({name.replace("_", "-"): value for name, value in more.items()})
    return data


@pytest.mark.parametrize(("kind", "number"), EXAMPLES)
def test_what_is_shown_and_sent_unchanged_means_the_same(kind, number):
    value = SCORER_KINDS[kind].examples[number]

    part = ScorersPart.posted(sent(ScorersPart.of([value])))

    assert part.is_valid()
    assert read_scorers(part.values) == read_scorers([value])


def test_a_scorer_is_added_and_what_was_typed_stays():
    shown = ScorersPart.of([{"kind": "number"}])
    data = sent(shown, scorers_0_tolerance="a bit", scorers_do="add")

    part = ScorersPart.posted(data)

    assert part.is_changing
    assert [one.kind for one in part.forms] == ["number", "exact"]
    assert part.forms[0]["tolerance"].value() == "a bit"


def test_the_right_scorer_is_removed():
    shown = ScorersPart.of([{"kind": "exact"}, {"kind": "number"}, {"kind": "finish"}])

    part = ScorersPart.posted(sent(shown, scorers_do="remove-1"))

    assert [one.kind for one in part.forms] == ["exact", "finish"]


def test_another_kind_shows_its_own_fields_as_they_are_by_default():
    shown = ScorersPart.of([{"kind": "number", "weight": 2}])
    data = sent(shown, scorers_0_kind="exact", scorers_do="show")

    (form,) = ScorersPart.posted(data).forms

    values = {field.name: field.value() for field, _ in form.settings}
    assert values == {"ignore_case": True, "ignore_space": True, "weight": "2"}


def test_a_truth_that_was_unchecked_stays_so():
    shown = ScorersPart.of([{"kind": "exact"}])
    data = sent(shown)
    del data["scorers-0-ignore_case"]

    part = ScorersPart.posted(data)

    assert part.is_valid()
    assert part.values == [{"kind": "exact", "ignore_case": False}]


@pytest.mark.parametrize(
    ("kind", "name", "text", "sentence"),
    [
        ("number", "tolerance", "a bit", "“Tolerance” is a number."),
        ("number", "tolerance", "nan", "“Tolerance” is a number from 0 on."),
        ("cost", "max_usd", "", "“Most USD” is missing."),
        ("json_schema", "schema", "{", "“JSON Schema” is not JSON:"),
        ("judge", "models", " \n", "“Judges” is missing."),
        ("judge", "max_tokens", "16.5", "is a whole number."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(kind, name, text, sentence):
    shown = ScorersPart.of([{"kind": kind, **SCORER_KINDS[kind].examples[0]}])
    data = sent(shown)
    data[f"scorers-0-{name}"] = text

    part = ScorersPart.posted(data)

    assert not part.is_valid()
    assert sentence in part.forms[0].errors[name][0]


def test_what_is_wrong_with_the_whole_stands_above_it():
    data = sent(ScorersPart.of([{"kind": "regex", "pattern": "a"}]))
    data["scorers-0-pattern"] = "(open"

    part = ScorersPart.posted(data)

    assert not part.is_valid()
    assert "cannot be used" in render_to_string(
        "analytics/_scorer_fields.html", {"part": part}
    )


@pytest.mark.parametrize("count", ["", "-1", "²", "many", "1e9"])
def test_a_count_that_is_none_is_no_scorers(count):
    data = QueryDict(mutable=True)
    data["scorers-count"] = count

    assert ScorersPart.posted(data).forms == []


def test_no_more_are_added_than_there_may_be():
    data = sent(ScorersPart.of([{"kind": "exact"}] * 20), scorers_do="add")

    part = ScorersPart.posted(data)

    assert len(part.forms) == 20
    assert not part.can_add


def test_the_fields_work_without_script_and_have_labels():
    part = ScorersPart.of([{"kind": "contains", "any_of": ["<b>", "x"]}])

    html = render_to_string("analytics/_scorer_fields.html", {"part": part})

    assert 'name="scorers-do" value="add"' in html
    assert 'name="scorers-do" value="remove-0"' in html
    assert 'for="id_scorers-0-any_of"' in html
    assert "&lt;b&gt;" in html
    assert '<option value="contains" selected>' in html
    assert '<input type="hidden" name="scorers-0-shown" value="contains">' in html
    assert html.count("<select") == 1
