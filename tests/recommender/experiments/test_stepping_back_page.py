"""A canary whose candidate fails is given up by itself, and its page says why."""

import datetime

import pytest
from django.utils import timezone

from recommender.models import Experiment
from recommender.services.experiment_evaluation import evaluate_running
from registry.queries.assignments import current_revision
from tests.recommender.experiments.recorded import recorded


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


@pytest.fixture
def failing(lab):
    """Two of three answers of the candidate fail, at its first step of 25 %."""
    one = lab.canary(name="Bold canary", steps=[25, 100], min_requests_per_step=500)
    at = timezone.now() - datetime.timedelta(hours=5)
    Experiment.objects.filter(pk=one.pk).update(started_at=at, step_started_at=at)
    one.refresh_from_db()
    first = at + datetime.timedelta(minutes=1)
    recorded(one.arms.get(is_control=True), 180, since=first)
    recorded(one.arms.get(is_control=False), 60, failures=40, since=first)
    return one


def test_it_steps_back_and_the_page_says_why(editor, lab, failing):
    assert evaluate_running(timezone.now()) == 1

    page = editor.get(failing.get_absolute_url()).content.decode()
    assert "Stepped back, control kept" in page
    assert "surely beyond the bound of +2.00 points" in page
    assert "experiment rules" in page
    assert "Step to 100% now" not in page
    assert current_revision(lab.feature).ai_model.reference == "openai/steady"


def test_the_list_says_it_too(editor, failing):
    evaluate_running(timezone.now())

    page = editor.get("/experiments/", {"state": "over"}).content.decode()

    assert "Bold canary" in page
    assert "Stepped back, control kept" in page


def test_looking_again_changes_nothing_more(failing):
    evaluate_running(timezone.now())

    assert evaluate_running(timezone.now()) == 0
