"""Suites are made, edited, copied and archived, each with a trace."""

import pytest

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.models import BenchmarkSuite
from analytics.services.benchmark_cases import living_cases
from analytics.services.benchmark_suites import (
    archive_suite,
    copy_suite,
    edit_suite,
    restore_suite,
    undo_edit,
)
from registry.models import AuditEntry
from tests.analytics.benchmarks.suites import make_case, make_suite
from tests.factories import OrganizationFactory


def test_a_suite_is_named_after_its_name_and_leaves_a_trace(organization):
    suite = make_suite(organization, "Refunds & returns", pass_score=0.9)

    assert suite.key == "refunds-returns"
    entry = AuditEntry.objects.get(action="benchmark_suite.created")
    assert entry.after["name"] == "Refunds & returns"
    assert entry.after["pass_score"] == 0.9


def test_two_of_one_name_get_two_keys_and_a_key_is_given_once(organization):
    make_suite(organization, "Refunds")
    assert make_suite(organization, "Refunds").key == "refunds-2"

    with pytest.raises(BenchmarkRefused, match="refunds already"):
        make_suite(organization, "Other", key="refunds")
    assert make_suite(OrganizationFactory(), "Refunds").key == "refunds"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"key": "a b"}, "key"),
        ({"pass_score": 1.5}, "pass_score"),
        ({"parameters": {"temperature": 9}}, "parameters"),
        ({"parameters": {"heat": 1}}, "parameters"),
        ({"scorers": ["exact"]}, "scorers"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(organization, facts, field):
    with pytest.raises(BenchmarkRefused) as refused:
        make_suite(organization, **{"name": "Suite", **facts})

    assert list(refused.value.problems) == [field]
    assert not BenchmarkSuite.objects.exists()


def test_an_edit_says_before_and_after_and_is_taken_back(organization):
    suite = make_suite(organization, "Refunds", system="Be brief.")

    entry = edit_suite(suite=suite, actor=None, system="Be kind.", pass_score=0.5)

    assert entry.before == {"system": "Be brief.", "pass_score": 0.7}
    assert entry.after == {"system": "Be kind.", "pass_score": 0.5}
    assert undo_edit(entry=entry, suite=suite, actor=None)
    suite.refresh_from_db()
    assert (suite.system, suite.pass_score) == ("Be brief.", 0.7)


def test_an_edit_is_not_taken_back_over_a_later_one(organization):
    suite = make_suite(organization, "Refunds")
    first = edit_suite(suite=suite, actor=None, name="Returns")
    edit_suite(suite=suite, actor=None, name="Complaints")

    assert not undo_edit(entry=first, suite=suite, actor=None)
    suite.refresh_from_db()
    assert suite.name == "Complaints"


def test_saving_the_same_again_leaves_no_trace(organization):
    suite = make_suite(organization, "Refunds")

    assert edit_suite(suite=suite, actor=None, name="Refunds") is None
    assert not AuditEntry.objects.filter(action="benchmark_suite.edited").exists()


def test_a_copy_has_cases_of_its_own(organization):
    suite = make_suite(organization, "Refunds", pass_score=0.9)
    make_case(suite, "Where is my money?", expected="In your account", tags=("a",))

    copy = copy_suite(suite=suite, actor=None)

    assert (copy.key, copy.name, copy.pass_score) == (
        "refunds-copy",
        "Refunds copy",
        0.9,
    )
    [mine], [theirs] = living_cases(suite), living_cases(copy)
    assert mine.pk != theirs.pk
    assert (mine.key, mine.digest, mine.tags) == (theirs.key, theirs.digest, ["a"])


def test_an_archived_suite_gives_its_key_free_until_another_takes_it(organization):
    suite = make_suite(organization, "Refunds")

    assert archive_suite(suite=suite, actor=None)
    assert not archive_suite(suite=suite, actor=None)
    assert restore_suite(suite=suite, actor=None)
    archive_suite(suite=suite, actor=None)
    make_suite(organization, "Refunds")
    with pytest.raises(BenchmarkRefused, match="Another suite is called refunds"):
        restore_suite(suite=suite, actor=None)
