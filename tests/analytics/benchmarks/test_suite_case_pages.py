"""Cases, scorers and files on the pages of a suite."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.models import BenchmarkSuite
from analytics.services.benchmark_cases import content_of, living_cases
from tests.analytics.benchmarks.suites import make_case, make_suite, png


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    return make_suite(organization, "Refunds", scorers=[{"kind": "contains"}])


def at(suite: BenchmarkSuite, *more) -> str:
    return "/".join(["/benchmarks/suites", suite.key, *map(str, more), ""])


def prompts(suite) -> list[str]:
    return [content_of(one).prompt for one in living_cases(suite)]


def test_an_empty_suite_says_what_to_do(editor, suite):
    said = editor.get(at(suite)).text

    assert "Add the first case" in said
    assert "/benchmarks/runs/new/" not in said


def test_a_case_without_expectation_is_told_and_marked(editor, suite):
    make_case(suite, "Whole", expected="yes")
    make_case(suite, "Half")

    said = editor.get(at(suite)).text

    assert "1 case cannot be scored" in said
    assert said.count("is-danger") == 1
    assert "/benchmarks/runs/new/?suite=refunds" in said


def test_cases_are_found_by_text_and_tag_and_come_in_pages(editor, suite):
    for number in range(51):
        make_case(suite, f"Frage Ä{number:02}", tags=("odd",) if number % 2 else ())
    headers = {"HX-Request": "true", "HX-Target": "cases-results"}

    first = editor.get(at(suite)).text
    assert "Ä00" in first
    assert "Ä50" not in first
    assert "Ä50" in editor.get(at(suite), {"page": "2"}).text
    found = editor.get(at(suite), {"q": "ä07", "tag": "odd"}, headers=headers).text
    assert "1 to 1 of 1" in found
    assert "<html" not in found
    assert "No case matches" in editor.get(at(suite), {"tag": "even"}).text


def test_a_case_is_added_edited_removed_and_taken_back(editor, suite):
    image = SimpleUploadedFile("red.png", png())
    given = {"prompt": "Which colour?", "expected": "red", "weight": "1"}
    editor.post(at(suite, "cases/new"), {**given, "tags": "a, b", "images": image})
    [case] = living_cases(suite)
    assert (case.tags, case.expected, len(case.image_digests)) == (["a", "b"], "red", 1)
    shown = editor.get(f"/benchmarks/images/{case.image_digests[0]}/")
    assert (shown["Content-Type"], shown.content) == ("image/png", png())

    changed = {**given, "expected": "[1]", "expected_is_json": "on"}
    said = editor.post(at(suite, "cases", case.pk), changed, follow=True).text
    [new] = living_cases(suite)
    assert (new.expected, new.image_digests) == ([1], [])
    [undo] = re.findall(rf'"({at(suite)}cases/\d+/restore/)"', said)
    editor.post(undo)
    assert living_cases(suite).get().expected == "red"

    editor.post(at(suite, "cases", case.pk, "remove"))
    assert prompts(suite) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"prompt": " "}, "is empty"),
        ({"weight": "0"}, "above 0"),
        ({"expected": "{", "expected_is_json": "on"}, "This is no JSON"),
        ({"scorers-count": "1", "scorers-0-kind": "latency"}, "“Most milliseconds” is"),
        ({"schema": "[1]"}, "is an object"),
        ({"earlier": '["x"]'}, "list of objects"),
        ({"images": SimpleUploadedFile("a.png", b"hello")}, "its bytes are text"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_wrong_case_is_told_and_nothing_is_kept(editor, suite, given, said):
    whole = {"prompt": "Hello", "weight": "1", **given}

    response = editor.post(at(suite, "cases/new"), whole)

    assert response.status_code == 422
    assert said in response.text
    assert prompts(suite) == []


def test_a_case_is_moved(editor, suite):
    make_case(suite, "One", key="one")
    two = make_case(suite, "Two", key="two")
    shown = editor.get(at(suite)).text
    assert 'aria-label="Move two up"' in shown
    assert shown.count("disabled") == 2

    moved = editor.post(at(suite, "cases", two.pk, "move"), {"to": "1", "page": "2"})

    assert prompts(suite) == ["Two", "One"]
    assert moved.url == f"{at(suite)}?page=2"


def test_found_cases_are_not_moved_among_each_other(editor, viewer, suite):
    make_case(suite, "One")

    assert "Move " not in editor.get(at(suite), {"q": "one"}).text
    assert "Move " not in viewer.get(at(suite)).text


def test_what_is_expected_is_shown_as_json(editor, suite):
    make_case(suite, "Which?", expected={"ok": True, "who": "Zoë"})

    assert (
        "{&quot;ok&quot;: true, &quot;who&quot;: &quot;Zoë&quot;}"
        in editor.get(at(suite)).text
    )


def test_a_file_is_looked_at_taken_in_and_taken_back(editor, suite):
    file = SimpleUploadedFile("cases.csv", b"prompt,expected\nHi,Hello\n,x\n")

    draft = editor.post("/benchmarks/import/?suite=refunds", {"file": file}).url
    said = editor.get(draft).text
    assert "Only the good cases are taken in" in said
    assert prompts(suite) == []
    kept = editor.post(f"{draft}keep/", follow=True).text
    assert prompts(suite) == ["Hi"]
    [undo] = re.findall(r'"(/benchmarks/import/[-\w]+/undo/)"', kept)
    editor.post(undo)
    assert prompts(suite) == []


def test_a_file_that_cannot_be_read_is_read_another_way(editor, suite):
    file = SimpleUploadedFile("a.csv", "prompt\nCafé".encode("cp1252"))
    draft = editor.post("/benchmarks/import/?suite=refunds", {"file": file}).url
    assert "Windows-1252" in editor.get(draft).text

    editor.post(draft, {"encoding": "cp1252"})
    editor.post(f"{draft}keep/")

    assert prompts(suite) == ["Café"]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "yaml"])
def test_a_suite_is_downloaded(viewer, suite, kind):
    make_case(suite, "Where is it?")

    response = viewer.get(f"/benchmarks/suites/refunds/export.{kind}")

    assert "Where is it?" in response.text
    assert f'filename="refunds.{kind}"' in response["Content-Disposition"]


def test_ready_made_suites_are_added_with_one_click(editor, organization):
    assert "Add ready-made suites" in editor.get("/benchmarks/").text

    editor.post("/benchmarks/install/")

    assert BenchmarkSuite.objects.filter(organization=organization).count() == 4


def test_what_is_of_others_is_not_there(stranger, viewer, suite):
    case = make_case(suite, "Secret", images=())
    for path in ("cases/new", f"cases/{case.pk}", "edit", "sample"):
        assert stranger.get(at(suite, path)).status_code == 404
        assert viewer.get(at(suite, path)).status_code == 403
    for path in ("remove", "restore", "move"):
        assert stranger.post(at(suite, "cases", case.pk, path)).status_code == 404
    assert stranger.get("/benchmarks/suites/refunds/export.csv").status_code == 404
    assert stranger.get(f"/benchmarks/images/{'0' * 64}/").status_code == 404
