"""Lists of the management API come page by page, and writes heed entity tags."""

import pytest

from registry.models import Feature, TokenScope
from tests.factories import FeatureFactory
from tests.modelhub.tokens import bearer


def keys(client, address):
    """The keys of all pages, and how many pages there were."""
    found, pages = [], 0
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.content
        found += [one["key"] for one in response.json()["items"]]
        pages += 1
        link = response.headers.get("Link", "")
        address = link.partition(">")[0].lstrip("<")
    return found, pages


@pytest.fixture
def features(organization):
    for number in range(5):
        FeatureFactory(organization=organization, key=f"feature-{number}")


def test_pages_follow_one_another_without_gap_or_repeat(editor, features):
    found, pages = keys(editor, "/api/features?limit=2&q=feature")

    assert found == [f"feature-{number}" for number in range(5)]
    assert pages == 3


def test_what_is_added_meanwhile_shifts_nothing(editor, features, organization):
    first = editor.get("/api/features?limit=2").json()

    FeatureFactory(organization=organization, key="feature-0a")
    rest = editor.get("/api/features", {"cursor": first["next_cursor"]}).json()

    assert [one["key"] for one in rest["items"]] == [
        "feature-2",
        "feature-3",
        "feature-4",
    ]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_limit_out_of_bounds_is_refused(editor, limit):
    assert editor.get(f"/api/features?limit={limit}").status_code == 422


def test_a_cursor_that_was_tampered_with_or_is_another_lists_is_refused(
    editor, features, organization
):
    cursor = editor.get("/api/features?limit=2").json()["next_cursor"]

    for wrong in (f"{cursor}x", f"x{cursor}", "MQ", "ÿ"):
        response = editor.get("/api/features", {"cursor": wrong})
        assert response.status_code == 422
    assert editor.get("/api/audit", {"cursor": cursor}).status_code == 422


def test_a_change_with_an_old_tag_is_412(client, organization):
    headers, _ = bearer(organization, TokenScope.WRITE)
    FeatureFactory(organization=organization, key="planner")
    tag = client.get("/api/features/planner", headers=headers).headers["ETag"]

    first = patch(client, {"name": "One"}, {**headers, "If-Match": tag})
    second = patch(client, {"name": "Two"}, {**headers, "If-Match": tag})
    newest = patch(
        client, {"name": "Three"}, {**headers, "If-Match": first.headers["ETag"]}
    )
    untagged = patch(client, {"name": "Four"}, headers)

    statuses = [one.status_code for one in (first, second, newest, untagged)]
    assert statuses == [200, 412, 200, 200]
    assert "read it again" in second.json()["detail"]
    assert Feature.objects.get().name == "Four"


def patch(client, body, headers):
    return client.patch(
        "/api/features/planner", body, content_type="application/json", headers=headers
    )
