"""An organisation's own models over the management API."""

import pytest

from registry.models import AIModel, AuditEntry
from tests.factories import AIModelFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

PATH = "/api/custom-models"
ONE = f"{PATH}/custom/house-8b"
JSON = "application/json"
NEW = {
    "model_name": "house-8b",
    "capabilities": ["text_generation"],
    "context_window": 32768,
    "rates": {"standard": {"input_mtok": "0.10", "output_mtok": "0.30"}},
}


@pytest.fixture
def made(editor):
    return editor.post(PATH, NEW, JSON)


def test_a_model_is_added_with_its_price(editor, organization, made):
    assert made.status_code == 201
    assert made["Location"] == ONE
    told = editor.get(ONE).json()
    assert (told["reference"], told["name"]) == ("custom/house-8b", "house-8b")
    assert told["rates"]["standard"]["input_mtok"] == "0.10"
    assert AIModel.objects.get(model_name="house-8b").organization == organization
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"model.added", "price.added"} <= set(actions)
    (listed,) = editor.get(PATH).json()["items"]
    assert listed["is_custom"]


def test_a_change_leaves_the_rest_and_needs_the_right_tag(editor, made):
    tag = editor.get(ONE)["ETag"]

    changed = editor.patch(
        ONE, {"context_window": 65536}, JSON, headers={"If-Match": tag}
    )
    again = editor.patch(ONE, {"name": "Mine"}, JSON, headers={"If-Match": tag})

    assert (changed.status_code, again.status_code) == (200, 412)
    told = editor.get(ONE).json()
    assert (told["context_window"], told["capabilities"]) == (
        65536,
        ["text_generation"],
    )
    assert told["rates"]["standard"]["output_mtok"] == "0.30"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model_name": ""}, "model_name"),
        ({"provider": "of-nobody"}, "provider"),
        ({"knowledge_cutoff": "lately"}, "knowledge_cutoff"),
        ({"capabilities": ["flying"]}, "0"),
        ({"rates": {"standard": {"wishes": "1"}}}, "rates"),
        ({"size": 3}, "size"),
    ],
)
def test_a_wrong_model_is_refused_by_field(editor, changes, field):
    answer = editor.post(PATH, NEW | changes, JSON)

    assert answer.status_code == 422
    assert field in answer.json()["fields"]
    assert not AIModel.objects.filter(model_name="house-8b").exists()


def test_what_is_in_use_is_neither_retired_nor_deleted(editor, organization):
    ai_model = enabled_model(organization)
    AIModel.objects.filter(pk=ai_model.pk).update(organization=organization)
    assigned(FeatureFactory(organization=organization), ai_model)
    address = f"{PATH}/{ai_model.reference}"

    retired = editor.post(f"{address}/retire")
    deleted = editor.delete(address)

    assert (retired.status_code, deleted.status_code) == (422, 422)
    assert "in use" in deleted.json()["detail"]


def test_it_is_retired_and_deleted(editor, made):
    retired = editor.post(f"{ONE}/retire").json()
    deleted = editor.delete(ONE)

    assert retired["retired_on"] is not None
    assert deleted.status_code == 204
    assert editor.get(ONE).status_code == 404


def test_the_catalogues_models_and_those_of_others_are_not_here(editor):
    for ai_model in (AIModelFactory(), AIModelFactory(organization=None)):
        assert editor.get(f"{PATH}/{ai_model.reference}").status_code == 404
        assert editor.delete(f"{PATH}/{ai_model.reference}").status_code == 404


def test_a_viewer_reads_only(viewer):
    assert viewer.get(PATH).status_code == 200
    assert viewer.post(PATH, NEW, JSON).status_code == 403
