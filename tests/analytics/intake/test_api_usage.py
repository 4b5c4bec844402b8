"""`POST /api/usage`: usage that was made elsewhere, from programs and people."""

import datetime
import gzip
import json

import pytest

from analytics.models import UsageRecord
from registry.models import Role, TokenScope
from registry.services.api_tokens import create_token
from tests.factories import FeatureFactory, MembershipFactory, OrganizationFactory

PATH = "/api/usage"
AGO = datetime.timedelta(hours=2)
LATELY = (datetime.datetime.now(datetime.UTC) - AGO).isoformat()


def entry(name, **facts):
    usual = {
        "id": name,
        "started_at": LATELY,
        "model": "openai/gpt-9",
        "input_tokens": 1000,
        "output_tokens": 100,
    }
    return usual | facts


def lines(*entries):
    return "".join(json.dumps(one) + "\n" for one in entries).encode()


@pytest.fixture
def send(client, organization, gpt):
    """Posts a body with a token of the scope "usage"; the answer's status and text."""
    issued = create_token(
        organization=organization,
        label="shop",
        scopes=[TokenScope.USAGE],
        actor=None,
    )

    def post(body, token=issued.text, **headers):
        answer = client.post(
            PATH,
            body,
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {token}", **headers},
        )
        return answer.status_code, answer.json()

    return post


def test_a_token_for_one_feature_tells_of_its_calls_alone(send, organization):
    token = create_token(
        organization=organization,
        label="narrow",
        scopes=[TokenScope.USAGE],
        feature_keys=[FeatureFactory(organization=organization, key="planner").key],
        actor=None,
    ).text
    body = lines(entry("a", feature="planner"), entry("b", feature="other"), entry("c"))

    status, answer = send(body, token)

    assert (status, answer["accepted"], answer["refused"]) == (200, 1, 2)
    assert {one["field"] for one in answer["refused_lines"]} == {"feature"}
    assert "only be used for feature:planner" in answer["refused_lines"][0]["reason"]


def test_lines_are_taken_once_and_bad_ones_named(send, organization):
    body = lines(
        entry("a"),
        entry("b", cache_read_tokens=900, input_tokens=800),
        entry("c", model="acme/wonder"),
        entry("a"),
        entry("d", input_tokens=-1),
        entry("e", started_at="2026-11-21T09:30:00"),
    )
    body += b"{broken\n" + lines(entry("f", teem="x"))

    status, answer = send(body)

    assert status == 200
    assert {k: v for k, v in answer.items() if k != "refused_lines"} == {
        "accepted": 3,
        "duplicates": 1,
        "unpriced": 1,
        "unknown_models": 1,
        "refused": 4,
        "ignored_fields": ["teem"],
        "error": "",
    }
    named = {one["line"]: one["field"] for one in answer["refused_lines"]}
    assert named == {
        2: "cache_read_tokens",
        5: "input_tokens",
        6: "started_at",
        7: "line",
    }
    assert send(body)[1]["accepted"] == 0
    assert UsageRecord.objects.filter(organization_id=organization.pk).count() == 3


@pytest.mark.parametrize("spacing", [None, 2])
def test_one_list_is_as_good_as_lines(send, spacing):
    body = json.dumps([entry("a"), entry("b"), 7], indent=spacing).encode()

    status, answer = send(body)

    assert (status, answer["accepted"], answer["refused"]) == (200, 2, 1)


def test_gzip_is_recognised_by_its_bytes(send):
    assert send(gzip.compress(lines(entry("a"))))[1]["accepted"] == 1


def test_gzip_that_was_cut_keeps_the_whole_lines_and_says_so(send):
    names = [f"call-{number}" for number in range(5000)]
    body = gzip.compress(lines(*map(entry, names)))

    status, answer = send(body[: len(body) // 2])

    assert status == 400
    assert "ends in the middle" in answer["error"]
    assert 0 < answer["accepted"] < 5000
    assert answer["refused"] == 0
    again = send(body)[1]
    assert again["accepted"] + answer["accepted"] == 5000


def test_gzip_garbage_and_an_empty_body_are_told(send):
    assert send(b"\x1f\x8bgarbage")[0] == 400
    assert "empty" in send(b"\n\n")[1]["error"]


def test_a_list_that_breaks_keeps_what_came_before(send):
    body = json.dumps([entry("a"), entry("b")]).encode()[:-1] + b", {bad]"

    status, answer = send(body)

    assert (status, answer["accepted"]) == (400, 2)
    assert "From line 1 on" in answer["error"]


def test_one_bad_line_in_the_middle_of_many_costs_that_line(send, settings):
    """More than Django takes into memory."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    entries = [json.dumps(entry(f"call-{number}")) for number in range(4001)]
    entries[2000] = "\x00\xff" * 100

    status, answer = send("\n".join(entries).encode("latin-1"))

    assert (status, answer["accepted"], answer["refused"]) == (200, 4000, 1)
    [refused] = answer["refused_lines"]
    assert refused["line"] == 2001


def test_a_line_without_end_is_refused_and_forgotten(send):
    body = lines(entry("a")) + b"x" * 3_000_000 + b"\n" + lines(entry("b"))

    answer = send(body)[1]

    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert "longer than 1 MB" in answer["refused_lines"][0]["reason"]


def test_a_token_needs_the_scope(send, organization, client):
    other = create_token(organization=organization, label="x", actor=None)

    assert send(lines(entry("a")), token=other.text)[0] == 403
    assert send(lines(entry("a")), token="mh_wrong")[0] == 401
    assert client.post(PATH, b"", content_type="text/plain").status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 200), (Role.VIEWER, 403)])
def test_a_signed_in_editor_may_send_and_a_viewer_not(client, gpt, role, status):
    member = MembershipFactory(role=role, organization=OrganizationFactory())
    client.force_login(member.user)

    answer = client.post(PATH, lines(entry("a")), content_type="application/x-ndjson")

    assert answer.status_code == status
