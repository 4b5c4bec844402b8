"""A pack being edited travels as text from step to step and loses nothing."""

import json

import pytest

from registry.packs.document import PackFeature
from registry.packs.drafting import BrokenDraft, Draft, document_from

PLANNER = PackFeature(
    "planner",
    "openai/gpt",
    ("google/gemini", "anthropic/claude"),
    {"temperature": 0.25, "stop": ["END"]},
    "PLANNER@production",
    "thinks",
)


def test_a_draft_comes_back_as_it_was_sent():
    draft = Draft.of([PLANNER], ["chat"])

    assert Draft.from_text(draft.as_text()) == draft


def test_features_without_an_entry_get_an_empty_row():
    draft = Draft.of([PLANNER], ["planner", "chat"])

    assert [one.key for one in draft.rows] == ["chat", "planner"]
    assert [one.key for one in draft.empty] == ["chat"]


def test_rows_without_a_model_are_left_out_of_the_pack():
    draft = Draft.of([PLANNER], ["chat"])

    document = document_from(draft, {"name": "Mine", "slug": "mine", "note": "why"})

    assert document.features == (PLANNER,)
    assert (document.name, document.note) == ("Mine", "why")


def test_one_model_fills_the_empty_rows_or_all():
    draft = Draft.of([PLANNER], ["chat"])

    some = draft.fill("google/gemini", only_empty=True)
    every = draft.fill("google/gemini", only_empty=False)

    assert [one.model for one in some.rows] == ["google/gemini", "openai/gpt"]
    assert [one.model for one in every.rows] == ["google/gemini"] * 2


def test_a_filled_model_does_not_stay_its_own_fallback():
    draft = Draft.of([PLANNER]).fill("google/gemini", only_empty=False)

    assert draft.rows[0].fallbacks == ("anthropic/claude",)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"a": 1}',
        '{"a": {"model": 5}}',
        '{"a": {"fallbacks": "x"}}',
        '{"a": {"fallbacks": [1]}}',
        '{"a": {"parameters": []}}',
        json.dumps({str(number): {} for number in range(2001)}),
    ],
)
def test_what_was_not_sent_by_us_is_refused(text):
    with pytest.raises(BrokenDraft):
        Draft.from_text(text)
