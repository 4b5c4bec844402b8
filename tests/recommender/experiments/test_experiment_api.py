"""Experiments over the management API."""

import pytest

from recommender.models import Experiment
from registry.queries.assignments import current_revision
from tests.recommender.experiments.laboratory import half

NONE = {"items": [], "next_cursor": None}
LIST = "/api/experiments"
JSON = "application/json"


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


def sent(browser, address, **said):
    return browser.post(address, said, content_type=JSON)


def wish(**said):
    usual = {
        "feature": "chat",
        "name": "Bold canary",
        "candidates": [{"model": "openai/bold", "parameters": {"temperature": 0.1}}],
    }
    return usual | said


def test_from_a_draft_over_steps_to_promotion(editor, lab):
    made = sent(editor, LIST, **wish())
    assert made.status_code == 201
    one = f"{LIST}/{made.json()['slug']}"
    assert editor.get(one).json()["in_the_way"] == []
    assert editor.get(one).json()["results"] is None

    assert sent(editor, f"{one}/start").json()["state"] == "running"
    assert sent(editor, f"{one}/step").json()["candidate_percent"] == 25
    assert sent(editor, f"{one}/step-back").json()["candidate_percent"] == 5
    assert sent(editor, f"{one}/pause", reason="Lunch").json()["state"] == "paused"
    assert sent(editor, f"{one}/resume").json()["state"] == "running"
    told = sent(editor, f"{one}/promote", arm="b").json()

    assert (told["state"], told["winner"]) == ("promoted", "b")
    revision = current_revision(lab.feature)
    assert revision.ai_model.reference == "openai/bold"
    assert revision.parameters == {"temperature": 0.1}
    assert sent(editor, f"{one}/undo").json()["state"] == "stopped"
    assert current_revision(lab.feature).ai_model.reference == "openai/steady"
    shown = editor.get(one).json()
    assert shown["results"]["arms"][0]["requests"] == 0
    assert shown["events"][0]["kind"] == "stopped"


def test_it_is_listed_by_state(editor, lab):
    lab.canary(name="Bold one")

    (one,) = editor.get(LIST, {"state": "live"}).json()["items"]

    assert (one["name"], one["candidate_percent"]) == ("Bold one", 5)
    assert editor.get(LIST, {"state": "over"}).json() == {
        "items": [],
        "next_cursor": None,
    }
    assert editor.get(LIST, {"state": "sideways"}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"feature": "nowhere"}, 404, ""),
        ({"candidates": [{"model": "openai/none"}]}, 404, "openai/none"),
        ({"candidates": []}, 422, "Add a candidate"),
        ({"candidates": [{"model": "openai/steady"}]}, 422, "another arm does already"),
        (
            {"candidates": [{"model": "openai/bold", "parameters": {"heat": 1}}]},
            422,
            "heat is not a parameter",
        ),
        (
            {"candidates": [{"model": "openai/bold", "prompt": "NONE@3"}]},
            422,
            "NONE",
        ),
        ({"kind": "split", "control_share_percent": 70}, 422, "add up to 120 %"),
        ({"steps": [50, 5]}, 422, "Each step is larger"),
        ({"max_success_drop_points": -1}, 422, ""),
        ({"cost_cap_usd": 0}, 422, ""),
        ({"slug": "new"}, 422, "is a page here"),
    ],
)
def test_what_cannot_be_is_refused_in_words(editor, lab, wrong, status, said):
    answer = sent(editor, LIST, **wish(**wrong))

    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert not Experiment.objects.exists()


def test_what_does_not_fit_the_state_is_a_conflict(editor, lab):
    one = f"{LIST}/{lab.canary().slug}"

    assert sent(editor, f"{one}/start").status_code == 409
    assert sent(editor, f"{one}/stop", version=1).status_code == 409
    assert sent(editor, f"{one}/promote", arm="z").status_code == 404
    assert sent(editor, f"{one}/undo").status_code == 409


def test_others_see_nothing_and_viewers_change_nothing(stranger, lab, client):
    one = f"{LIST}/{lab.drafted(candidates=[half(lab.candidate)]).slug}"

    assert stranger.get(one).status_code == 404
    assert sent(stranger, f"{one}/start").status_code == 404
    assert stranger.get(LIST).json() == NONE
    lab.user.memberships.update(role="viewer")
    client.force_login(lab.user)
    assert client.get(one).status_code == 200
    assert sent(client, f"{one}/start").status_code == 403
    assert sent(client, LIST, **wish()).status_code == 403
