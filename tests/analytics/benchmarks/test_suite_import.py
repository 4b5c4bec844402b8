"""A file of cases into a suite: what is new, changed and missing; keeping; undoing."""

import json

import pytest

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.suite_files import read_suite
from analytics.models import BenchmarkCase, BenchmarkImport, BenchmarkSuite
from analytics.queries.benchmark_export import exported
from analytics.services.benchmark_cases import (
    add_case_from,
    content_of,
    edit_case,
    living_cases,
)
from analytics.services.benchmark_imports import apply_file, compare, undo_import
from registry.models import AuditEntry
from tests.analytics.benchmarks.suites import asked, make_case, make_suite, png
from tests.factories import OrganizationFactory


def lines(*cases, head=None):
    said = [json.dumps(one) for one in ([head] if head else []) + list(cases)]
    return read_suite("\n".join(said).encode(), name="cases.jsonl")


def keep(organization, suite, read, **options):
    return apply_file(
        organization=organization,
        suite=suite,
        read=read,
        file_name="cases.jsonl",
        actor=None,
        **options,
    )


def said(suite) -> dict[str, str]:
    return {one.key: content_of(one).prompt for one in living_cases(suite)}


@pytest.fixture
def suite(organization):
    suite = make_suite(organization)
    for key in ("a", "b", "c"):
        make_case(suite, f"Question {key}", key=key)
    return suite


NEWER = (
    {"key": "a", "prompt": "Question a"},
    {"key": "b", "prompt": "Better question"},
    {"key": "d", "prompt": "Question d"},
    {"prompt": "Question c"},
)


def test_a_comparison_says_what_is_new_changed_unchanged_and_missing(suite):
    found = compare(suite, lines(*NEWER[:3]))

    assert [one.key for one in found.new] == ["d"]
    assert [old.key for _, old in found.changed] == ["b"]
    assert found.unchanged == 1
    assert [one.key for one in found.missing] == ["c"]


def test_a_case_without_a_key_is_known_by_what_it_says(suite):
    found = compare(suite, lines(*NEWER))

    assert (len(found.new), found.unchanged, found.missing) == (1, 2, [])


def test_keeping_changes_what_differs_and_leaves_what_is_missing(suite, organization):
    outcome = keep(organization, suite, lines(*NEWER[:3]))

    assert said(suite) == {
        "a": "Question a",
        "b": "Better question",
        "c": "Question c",
        "d": "Question d",
    }
    assert (outcome.added, outcome.changed, outcome.unchanged) == (1, 1, 1)
    [old] = BenchmarkCase.objects.exclude(replaced_at=None)
    assert old.key == "b"
    entry = AuditEntry.objects.get(action="benchmark_suite.imported")
    assert entry.after["changed"] == 1


def test_missing_cases_are_removed_only_where_asked_for(suite, organization):
    outcome = keep(organization, suite, lines(*NEWER[:3]), with_removal=True)

    assert outcome.removed == 1
    assert "c" not in said(suite)


def test_an_import_is_taken_back_but_not_what_was_edited_since(suite, organization):
    keep(organization, suite, lines(*NEWER[:3]), with_removal=True)
    added = living_cases(suite).get(key="d")
    edit_case(case=added, content=asked("Mine"), actor=None)
    one = BenchmarkImport.objects.get()

    assert undo_import(one=one, actor=None)
    assert not undo_import(one=one, actor=None)

    assert said(suite) == {"a": "Question a", "b": "Question b", "c": "Question c"}


def test_the_same_file_twice_changes_nothing_the_second_time(suite, organization):
    keep(organization, suite, lines(*NEWER))
    again = keep(organization, suite, lines(*NEWER))

    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)


def test_a_file_makes_a_suite_of_its_own(organization):
    head = {"suite": "maths", "name": "Mental arithmetic", "pass_score": 0.9}

    suite = keep(organization, None, lines({"prompt": "1+1?"}, head=head)).suite

    assert (suite.key, suite.name, suite.pass_score) == (
        "maths",
        "Mental arithmetic",
        0.9,
    )


def test_a_file_that_would_break_a_rule_changes_nothing(suite, organization):
    head = {"suite": "other", "scorers": [{"kind": "magic"}]}

    with pytest.raises(BenchmarkRefused, match="magic"):
        keep(organization, None, lines({"prompt": "x"}, head=head))
    assert BenchmarkSuite.objects.count() == 1


@pytest.mark.parametrize("kind", ["jsonl", "csv", "yaml"])
def test_a_suite_goes_from_one_organisation_to_another_as_text(organization, kind):
    suite = make_suite(organization, scorers=[{"kind": "exact"}], system="Be brief.")
    make_case(suite, "=Sum?\r\nof 2 and 2", expected=4, tags=("a", "b"), weight=2)
    add_case_from(
        suite=suite,
        messages=[{"role": "user", "content": "What is shown?"}],
        images=[png()],
        expected="red",
        actor=None,
    )
    text = exported(suite, kind)

    read = read_suite(text.encode(), name=f"suite.{kind}")
    copy = keep(OrganizationFactory(), None, read).suite

    assert exported(copy, kind) == text
    digests = [one.digest for one in living_cases(suite)]
    assert [one.digest for one in living_cases(copy)] == digests
