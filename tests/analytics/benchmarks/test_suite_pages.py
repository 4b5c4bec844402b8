"""Suites on their pages: listed, made, edited, copied, archived and taken back."""

import re

import pytest

from analytics.models import BenchmarkSuite
from analytics.services.benchmark_suites import archive_suite
from tests.analytics.benchmarks.suites import make_case, make_suite

PAGE = "/benchmarks/"
NEW = f"{PAGE}suites/new/"


def suite_page(suite: BenchmarkSuite, *more: str) -> str:
    return "/".join([f"{PAGE}suites/{suite.key}", *more, ""])


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    return make_suite(organization, "Refunds", description="Money back")


def test_an_empty_page_says_what_to_do(editor, viewer):
    assert "Make the first suite" in editor.get(PAGE).text
    assert "Make the first suite" not in viewer.get(PAGE).text


def test_suites_are_found_by_their_words(editor, suite, organization):
    make_suite(organization, "Delivery")
    headers = {"HX-Request": "true", "HX-Target": "suites-results"}

    said = editor.get(PAGE, {"q": "money"}, headers=headers).text

    assert "Refunds" in said
    assert "Delivery" not in said
    assert "<html" not in said
    assert "No suite matches" in editor.get(PAGE, {"q": "weather"}).text


def test_a_suite_is_made_and_shown(editor):
    given = {"name": "Refunds", "pass_percent": "80", "temperature": "0"}

    response = editor.post(NEW, given, follow=True)

    assert response.redirect_chain[-1][0] == "/benchmarks/suites/refunds/"
    suite = BenchmarkSuite.objects.get()
    assert (suite.pass_score, suite.parameters) == (0.8, {"temperature": 0})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "required"),
        ({"pass_percent": "120"}, "less than or equal to 100"),
        ({"temperature": "3"}, "less than or equal to 2"),
        ({"key": "refunds"}, "There is a suite refunds already"),
    ],
)
def test_a_wrong_field_is_told_beside_it(editor, suite, given, said):
    response = editor.post(NEW, {"name": "Other", "pass_percent": "70", **given})

    assert response.status_code == 422
    assert said in response.text
    assert BenchmarkSuite.objects.count() == 1


def test_an_edit_is_taken_back_with_one_click(editor, suite):
    given = {"name": "Returns", "pass_percent": "70"}
    said = editor.post(suite_page(suite, "edit"), given, follow=True).text
    suite.refresh_from_db()
    assert (suite.name, suite.description) == ("Returns", "")

    [undo] = re.findall(rf'"({suite_page(suite)}undo/\d+/)"', said)
    editor.post(undo)

    suite.refresh_from_db()
    assert (suite.name, suite.description) == ("Refunds", "Money back")


def test_a_suite_is_copied_archived_and_restored(editor, suite):
    make_case(suite)
    copied = editor.post(suite_page(suite, "copy"), follow=True).text
    assert "Refunds copy" in copied

    editor.post(suite_page(suite, "archive"))
    assert editor.get(suite_page(suite)).status_code == 404
    assert "Restore" in editor.get(PAGE, {"state": "archived"}).text
    editor.post(suite_page(suite, "restore"))
    assert editor.get(suite_page(suite)).status_code == 200


def test_viewers_look_and_change_nothing(viewer, suite):
    assert viewer.get(suite_page(suite)).status_code == 200
    assert viewer.get(NEW).status_code == 403
    for action in ("edit", "copy", "archive", "restore"):
        assert viewer.post(suite_page(suite, action)).status_code == 403


def test_a_suite_of_another_organisation_is_not_there(stranger, suite):
    for action in ((), ("edit",)):
        assert stranger.get(suite_page(suite, *action)).status_code == 404
    for action in ("edit", "copy", "archive", "restore", "undo/1"):
        assert stranger.post(suite_page(suite, action)).status_code == 404
    archive_suite(suite=suite, actor=None)
    assert stranger.post(suite_page(suite, "restore")).status_code == 404
