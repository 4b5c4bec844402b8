"""Every operation of the management API, taken from its OpenAPI document: what is read
has an ETag, and what changes an object heeds If-Match."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from recommender.models import Recommendation
from registry.models import ApiToken, Feature, PromptLabel, PromptVersion
from tests.modelhub.api_operations import OPERATIONS, Stated, address_of
from tests.modelhub.test_api_routes import BODIES
from tests.proof.made import NOW
from tests.proof.test_isolation import World

WITHOUT_TAG = {
    "POST /api/benchmarks/suites/{key}/cases": "adds a case; the suite stays",
    "POST /api/benchmarks/suites/{key}/copy": "makes another suite",
    "POST /api/prices/{reference}": "adds a price; none is ever changed",
}
"""Changes of what the address names that do not heed If-Match, and why."""
OF_THE_MOMENT = {
    "GET /api/packs/{slug}/diff": "it says of which moment its costs are",
}
"""Answers that are never the same, and why."""
NOT_THERE = {
    "POST /api/benchmarks/suites/{key}/restore": "only an archived suite is there",
}
"""Changes of what nobody can read, and why."""
READ_AT = {
    "/api/prompt-versions/{name}": "/api/prompts/{name}",
    "/api/prompt-labels/{name}": "/api/prompts/{name}",
}
"""Where an object is read that is written elsewhere."""
READS = [one for one in OPERATIONS if one.method == "GET"]
OBJECTS = [one for one in READS if "{" in one.path and not one.is_list]
CHANGES = [
    one
    for one in OPERATIONS
    if one.is_change and ("{" in one.path or one.method != "POST")
]
HEEDING = [one for one in CHANGES if str(one) not in WITHOUT_TAG]
WALKED = [one for one in HEEDING if str(one) not in NOT_THERE]


@pytest.fixture
def world(db) -> World:
    found = World()
    version = found.of(PromptVersion, number=1)
    found.of(PromptLabel, prompt=version.prompt, name="production")
    found.of(Recommendation, details={"found": "by hand"})
    return found


def test_what_can_be_read_states_its_tag_in_the_document():
    for one in READS:
        responses = one.details["responses"]
        assert "If-None-Match" in one.parameters, one
        assert "ETag" in responses["200"]["headers"], one
        assert "304" in responses, one


def test_a_change_of_an_object_states_in_the_document_that_it_heeds_if_match():
    stated = {str(one) for one in OPERATIONS if "If-Match" in one.parameters}

    assert stated == {str(one) for one in HEEDING}
    assert {str(one) for one in CHANGES} >= WITHOUT_TAG.keys()
    for one in HEEDING:
        answer = one.details["responses"]["412"]["content"]
        assert "application/problem+json" in answer


def test_an_object_that_did_not_change_is_304(world):
    missed = {}
    for one in OBJECTS:
        address = address_of(one.path, world.of)
        first = world.browser.get(address)
        tag = first.headers.get("ETag", "")
        weak = {"If-None-Match": f'"other", W/{tag}'}
        again = world.browser.get(address, headers=weak)
        other = world.browser.get(address, headers={"If-None-Match": '"other"'})
        found = [first.status_code, again.status_code, other.status_code]
        same = tag == again.headers.get("ETag") and not again.content
        if (found != [200, 304, 200] or not same) and str(one) not in OF_THE_MOMENT:
            missed[str(one)] = (found, first.content)
        assert "no-cache" in first.headers.get("Cache-Control", ""), one

    assert missed == {}


def test_a_change_with_a_tag_that_is_not_the_objects_is_412(world):
    missed = {}
    for one in WALKED:
        address = address_of(one.path, world.of)
        response = send(world, one, address, '"0123-4567"')
        if response.status_code != 412:
            missed[str(one)] = (response.status_code, response.content)

    assert missed == {}


def test_the_tag_of_a_read_is_that_which_its_changes_expect(world):
    missed = {}
    for one in WALKED:
        tag = world.browser.get(address_of(read_at(one), world.of)).headers["ETag"]
        for said in (tag, f"W/{tag}", "*"):
            with transaction.atomic():
                point = transaction.savepoint()
                response = send(world, one, address_of(one.path, world.of), said)
                transaction.savepoint_rollback(point)
            if response.status_code in (304, 412, 500):
                missed[str(one)] = response.content

    assert missed == {}


def read_at(one: Stated) -> str:
    """The path of the object that is changed."""
    known = {stated.path for stated in READS if not stated.is_list}
    path = READ_AT.get(one.path, one.path)
    while path not in known:
        path = path.rpartition("/")[0]
    return path


def send(world: World, one: Stated, address: str, tag: str):
    return world.browser.generic(
        one.method,
        address,
        json.dumps(BODIES.get((one.method, one.path), {})),
        content_type="application/json",
        headers={"If-Match": tag},
    )


LOST = [
    (
        "/api/features/{key}",
        ("PATCH", "", {"name": "One"}),
        ("POST", "/archive", {}),
    ),
    (
        "/api/features/{key}/automatic-choice",
        ("PUT", "", {"choice": {"policy": "best"}}),
        ("PUT", "", {"choice": None}),
    ),
    (
        "/api/alerts/{alert_id}",
        ("POST", "/acknowledge", {}),
        ("POST", "/mute", {}),
    ),
    (
        "/api/benchmarks/runs/{number}",
        ("POST", "/pause", {}),
        ("POST", "/cancel", {}),
    ),
    (
        "/api/recommendations/{pk}",
        ("POST", "/snooze", {"days": 7}),
        ("POST", "/dismiss", {"reason": "no"}),
    ),
    (
        "/api/profiles/{slug}",
        ("PATCH", "", {"name": "One"}),
        ("DELETE", "", {}),
    ),
]


@pytest.mark.parametrize(
    ("path", "first", "second"), LOST, ids=[one[0] for one in LOST]
)
def test_whoever_comes_second_with_the_same_tag_is_told(world, path, first, second):
    address = address_of(path, world.of)
    tag = world.browser.get(address).headers["ETag"]

    one, two = (
        world.browser.generic(
            method,
            f"{address}{step}",
            json.dumps(body),
            content_type="application/json",
            headers={"If-Match": tag},
        )
        for method, step, body in (first, second)
    )

    assert one.status_code == 200, one.content
    assert one.headers["ETag"] != tag
    assert two.status_code == 412
    assert two.headers["Content-Type"] == "application/problem+json"


def test_a_label_that_moved_changes_the_tag_of_its_prompt(world):
    version = world.of(PromptVersion)
    address = address_of("/api/prompts/{name}", world.of)
    before = world.browser.get(address).headers["ETag"]
    PromptLabel.objects.filter(prompt=version.prompt).update(moves=2)

    response = world.browser.put(
        address.replace("prompts", "prompt-labels"),
        {"label": "stable", "version": 1},
        content_type="application/json",
        headers={"If-Match": before},
    )

    assert response.status_code == 412


def test_what_is_only_counted_loses_no_update_but_is_read_anew(world):
    address = address_of("/api/tokens/{pk}", world.of)
    tag = world.browser.get(address).headers["ETag"]
    ApiToken.objects.update(last_used_at=NOW)

    read = world.browser.get(address, headers={"If-None-Match": tag})
    written = world.browser.delete(address, headers={"If-Match": tag})

    assert read.status_code == 200
    assert read.headers["ETag"] != tag
    assert written.status_code == 200


def test_a_call_that_fails_halfway_with_a_tag_keeps_nothing(world, monkeypatch):
    address = address_of("/api/features/{key}", world.of)
    tag = world.browser.get(address).headers["ETag"]

    def changes_and_fails(*, feature, **_facts):
        Feature.objects.filter(pk=feature.pk).update(name="half done")
        raise RuntimeError

    monkeypatch.setattr("registry.api_features.edit_feature", changes_and_fails)
    response = world.browser.patch(
        address,
        {"name": "One"},
        content_type="application/json",
        headers={"If-Match": tag},
    )

    assert response.status_code == 500
    assert not Feature.objects.filter(name="half done").exists()
