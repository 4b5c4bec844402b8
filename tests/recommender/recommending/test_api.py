"""Recommendations over the management API."""

import pytest

from recommender.models import RecommendationState
from registry.queries.assignments import current_revision
from tests.factories import OrganizationFactory
from tests.recommender.recommending.working import priced

LIST = "/api/recommendations"
JSON = "application/json"


def test_listed_with_interval_and_parts(editor, suggestion):
    (one,) = editor.get(LIST).json()["items"]
    assert one["proposed_model"] == "openai/cheap"
    assert one["saving_usd"] == str(suggestion.saving_usd)
    assert len(one["details"]["proposed"]["parts"]) == 5
    assert editor.get(LIST, {"state": "applied"}).json()["items"] == []
    assert editor.get(LIST, {"state": "x"}).status_code == 422


def test_applied_and_taken_back(editor, suggestion, support):
    told = editor.post(f"{LIST}/{suggestion.pk}/apply").json()
    assert told["state"] == "applied"
    assert current_revision(support).ai_model.model_name == "cheap"
    assert editor.post(f"{LIST}/{suggestion.pk}/apply").status_code == 409
    assert editor.post(f"{LIST}/{suggestion.pk}/undo").json()["state"] == "open"


def test_dismissed_with_a_reason(editor, suggestion):
    url = f"{LIST}/{suggestion.pk}/dismiss"
    assert editor.post(url, {}, content_type=JSON).status_code == 422
    told = editor.post(url, {"reason": "Wrong tone"}, content_type=JSON).json()
    assert (told["state"], told["reason"]) == ("dismissed", "Wrong tone")


def test_snoozed(editor, suggestion):
    url = f"{LIST}/{suggestion.pk}/snooze"
    told = editor.post(url, {"days": 30}, content_type=JSON).json()
    assert told["state"] == RecommendationState.SNOOZED
    assert editor.post(url, {"days": 2}, content_type=JSON).status_code == 422


def test_a_viewer_decides_nothing_and_others_see_nothing(viewer, stranger, suggestion):
    assert viewer.post(f"{LIST}/{suggestion.pk}/apply").status_code == 403
    assert stranger.get(f"{LIST}/{suggestion.pk}").status_code == 404
    assert stranger.get(LIST).json()["items"] == []


def test_for_a_feature(editor, suggestion):
    found = editor.get("/api/recommend/features/support").json()
    assert found["current"]["model"] == "openai/dear"
    cheap = next(one for one in found["ranked"] if one["model"] == "openai/cheap")
    assert cheap["evidence"]["standing"] == "not_worse"
    assert cheap["saving_usd"] == str(suggestion.saving_usd)
    wrong = editor.get("/api/recommend/features/support", {"use_case": "x"})
    assert wrong.status_code == 422
    assert editor.get("/api/recommend/features/none").status_code == 404


@pytest.fixture
def models(organization):
    OrganizationFactory()
    priced(organization, "dear", "2", "10", rating=1450)
    priced(organization, "cheap", "0.5", "1", rating=1390)


def test_for_a_use_case(editor, models):
    found = editor.get("/api/recommend/use-case", {"use_case": "batch"}).json()
    costs = {one["model"]: one["monthly_usd"] for one in found["ranked"]}
    assert {name: float(usd) for name, usd in costs.items()} == {
        "openai/dear": 50,
        "openai/cheap": 8,
    }
    assert sum(found["weights"].values()) == pytest.approx(1)


def test_for_a_budget(editor, models):
    asked = {"monthly_budget_usd": "10", "capability": "text_generation"}
    found = editor.get("/api/recommend/budget", asked).json()
    assert [one["model"] for one in found["ranked"]] == ["openai/cheap"]
    assert found["exclusions"] == [
        {"reason": "costs more than the budget", "models": 1}
    ]
    assert editor.get("/api/recommend/budget").status_code == 422
    asked["monthly_budget_usd"] = "-1"
    assert editor.get("/api/recommend/budget", asked).status_code == 422
