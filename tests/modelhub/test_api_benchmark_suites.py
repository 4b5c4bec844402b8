"""Benchmark suites and their cases are made and changed over the management API."""

import pytest
from django.test import Client

from analytics.models import BenchmarkCase, BenchmarkSuite
from registry.models import AuditEntry, Role
from tests.analytics.benchmarks.suites import make_case, make_suite
from tests.factories import MembershipFactory, OrganizationFactory

PATH = "/api/benchmarks/suites"
SUITE = f"{PATH}/replies"
CASES = f"{SUITE}/cases"
IMPORTS = "/api/benchmarks/imports"
JSON = "application/json"
EXACT = [{"kind": "exact"}]
ASKED = {"messages": [{"role": "user", "content": "2 + 2?"}], "expected": "4"}
LINES = '{"key": "a", "prompt": "2 + 2?", "expected": "4"}\n{"key": "b"}\n'


@pytest.fixture
def analyst(organization):
    browser = Client()
    browser.force_login(
        MembershipFactory(organization=organization, role=Role.ANALYST).user
    )
    return browser


@pytest.fixture
def suite(organization):
    return make_suite(organization, "Replies", key="replies")


def test_a_suite_is_made_changed_and_hidden(analyst):
    made = analyst.post(PATH, {"name": "Replies", "scorers": EXACT}, JSON)
    tag = analyst.get(SUITE)["ETag"]
    body, tagged = {"description": "Short ones"}, {"If-Match": tag}
    changed = analyst.patch(SUITE, body, JSON, headers=tagged)
    again = analyst.patch(SUITE, {"name": "Mine"}, JSON, headers=tagged)
    hidden = analyst.post(f"{SUITE}/archive")

    assert (made.status_code, made["Location"]) == (201, SUITE)
    assert (changed.status_code, again.status_code) == (200, 412)
    assert changed.json()["scorers"] == EXACT
    assert hidden.json()["is_archived"]
    assert analyst.get(SUITE).status_code == 404
    assert analyst.post(f"{SUITE}/restore").json()["description"] == "Short ones"
    assert AuditEntry.objects.filter(action="benchmark_suite.edited").count() == 1


def test_a_case_is_added_changed_and_removed(analyst, suite):
    made = analyst.post(CASES, ASKED | {"key": "sum"}, JSON)
    tag = analyst.get(f"{CASES}/sum")["ETag"]
    tagged = {"If-Match": tag}
    changed = analyst.patch(f"{CASES}/sum", {"weight": 2}, JSON, headers=tagged)
    again = analyst.patch(f"{CASES}/sum", {"weight": 3}, JSON, headers=tagged)

    assert made.status_code == 201
    assert (changed.json()["weight"], changed.json()["expected"]) == (2, "4")
    assert again.status_code == 412
    assert [one["key"] for one in analyst.get(CASES).json()["items"]] == ["sum"]
    assert analyst.delete(f"{CASES}/sum").status_code == 204
    assert analyst.get(CASES).json()["items"] == []
    assert analyst.get(f"{CASES}/sum").status_code == 404


def test_a_copy_has_the_cases(analyst, suite):
    make_case(suite)

    made = analyst.post(f"{SUITE}/copy", {"name": "More"}, JSON)

    assert (made.status_code, made.json()["cases"]) == (201, 1)


def test_a_file_is_looked_at_then_kept(analyst, suite):
    body = {"content": LINES, "suite": "replies"}

    looked = analyst.post(IMPORTS, body | {"is_dry_run": True}, JSON).json()
    assert not BenchmarkCase.objects.exists()
    kept = analyst.post(IMPORTS, body, JSON).json()

    assert (looked["added"], looked["refused"]) == (1, 1)
    assert (kept["added"], kept["refused"], kept["suite"]) == (1, 1, "replies")
    assert kept["refused_cases"][0]["line"] == 2
    assert BenchmarkCase.objects.get().key == "a"


def test_a_file_makes_a_suite_of_its_own(analyst):
    kept = analyst.post(IMPORTS, {"content": LINES, "file_name": "sums.jsonl"}, JSON)

    assert BenchmarkSuite.objects.get().key == kept.json()["suite"] == "sums"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH, {"name": ""}),
        (PATH, {"name": "A", "scorers": [{"kind": "guess"}]}),
        (PATH, {"name": "A", "parameters": {"heat": 3}}),
        (PATH, {"name": "Other", "key": "replies"}),
        (CASES, {"messages": []}),
        (CASES, ASKED | {"weight": 0}),
        (CASES, ASKED | {"images": ["f" * 64]}),
        (CASES, {"messages": [{"role": "assistant", "content": "Hi"}]}),
        (IMPORTS, {"content": "PK\x03\x04", "suite": "replies"}),
    ],
)
def test_what_makes_no_sense_is_refused(analyst, suite, path, body):
    answer = analyst.post(path, body, JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not BenchmarkCase.objects.exists()
    assert BenchmarkSuite.objects.count() == 1


def test_viewers_read_and_strangers_see_nothing(viewer, suite):
    make_case(suite, key="sum")
    foreign = make_suite(OrganizationFactory(), "Theirs", key="theirs")

    assert viewer.get(f"{CASES}/sum").status_code == 200
    assert viewer.post(CASES, ASKED, JSON).status_code == 403
    assert viewer.get(f"{PATH}/{foreign.key}").status_code == 404
    assert viewer.get(f"{PATH}/{foreign.key}/cases").status_code == 404
