"""“Look again”: a row that one worker takes, shown while it is at work."""

import datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from recommender.models import LookState, Recommendation, RecommendationLook
from recommender.services import recommendation_looks as looks
from recommender.tasks import run_looks
from tests.recommender.recommending.working import at_work

URL = "/recommendations/"
STATE = "recommender:recommendation_look_state"
HTMX = {"HX-Request": "true", "HX-Target": "recommendation-look"}


@pytest.fixture
def sent(monkeypatch):
    """What is sent to a worker."""
    found = []
    monkeypatch.setattr(
        "recommender.views.recommendation_looks.send_to_worker",
        lambda: found.append(1),
    )
    return found


def test_the_button_asks_and_a_worker_looks(editor, support, as_good, sent):
    page = editor.post(URL + "look/", follow=True).text
    assert sent
    assert "Waiting for a worker" in page
    assert not Recommendation.objects.exists()
    run_looks()
    assert Recommendation.objects.exists()
    page = editor.get(URL).text
    assert "Last looked at" in page
    assert "openai/cheap" in page
    look = RecommendationLook.objects.get()
    assert (look.state, look.features, look.judged, look.found) == ("done", 1, 1, 1)


def test_pressed_twice_it_is_one_look(editor, sent):
    editor.post(URL + "look/")
    editor.post(URL + "look/")
    assert RecommendationLook.objects.count() == 1
    run_looks()
    run_looks()
    assert RecommendationLook.objects.get().state == LookState.DONE


def test_two_unfinished_looks_of_one_organisation_cannot_be(organization):
    looks.request_look(organization)
    with pytest.raises(IntegrityError):
        RecommendationLook.objects.create(organization=organization)


def test_a_look_is_claimed_once(organization):
    asked = looks.request_look(organization)
    assert looks.claim_look(asked) is not None
    assert looks.claim_look(asked) is None
    assert looks.claim_look() is None


def test_progress_stops_asking_when_the_look_is_over(editor, organization, sent):
    editor.post(URL + "look/")
    page = editor.get(reverse(STATE), headers=HTMX).text
    assert "every 1s" in page
    run_looks()
    assert editor.get(reverse(STATE), headers=HTMX)["HX-Refresh"] == "true"


def test_without_htmx_the_state_is_the_page(editor):
    assert editor.get(reverse(STATE)).url == URL


def test_without_a_worker_the_page_says_what_to_do(editor, organization, sent):
    editor.post(URL + "look/")
    early = timezone.now() - datetime.timedelta(minutes=3)
    RecommendationLook.objects.update(asked_at=early)
    page = editor.get(URL).text
    assert "No worker has taken it yet" in page
    assert "modelhub recommend look" in page


def test_without_a_queue_it_waits_and_says_so(editor, organization, monkeypatch):
    def unreachable():
        raise looks.QueueUnavailable

    monkeypatch.setattr(
        "recommender.views.recommendation_looks.send_to_worker", unreachable
    )
    page = editor.post(URL + "look/", follow=True).text
    assert "The task queue does not answer." in page
    assert RecommendationLook.objects.get().state == LookState.QUEUED


def test_what_a_dead_worker_left_is_ended_and_may_be_asked_again(editor, organization):
    claimed = looks.claim_look(looks.request_look(organization))
    RecommendationLook.objects.update(
        touched_at=timezone.now() - datetime.timedelta(minutes=12)
    )
    run_looks()
    claimed.refresh_from_db()
    assert claimed.state == LookState.FAILED
    assert "The last look failed." in editor.get(URL).text
    assert looks.look_now(organization).state == LookState.DONE


def test_what_fails_is_told_and_keeps_what_was_found(
    editor, organization, suggestion, monkeypatch
):
    def broken(*args, **facts):
        raise ValueError("the prices cannot be read")

    monkeypatch.setattr(looks, "write_recommendations", broken)
    claimed = looks.claim_look(looks.request_look(organization))
    with pytest.raises(ValueError, match="prices"):
        looks.perform_look(claimed)
    page = editor.get(URL).text
    assert "It failed: the prices cannot be read" in page
    assert "openai/cheap" in page


def test_features_without_a_suggestion_say_why(editor, organization, dear):
    at_work(organization, dear, "lonely", name="Lonely")
    looks.look_now(organization)
    page = editor.get(URL).text
    assert "Without a suggestion" in page
    assert "No model saves at least $1.00 a month" in page


def test_a_viewer_sees_it_and_does_not_ask(viewer, organization):
    looks.request_look(organization)
    assert "Waiting for a worker" in viewer.get(URL).text
    assert viewer.post(URL + "look/").status_code == 403


def test_a_stranger_sees_nothing_of_it(stranger, organization):
    looks.request_look(organization)
    assert "Waiting for a worker" not in stranger.get(URL).text
