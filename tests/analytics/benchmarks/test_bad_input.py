"""What is wrong with a suite, a case or a file is said in a sentence."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.benchmarking.scorers import read_scorer
from analytics.benchmarking.scoring import Answered, CaseFacts
from analytics.models import BenchmarkSuite
from analytics.services.benchmark_cases import living_cases
from analytics.services.benchmark_summaries import refresh
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.analytics.benchmarks.suites import make_case, make_suite
from tests.factories import AIModelFactory

CASE = {"prompt": "Hello", "weight": "1"}
HUGE = "9" * 30


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    return make_suite(organization, "Refunds", scorers=[{"kind": "contains"}])


def at(suite: BenchmarkSuite, *more) -> str:
    return "/".join(["/benchmarks/suites", suite.key, *map(str, more), ""])


def as_json(text: str) -> dict[str, str]:
    return {"expected": text, "expected_is_json": "on"}


def scorer(kind: str, **fields: str) -> dict[str, str]:
    named = {f"scorers-0-{name}": value for name, value in fields.items()}
    return {"scorers-count": "1", "scorers-0-kind": kind, **named}


def file_called(name: str, data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"images": file_called("big.png", bytes(50 * 1024**2))}, "50.0 MB large; at"),
        ({"images": file_called("note.png", b"hello")}, "its bytes are text"),
        (
            {"images": file_called("cut.png", b"\x89PNG\r\n\x1a\n12")},
            "not an image: its bytes are something else",
        ),
        (as_json("NaN"), "NaN is no JSON"),
        (as_json("[1e999]"), "NaN and infinity are no JSON"),
        (as_json('"a\\u0000b"'), "signs that no text can hold"),
        (as_json('{"\\ud800": 1}'), "signs that no text can hold"),
        (as_json("[" * 50_000), "no JSON: it nests too deep"),
        (as_json("{'a': 1}"), "no JSON: expecting property name enclosed"),
        ({"schema": '{"const": -Infinity}'}, "-Infinity is no JSON"),
        ({"earlier": '[{"role": "robot", "content": "x"}]'}, "role"),
        ({"prompt": "a\x00b"}, "Null characters are not allowed"),
        ({"weight": "nan"}, "Enter a number"),
        ({"tags": ",".join(["x" * 61])}, "60"),
        (scorer("regex", pattern="(a"), "unclosed group"),
        (scorer("regex", pattern="(?=a)b"), "look-around"),
        (scorer("number", tolerance="-1"), "is a number from 0 on"),
        (scorer("json_schema", schema='{"type": "objct"}'), "schema"),
        (scorer("json_schema", schema='{"const": NaN}'), "NaN is no JSON"),
        (scorer("judge", models=""), "“Judges” is missing"),
    ],
    ids=lambda one: one[:24] if isinstance(one, str) else "",
)
def test_a_case_that_cannot_be_is_refused_in_words(editor, suite, given, said):
    response = editor.post(at(suite, "cases/new"), {**CASE, **given})

    assert response.status_code == 422
    assert said in response.text
    assert not living_cases(suite).exists()


def test_a_pattern_that_never_ends_elsewhere_ends_here():
    found = read_scorer({"kind": "regex", "pattern": "(a+)+$"})

    score = found.score(
        CaseFacts(key="a", messages=()), Answered(text="a" * 50_000 + "!"), ()
    )

    assert score.value == 0


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (file_called("empty.csv"), "is empty"),
        (file_called("sheet.xlsx", b"PK\x03\x04" + bytes(200)), "spreadsheet"),
        (
            file_called("cases.jsonl.gz", gzip.compress(b'{"prompt": "a"}')),
            "packed with gzip",
        ),
        (
            file_called("cases.jsonl", b'{"prompt": "a", "expected": NaN}'),
            "NaN is no JSON",
        ),
        (
            file_called("cases.jsonl", b'{"prompt": "a\\u0000b"}'),
            "signs that no text can hold",
        ),
        (
            file_called("cases.yaml", b"cases:\n- prompt: a\n  weight: .nan\n"),
            ".nan is not",
        ),
        (file_called("cases.yaml", b"a: &a [*a, *a]"), "cases"),
        (file_called("cases.csv", b"question,answer\n1,2\n"), "prompt"),
    ],
    ids=lambda one: one.replace(" ", "_") if isinstance(one, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(editor, suite, file, said):
    sent = editor.post("/benchmarks/import/?suite=refunds", {"file": file}, follow=True)

    assert said in sent.text
    assert not living_cases(suite).exists()


@pytest.mark.parametrize(
    "path",
    [
        f"/benchmarks/runs/{HUGE}/",
        f"/benchmarks/runs/{HUGE}/results/",
        f"/benchmarks/suites/refunds/cases/{HUGE}/",
        f"/benchmarks/images/{'z' * 64}/",
    ],
)
def test_numbers_beyond_the_database_are_not_there(editor, suite, path):
    assert editor.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", [{"page": HUGE}, {"page": "-3"}, {"q": "\x00"}, {"tag": "x" * 500}]
)
def test_a_strange_address_of_a_suite_shows_the_suite(editor, suite, query):
    make_case(suite, "Where is it?")

    assert editor.get(at(suite), query).status_code == 200


@pytest.mark.parametrize("to", ["", "x", "²", "-1", HUGE])
def test_a_place_that_is_none_is_told(editor, suite, to):
    case = make_case(suite, "One")

    said = editor.post(at(suite, "cases", case.pk, "move"), {"to": to}, follow=True)

    assert "Say the place as a number from 1." in said.text


def test_an_empty_suite_is_not_run(editor, suite):
    model = AIModelFactory()
    asked = {"suite": "refunds", "models": model.reference, "repetitions": "1"}

    page = editor.post("/benchmarks/runs/new/", {**asked, "concurrency": "1"})

    assert page.status_code == 422
    assert "The suite has no cases yet: add one first." in page.text


def test_a_yaml_case_with_a_wrong_line_is_left_out_and_the_others_are_not(
    editor, suite
):
    data = b"cases:\n- prompt: One\n- prompt: Two\n  weight: .nan\n- prompt: Three\n"

    file = file_called("cases.yaml", data)
    draft = editor.post("/benchmarks/import/?suite=refunds", {"file": file}).url
    editor.post(f"{draft}keep/")

    kept = [one.messages[0]["content"] for one in living_cases(suite)]
    assert kept == ["One", "Three"]


def test_a_file_with_nothing_new_says_so(editor, suite):
    make_case(suite, "Where is it?", key="where", expected="here")
    data = editor.get("/benchmarks/suites/refunds/export.jsonl").content

    file = file_called("same.jsonl", data)
    address = "/benchmarks/import/?suite=refunds"
    said = editor.post(address, {"file": file}, follow=True).text

    assert "Nothing is new: the suite has every case of the file already." in said
    assert "disabled>Take in 0 cases" in said


def test_a_judge_that_answers_nonsense_tells_nothing_and_says_so(viewer, organization):
    note = "test/judge: No verdict could be read in “banana”."
    judges = [{"model": "test/judge", "value": None, "reason": "", "note": note}]
    run = a_run(a_suite(organization, 1))
    told = {"kind": "judge", "value": None, "note": note, "details": {"judges": judges}}
    answered(run, {"test/one": [0.5]})
    run.results.update(score=None, is_passed=None, scores=[told])
    refresh(run)
    case = run.results.get().case_id

    said = viewer.get(f"/benchmarks/runs/{run.number}/cases/{case}/").text
    assert "could not tell" in said
    assert "No verdict could be read in “banana”." in said
    assert "not scored" in said
    results = viewer.get(f"/benchmarks/runs/{run.number}/results/").text
    assert "Verdicts not readable" in results
    assert "1 of 1" in results
