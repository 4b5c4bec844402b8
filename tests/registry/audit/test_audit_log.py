"""The page that shows every change of an organisation."""

import csv
import datetime
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.audit import record_change
from registry.changes import changes_between
from registry.feature_facts import fact_text
from registry.models import AuditEntry
from registry.queries.audit_log import PAGE_SIZE
from tests.factories import FeatureFactory, OrganizationFactory

LOG = "/settings/audit/"
EXPORT = f"{LOG}export/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "audit-results"}


def entry(organization, action="feature.edited", **facts) -> AuditEntry:
    facts.setdefault("before", {"name": "Old"})
    facts.setdefault("after", {"name": "New"})
    target = facts.pop("target", None) or FeatureFactory.build(pk=1, key="tagging")
    return record_change(
        organization=organization, actor=None, action=action, target=target, **facts
    )


def shown(response) -> list[AuditEntry]:
    return [line.entry for line in response.context["page"].lines]


def test_a_change_shows_who_what_before_and_after(viewer, organization):
    entry(organization, actor_label="mira@example.com", note="Because")

    text = viewer.get(LOG).content.decode()

    for word in ("mira@example.com", "Requirements edited", "tagging", "Because"):
        assert word in text
    assert "<del>Old</del>" in text
    assert "<ins>New</ins>" in text


def test_values_are_escaped(viewer, organization):
    entry(organization, after={"name": "<script>alert(1)</script>"})

    text = viewer.get(LOG).content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_other_organisations_and_the_catalogue_are_not_in_it(viewer, organization):
    own = entry(organization)
    entry(OrganizationFactory())
    entry(None)

    assert shown(viewer.get(LOG)) == [own]


def test_a_visitor_signs_in_first(client, db):
    assert client.get(LOG).status_code == 302
    assert client.get(EXPORT).status_code == 302


def test_an_empty_log_says_what_will_stand_there(viewer):
    assert "Nothing was changed yet." in viewer.get(LOG).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"q": "tagging mira"},
        {"q": "ASSIGNMENT"},
        {"person": "mira@example.com"},
        {"action": "assignment.changed"},
        {"type": "feature", "id": "7"},
        {"since": "2026-03-02", "until": "2026-03-02"},
    ],
)
def test_a_filter_leaves_what_matches(viewer, organization, query):
    with time_machine.travel("2026-03-02T23:59:00Z", tick=False):
        wanted = entry(
            organization,
            "assignment.changed",
            target=FeatureFactory.build(pk=7, key="tagging"),
            actor_label="mira@example.com",
        )
    with time_machine.travel("2026-03-03T00:00:00Z", tick=False):
        entry(organization, target=FeatureFactory.build(pk=8, key="search"))

    assert shown(viewer.get(LOG, query)) == [wanted]


def test_a_filter_without_matches_says_so(viewer, organization):
    entry(organization)

    text = viewer.get(LOG, {"q": "nothing like it"}).content.decode()

    assert "No change matches." in text


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 5_000},
        {"since": "yesterday"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"before": "x"},
        {"before": "2026-03-01T00:00:00_1"},
        {"before": "2026-03-01T00:00:00+00:00_99999999999999999999"},
        {"q": "\x00"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(viewer, organization, query):
    entry(organization)

    assert viewer.get(LOG, query).status_code == 422
    assert viewer.get(EXPORT, query).status_code == 400


def test_an_absurd_date_is_no_error(viewer, organization):
    entry(organization)

    assert viewer.get(LOG, {"until": "9999-12-31"}).status_code == 200


def test_pages_follow_by_key_without_gap_or_repeat(viewer, organization):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        entries = [entry(organization) for _ in range(PAGE_SIZE + 5)]

    first = viewer.get(LOG, headers=FRAGMENT)
    entry(organization)
    second = viewer.get(LOG, {"before": first.context["page"].older}, headers=FRAGMENT)

    assert b"<html" not in first.content
    assert shown(first) + shown(second) == list(reversed(entries))
    assert second.context["page"].older == ""


def test_the_export_holds_all_that_matches_with_formulas_neutralised(
    viewer, organization
):
    for _ in range(PAGE_SIZE + 5):
        entry(organization, actor_label="=cmd()")
    entry(organization, "model.enabled")

    response = viewer.get(EXPORT, {"action": "feature.edited"})

    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert len(rows) == PAGE_SIZE + 5
    assert rows[0]["by"] == "'=cmd()"
    assert rows[0]["after"] == '{"name": "New"}'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_the_page_asks_as_much_for_many_entries_as_for_few(viewer, organization):
    entry(organization)
    with CaptureQueriesContext(connection) as few:
        viewer.get(LOG)
    for _ in range(20):
        entry(organization)

    with CaptureQueriesContext(connection) as many:
        viewer.get(LOG)

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (None, {"a": 1}, [("a", "", "1")]),
        ({"a": True}, None, [("a", "yes", "")]),
        ({"a": 1, "b": 2}, {"a": 1, "b": None}, [("b", "2", "")]),
        ({"a": ["x", "y"]}, {"a": ["x"]}, [("a", "x, y", "x")]),
        ({"a": {"k": 1, "l": 2}}, {"a": {"k": 3, "l": 2}}, [("a · k", "1", "3")]),
        (
            None,
            {"a": [{"k_ms": 1}, {"k_ms": None}]},
            [("a", "", "k ms 1; k ms nothing")],
        ),
        ({}, {"a": 0}, [("a", "", "0")]),
        (None, None, []),
    ],
)
def test_a_change_is_told_field_by_field(before, after, lines):
    found = changes_between(before, after)

    assert [(one.name, one.before, one.after) for one in found] == lines


def test_a_long_value_is_cut():
    [change] = changes_between(None, {"a": "x" * 1000})

    assert len(change.after) == 301


def test_entries_of_the_same_moment_keep_their_order(viewer, organization):
    moment = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
    with time_machine.travel(moment, tick=False):
        first, second = entry(organization), entry(organization)

    assert shown(viewer.get(LOG)) == [second, first]


def test_a_list_of_objects_is_told_by_its_parts():
    assert fact_text([{"kind": "similarity"}, {"kind": "latency", "ms": 900}]) == (
        "similarity, latency 900"
    )
