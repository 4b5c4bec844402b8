"""`modelhub benchmarks` on the command line: suites."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from analytics.models import BenchmarkSuite
from registry.models import AuditEntry
from tests.analytics.benchmarks.suites import make_case, make_suite, png


def run(*words) -> str:
    out = io.StringIO()
    call_command("benchmarks", *map(str, words), stdout=out)
    return out.getvalue()


def test_suites_are_listed_and_shown(organization):
    assert "No suites yet" in run("list")
    suite = make_suite(organization, "Refunds", scorers=[{"kind": "exact"}])
    make_case(suite, "Where is my money?", expected="Here", tags=("a", "b"))

    assert "refunds" in run("list")
    [listed] = json.loads(run("list", "--json"))
    assert (listed["key"], listed["cases"], listed["last_run"]) == ("refunds", 1, None)
    assert "Where is my money?" in run("show", "refunds")
    shown = json.loads(run("show", "refunds", "--json"))
    assert shown["scorers"] == [{"kind": "exact"}]
    assert shown["cases"][0]["tags"] == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "refund"], "no suite 'refund'.* Did you mean refunds"),
        (["list", "--organization", "nowhere"], "no organisation"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(organization, words, said):
    make_suite(organization, "Refunds")

    with pytest.raises(CommandError, match=said):
        run(*words)


def write(folder, name, *cases):
    path = folder / name
    path.write_text("\n".join(json.dumps(one) for one in cases))
    return path


def test_a_file_goes_in_and_comes_out_again(organization, tmp_path):
    cases = [{"key": "a", "prompt": "1+1?", "expected": "2", "images": ["red.png"]}]
    (tmp_path / "red.png").write_bytes(png())
    path = write(tmp_path, "mental-arithmetic.jsonl", *cases)

    assert "1 added" in run("import", path)
    assert json.loads(run("import", path, "--suite", "mental-arithmetic", "--json"))[
        "unchanged"
    ]
    out = tmp_path / "out.yaml"
    assert "1 case of mental-arithmetic" in run(
        "export", "mental-arithmetic", "--output", out
    )
    assert "data:image/png;base64," in out.read_text()
    assert run("export", "mental-arithmetic").startswith(
        '{"suite": "mental-arithmetic"'
    )


def test_a_dry_run_takes_nothing_in(organization, tmp_path):
    path = write(tmp_path, "cases.jsonl", {"prompt": "1+1?"})

    said = run("import", path, "--dry-run")

    assert "1 added" in said
    assert "nothing was changed" in said
    assert not BenchmarkSuite.objects.exists()
    assert not AuditEntry.objects.exists()


def test_every_wrong_line_is_told_and_the_rest_kept_only_on_demand(
    organization, tmp_path
):
    path = write(tmp_path, "cases.jsonl", {"prompt": "ok"}, {"promt": "x"}, [1])

    with pytest.raises(CommandError, match=r"(?s)Line 2.*Line 3.*--keep-good"):
        run("import", path)
    assert not BenchmarkSuite.objects.exists()
    assert "1 added" in run("import", path, "--keep-good")


def test_shipped_suites_are_installed_once(organization):
    assert "accuracy: " in run("install", "accuracy")
    assert "unchanged" in run("install", "accuracy")
    installed = json.loads(run("install", "--json"))["suites"]
    assert [one["suite"] for one in installed] == [
        "accuracy",
        "speed",
        "cost",
        "vision",
    ]
    with pytest.raises(CommandError, match="Did you mean speed"):
        run("install", "sped")
