"""Rules of an automatic choice over the API, and what a route would choose."""

import pytest

from registry.services.automatic_choices import set_automatic_choice
from tests.factories import ConnectionFactory, FeatureFactory
from tests.recommender.recommending.working import at_work, priced

URL = "/api/features/support/automatic-choice"
EXPLAIN = "/api/route/explain"
EASY = "Rename the variable d to days, please."
HARD = (
    "Design a distributed architecture, compare two strategies and prove that no race "
    "loses an order. It must survive the loss of a node, must never block, must keep "
    "the order of a customer and must work without a new database."
)


@pytest.fixture
def support(organization):
    dear = rated(organization, "dear", "2", "10", 1530)
    rated(organization, "cheap", "0.5", "1", 1280)
    ConnectionFactory(organization=organization, provider=dear.provider)
    return at_work(organization, dear)


def rated(organization, name, input_usd, output_usd, score):
    model = priced(organization, name, input_usd, output_usd)
    kinds = ("hard_prompts", "coding", "writing")
    model.ratings = {kind: {"score": score} for kind in kinds}
    model.save()
    return model


def put(client, document, url=URL):
    return client.put(url, document, content_type="application/json")


def post(client, document, url):
    return client.post(url, document, content_type="application/json")


def test_rules_are_set_read_switched_off_and_taken_back(editor, support):
    assert editor.get(URL).json()["choice"] is None
    answer = put(editor, {"choice": {"policy": "best", "max_request_usd": "0.05"}})
    assert answer.status_code == 200
    read = editor.get(URL).json()
    assert read["choice"]["policy"] == "best"
    assert read["choice"]["max_request_usd"] == "0.05"
    assert read["choice"]["pool"] == "assigned"
    assert put(editor, {"choice": None}).json()["choice"] is None
    undone = post(editor, {}, URL + "/undo").json()
    assert undone["choice"]["policy"] == "best"
    told = editor.get("/api/features/support").json()["automatic_choice"]
    assert told == {"policy": "best", "max_request_usd": "0.05"}


def test_a_stale_wish_changes_nothing(editor, support):
    put(editor, {"choice": {"policy": "best"}})
    answer = put(editor, {"choice": None, "expected_version": 1})
    assert answer.status_code == 409
    assert editor.get(URL).json()["choice"]["policy"] == "best"


@pytest.mark.parametrize(
    "choice",
    [
        {"policy": "magic"},
        {"max_request_usd": -1},
        {"max_request_usd": "NaN"},
        {"pool": "listed"},
        {"tried_percent": 5, "accuracy": "critical"},
        {"tried_percent": 21},
        {"models": ["a/b"]},
    ],
)
def test_wrong_rules_are_refused_by_field(editor, support, choice):
    answer = put(editor, {"choice": choice})
    assert answer.status_code == 422
    assert answer.json()["fields"]
    assert post(editor, choice, URL + "/preview").status_code == 422


def test_a_preview_is_counted_on_the_last_requests(editor, support):
    rules = {"pool": "enabled", "accuracy": "basic"}
    found = post(editor, rules, URL + "/preview").json()
    assert found["requests"] == 24
    assert [one["model"] for one in found["models"]] == ["openai/cheap"]
    assert found["priced"] == 24
    assert float(found["then_usd"]) < float(found["now_usd"])
    assert 0 < found["success"] <= found["success_now"] <= 1


def test_a_viewer_reads_and_changes_nothing(viewer, support):
    assert viewer.get(URL).status_code == 200
    assert put(viewer, {"choice": None}).status_code == 403


def test_the_feature_of_others_is_not_there(editor):
    FeatureFactory(key="theirs")
    url = "/api/features/theirs/automatic-choice"
    assert editor.get(url).status_code == 404
    assert put(editor, {"choice": None}, url).status_code == 404
    assert post(editor, {}, url + "/undo").status_code == 404


def test_an_explained_route_shows_the_order_before_and_the_choice(editor, support):
    set_automatic_choice(
        feature=support, document={"policy": "cheapest", "pool": "enabled"}, actor=None
    )
    question = {"feature": "support", "prompt": EASY}
    found = post(editor, question, EXPLAIN).json()
    assert found["is_chosen"]
    assert found["before_choice"] == ["openai/dear", "openai/cheap"]
    assert [one["model"] for one in found["candidates"]][0] == "openai/cheap"
    assert any("cheapest that is good enough" in line for line in found["trace"])
    hard = post(editor, {**question, "prompt": HARD}, EXPLAIN).json()
    assert hard["candidates"][0]["model"] == "openai/dear"


def test_an_explained_route_of_a_plain_feature_has_no_choice(editor, support):
    found = post(editor, {"feature": "support", "prompt": EASY}, EXPLAIN).json()
    assert not found["is_chosen"]
    assert found["before_choice"] == []
