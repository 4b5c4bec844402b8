"""The best models for work that is only planned."""

import pytest

from tests.recommender.recommending.working import priced

URL = "/recommendations/find/"


@pytest.fixture
def models(organization):
    """A usual month costs $50 and $8."""
    priced(organization, "dear", "2", "10", rating=1450)
    priced(organization, "cheap", "0.5", "1", rating=1390)


def test_the_usual_month_is_asked_for_where_nothing_is(editor, models):
    page = editor.get(URL).text
    assert "$50.00" in page
    assert "$8.00" in page


def test_a_budget_leaves_out_what_is_too_dear(editor, models):
    page = editor.get(URL, {"budget": "10"}).text
    assert "costs more than the budget" in page
    assert "openai/dear costs $50.00 a month, above $10.00." in page


def test_a_budget_of_nothing_is_answered_in_words(editor, models):
    page = editor.get(URL, {"budget": "0"}).text
    assert "fits chat: each costs more than the budget" in page


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("budget", "-1", "Budget a month, $"),
        ("requests", "many", "Requests a month"),
        ("use_case", "x", "Kind of work"),
        ("cached", "101", "Input read from a cache, %"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(editor, name, value, label):
    page = editor.get(URL, {name: value})
    assert page.status_code == 422
    assert f"<strong>{label}:</strong>" in page.text


def test_no_models_at_all(editor):
    assert "There are no models yet." in editor.get(URL).text
