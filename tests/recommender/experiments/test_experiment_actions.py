"""What is done with an experiment by one click, and what is refused."""

import pytest

from recommender.models import Experiment
from registry.queries.assignments import current_revision
from tests.recommender.experiments.laboratory import half


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


def pressed(browser, one, verb, **said):
    return browser.post(f"/experiments/{one.slug}/{verb}/", said, follow=True)


def assigned(lab):
    return current_revision(lab.feature).ai_model.reference


def test_it_is_paused_and_resumed(editor, lab):
    one = lab.canary()

    paused = pressed(editor, one, "pause")
    one.refresh_from_db()
    assert one.state == "paused"
    assert "all traffic goes to the assignment" in paused.content.decode()

    pressed(editor, one, "resume")
    one.refresh_from_db()
    assert one.state == "running"


def test_a_canary_steps_forward_and_back(editor, lab):
    one = lab.canary()

    page = pressed(editor, one, "step").content.decode()
    one.refresh_from_db()
    assert one.step_percent == 25
    assert "25% to the candidate now" in page

    pressed(editor, one, "back")
    one.refresh_from_db()
    assert one.step_percent == 5


def test_stopping_keeps_the_control(editor, lab):
    one = lab.canary()

    page = pressed(editor, one, "stop").content.decode()

    one.refresh_from_db()
    assert one.state == "stopped"
    assert "Stopped, control kept" in page
    assert assigned(lab) == "openai/steady"


def test_the_winner_is_promoted_and_taken_back_by_one_click_each(editor, lab):
    one = lab.canary()

    page = pressed(editor, one, "promote", arm="b").content.decode()
    assert assigned(lab) == "openai/bold"
    assert "Chat is on openai/bold now." in page
    assert f'action="/experiments/{one.slug}/undo/"' in page

    pressed(editor, one, "undo")
    one.refresh_from_db()
    assert assigned(lab) == "openai/steady"
    assert (one.state, one.winner_arm) == ("stopped", None)
    assert "experiment.taken_back" in lab.audited


def test_a_promotion_that_was_overtaken_is_not_taken_back(editor, lab):
    one = lab.canary()
    pressed(editor, one, "promote", arm="b")
    lab.assign(lab.another_model(model_name="third"), 2)

    response = pressed(editor, one, "undo")

    assert response.status_code == 409
    assert "on the feature" in response.content.decode()
    assert assigned(lab) == "openai/third"


@pytest.mark.parametrize("arm", ["control", "nobody", "b' --"])
def test_only_candidates_are_promoted(editor, lab, arm):
    one = lab.canary()

    assert pressed(editor, one, "promote", arm=arm).status_code in (404, 409)
    assert assigned(lab) == "openai/steady"


def test_of_several_candidates_one_has_to_be_named(editor, lab):
    third = lab.another_model(model_name="third")
    one = lab.started(
        candidates=[half(lab.candidate, 30), half(third, 20)],
    )

    assert pressed(editor, one, "promote").status_code == 404
    pressed(editor, one, "promote", arm="c")
    assert assigned(lab) == "openai/third"


@pytest.mark.parametrize("verb", ["start", "resume", "delete"])
def test_what_does_not_fit_the_state_is_refused_in_words(editor, lab, verb):
    one = lab.canary()

    response = pressed(editor, one, verb)

    assert response.status_code == 409
    assert "Nothing was changed." in response.content.decode()


def test_a_split_has_no_steps(editor, lab):
    one = lab.started(candidates=[half(lab.candidate)])

    response = pressed(editor, one, "step")

    assert response.status_code == 409
    assert "it has no steps" in response.content.decode()


def test_whoever_saw_an_older_state_is_told(editor, lab):
    one = lab.canary()
    pressed(editor, one, "step")

    response = pressed(editor, one, "stop", version=one.version)

    assert response.status_code == 409
    assert "was changed meanwhile" in response.content.decode()
    assert Experiment.objects.get().state == "running"


@pytest.mark.parametrize("version", ["", "later", "-1", "9" * 40])
def test_a_strange_version_is_no_crash(editor, lab, version):
    one = lab.canary()

    assert pressed(editor, one, "pause", version=version).status_code in (200, 409)


def test_a_change_is_not_made_by_looking(editor, lab):
    one = lab.canary()

    assert editor.get(f"/experiments/{one.slug}/stop/").status_code == 405


def test_what_happened_stands_on_the_page(editor, lab):
    one = lab.canary()
    pressed(editor, one, "step")

    page = editor.get(one.get_absolute_url()).content.decode()

    assert "Stepped forward from 5 % to 25 %." in page
    assert lab.user.email in page
