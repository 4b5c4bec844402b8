"""Scorers of suites and cases are set by labelled fields, without JSON or script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.models import BenchmarkSuite
from analytics.services.benchmark_cases import living_cases
from tests.analytics.benchmarks.suites import make_case, make_suite, png

NEW = "/benchmarks/suites/new/"
SUITE = {"name": "Refunds", "pass_percent": "70"}
CASE = {"prompt": "How many?", "expected": "42", "weight": "1"}
NUMBER = {
    "scorers-count": "1",
    "scorers-0-kind": "number",
    "scorers-0-shown": "number",
    "scorers-0-tolerance": "0.5",
    "scorers-0-which": "last",
}


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    return make_suite(organization, "Refunds", scorers=[{"kind": "contains"}])


def at(suite: BenchmarkSuite, *more) -> str:
    return "/".join(["/benchmarks/suites", suite.key, *map(str, more), ""])


def test_a_new_suite_begins_with_a_scorer_that_says_what_it_does(editor):
    said = editor.get(NEW).text

    assert '<option value="contains" selected>' in said
    assert "The answer contains" in said
    assert "Regular expression" in said
    assert "Add scorer" in said


def test_a_suite_is_made_with_its_scorers(editor):
    editor.post(NEW, {**SUITE, **NUMBER})

    assert BenchmarkSuite.objects.get().scorers == [
        {"kind": "number", "tolerance": 0.5}
    ]


def test_adding_a_scorer_keeps_what_was_typed_and_saves_nothing(editor):
    typed = {"name": "", "pass_percent": "abc", "description": "Half <done>"}

    response = editor.post(NEW, {**typed, **NUMBER, "scorers-do": "add"})

    assert response.status_code == 200
    assert "Half &lt;done&gt;" in response.text
    assert 'value="abc"' in response.text
    assert 'value="0.5"' in response.text
    assert 'name="scorers-1-kind"' in response.text
    assert "Not saved" not in response.text
    assert not BenchmarkSuite.objects.exists()


def test_a_kind_changed_without_script_shows_its_fields_before_it_is_saved(editor):
    changed = {**NUMBER, "scorers-0-kind": "latency"}

    response = editor.post(NEW, {**SUITE, **changed})

    assert 'name="scorers-0-max_ms"' in response.text
    assert "Not saved" not in response.text
    assert not BenchmarkSuite.objects.exists()


def test_numbers_are_shown_as_short_as_they_are(editor, organization):
    parameters = {"temperature": 0.0}
    suite = make_suite(organization, "Plain", pass_score=0.7, parameters=parameters)

    shown = editor.get(at(suite, "edit")).text

    assert 'value="70"' in shown
    assert 'name="temperature" value="0"' in shown


def test_what_is_wrong_with_a_scorer_stands_beside_it(editor):
    wrong = {**NUMBER, "scorers-0-tolerance": "a bit"}

    response = editor.post(NEW, {**SUITE, "pass_percent": "900", **wrong})

    assert response.status_code == 422
    assert "“Tolerance” is a number." in response.text
    assert "2 fields need another look" in response.text


def test_scorers_of_a_suite_are_changed_and_taken_back(editor, suite):
    shown = editor.get(at(suite, "edit")).text
    assert '<option value="contains" selected>' in shown

    said = editor.post(at(suite, "edit"), {**SUITE, **NUMBER}, follow=True).text
    suite.refresh_from_db()
    assert [one["kind"] for one in suite.scorers] == ["number"]
    assert "Tolerance: 0.5" in said

    undo = said.split(f"{at(suite)}undo/")[1].split("/")[0]
    editor.post(at(suite, "undo", undo))
    suite.refresh_from_db()
    assert suite.scorers == [{"kind": "contains"}]


def test_a_case_has_scorers_of_its_own_by_the_same_fields(editor, suite):
    assert "None of its own: scored by" in editor.get(at(suite, "cases/new")).text

    editor.post(at(suite, "cases/new"), {**CASE, **NUMBER})

    [case] = living_cases(suite)
    assert case.scorers == [{"kind": "number", "tolerance": 0.5}]
    edited = editor.get(at(suite, "cases", case.pk)).text
    assert 'value="0.5"' in edited
    assert "Number within tolerance, in place of" in editor.get(at(suite)).text


def test_a_case_gives_its_scorers_back_to_the_suite(editor, suite):
    case = make_case(suite, "How many?", expected="42", scorers=({"kind": "number"},))

    shown = editor.post(
        at(suite, "cases", case.pk), {**CASE, **NUMBER, "scorers-do": "remove-0"}
    )
    assert "None of its own: scored by" in shown.text
    editor.post(at(suite, "cases", case.pk), {**CASE, "scorers-count": "0"})

    assert living_cases(suite).get().scorers == []


def test_images_taken_away_stay_so_while_scorers_change(editor, suite):
    file = SimpleUploadedFile("red.png", png())
    editor.post(at(suite, "cases/new"), {**CASE, "images": file})
    [case] = living_cases(suite)
    kept = f'value="{case.image_digests[0]}" checked'
    assert kept in editor.get(at(suite, "cases", case.pk)).text

    shown = editor.post(
        at(suite, "cases", case.pk), {**CASE, **NUMBER, "scorers-do": "add"}
    )

    assert kept not in shown.text


def test_lists_name_scorers_as_the_form_does(editor, organization):
    scorers = [{"kind": "multiple_choice"}, {"kind": "judge", "models": ["a/b"]}]
    suite = make_suite(organization, "Quiz", scorers=scorers)

    assert "Multiple choice, Judge" in editor.get("/benchmarks/").text
    assert "Judges: “a/b”" in editor.get(at(suite)).text
