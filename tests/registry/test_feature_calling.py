"""How a call of a feature behaves when something goes wrong: form, page, API, file."""

import pytest

from registry.models import AuditEntry, Feature
from tests.factories import FeatureFactory
from tests.registry.importing import confirm, preview, problems

CREATED = {
    "name": "Tags",
    "key": "tags",
    "accuracy_level": "high",
    "urgency": "interactive",
    "budget_sensitivity": "medium",
}
EDITED = {**CREATED, "expected_version": 1}
SAFE = {
    "stream_guarantee": "whole",
    "timeout_seconds": "30",
    "hedge_after_ms": "1500",
}


def stored():
    feature = Feature.objects.get()
    return feature.stream_guarantee, feature.timeout_seconds, feature.hedge_after_ms


def test_a_new_feature_falls_back_until_the_first_token(editor, membership):
    editor.post("/features/new/", CREATED)

    assert stored() == ("first-token", 120, None)


def test_what_is_chosen_is_stored_and_shown(editor, membership):
    editor.post("/features/new/", {**CREATED, **SAFE})

    assert stored() == ("whole", 30, 1500)
    page = editor.get("/features/tags/").content.decode()
    assert "Whole: nothing is sent until the answer is complete" in page
    assert "1,500 ms" in page
    document = editor.get("/api/features/tags").json()
    assert document["stream_guarantee"] == "whole"
    assert (document["timeout_seconds"], document["hedge_after_ms"]) == (30, 1500)


def test_an_edit_is_told_in_words(editor, organization):
    FeatureFactory(organization=organization, key="tags")

    editor.post("/features/tags/edit/", {**EDITED, **SAFE})

    assert stored() == ("whole", 30, 1500)
    assert AuditEntry.objects.get().after["hedge_after_ms"] == 1500
    page = editor.get("/features/tags/").content.decode()
    assert "Second model after (ms)" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"stream_guarantee": "perfect"},
        {"stream_guarantee": "a\x00b"},
        {"timeout_seconds": "0"},
        {"timeout_seconds": "3601"},
        {"timeout_seconds": "9" * 3_000},
        {"hedge_after_ms": "0"},
        {"hedge_after_ms": "-5"},
        {"hedge_after_ms": "soon"},
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(editor, membership, wrong):
    response = editor.post("/features/new/", {**CREATED, **wrong})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(wrong)
    assert not Feature.objects.exists()


def test_a_file_brings_them_too(operator):
    FeatureFactory(key="tags", organization__slug="north")
    text = (
        "organization,key,name,stream_guarantee,timeout_seconds,hedge_after_ms\n"
        "north,tags,Tags,continue,5,\n"
    )

    confirm(operator, "feature", preview(operator, "feature", text))

    assert stored() == ("continue", 5, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stream_guarantee", "perfect"),
        ("timeout_seconds", "0"),
        ("timeout_seconds", ""),
        ("hedge_after_ms", "99999999999"),
    ],
)
def test_a_wrong_cell_is_an_error_of_its_line(operator, column, value):
    FeatureFactory(key="tags", organization__slug="north")
    text = f"organization,key,{column}\nnorth,tags,{value}\n"

    found = problems(preview(operator, "feature", text))

    assert [(line, where) for line, where, _ in found] == [(2, column)]
