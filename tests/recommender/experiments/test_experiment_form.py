"""An experiment is written in a form that says what is wrong where it is wrong."""

import pytest

from recommender.models import Experiment
from recommender.services.experiment_changes import Said
from recommender.services.experiment_running import start
from registry.services.features import archive_feature
from tests.recommender.experiments.laboratory import half

NEW = "/experiments/new/"


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


@pytest.fixture
def filled(lab):
    """What a browser sends of a canary."""
    return {
        "feature": "chat",
        "name": "Bold for chat",
        "hypothesis": "Is it as good?",
        "kind": "canary",
        "unit": "conversation",
        "control_share": "50",
        "steps": "5, 25, 100",
        "min_requests_per_step": "1,000",
        "min_hours_per_step": "2.5",
        "max_success_drop_points": "0.5",
        "max_p95_rise_percent": "20",
        "max_thumbs_down_rise_points": "1",
        "cost_cap_usd": "40",
        "max_days": "",
        "max_requests": "",
        "arms": "1",
        "arm0-model": str(lab.candidate.pk),
        "arm0-temperature": "0.2",
        "arm0-share": "50",
    }


def test_a_canary_becomes_a_draft(editor, filled):
    response = editor.post(NEW, filled)

    made = Experiment.objects.get()
    assert response.url == "/experiments/bold-for-chat/"
    assert (made.state, made.kind, made.unit) == ("draft", "canary", "conversation")
    assert made.steps == [5, 25, 100]
    assert made.min_requests_per_step == 1_000
    assert made.max_success_drop_points == 0.5
    candidate = made.arms.get(is_control=False)
    assert candidate.reference == "openai/bold"
    assert candidate.parameters == {"temperature": 0.2}


def test_a_split_has_as_many_candidates_as_one_likes(editor, lab, filled):
    third = lab.another_model(model_name="third")
    said = {
        "kind": "split",
        "control_share": "40",
        "arms": "2",
        "arm0-share": "30",
        "arm1-model": str(third.pk),
        "arm1-share": "30",
    }

    editor.post(NEW, filled | said)

    arms = Experiment.objects.get().arms.all()
    assert [(arm.reference, arm.share_percent) for arm in arms] == [
        ("openai/steady", 40),
        ("openai/bold", 30),
        ("openai/third", 30),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Give it a name."),
        ({"feature": ""}, "Choose a feature."),
        ({"feature": "nowhere"}, "There is no such feature."),
        ({"kind": "lottery"}, "Select a valid choice."),
        ({"arm0-model": ""}, "Choose a model."),
        ({"arm0-model": "99999999"}, "This model is not enabled here"),
        ({"arm0-model": "' OR 1=1"}, "This model is not enabled here"),
        ({"arm0-temperature": "9"}, "Temperature lies between 0 and 2."),
        ({"arm0-prompt": "NO_SUCH@7"}, "NO_SUCH"),
        ({"steps": "a lot"}, "Write whole percents"),
        ({"steps": "50, 25, 100"}, "Each step is larger than the one before."),
        ({"steps": "5, 400"}, "A step lies between 1 and 100 %."),
        ({"min_requests_per_step": "0"}, "Write a whole number from 1"),
        ({"max_success_drop_points": "NaN"}, "Write a number from 0 to 100"),
        ({"max_p95_rise_percent": "-3"}, "Write a number from 0 to 10,000"),
        ({"cost_cap_usd": "0"}, "The cost cap must be more than 0"),
        ({"max_requests": "10"}, "do not fit into 10 requests"),
        ({"kind": "split", "control_share": "60"}, "The shares add up to 110 %"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"arms": "-7", "arm0-max_tokens": "many"}, "Write a whole number from 1"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    editor, filled, wrong, said
):
    response = editor.post(NEW, filled | wrong)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Not saved." in page
    assert "Is it as good?" in page
    assert not Experiment.objects.exists()


def test_a_candidate_that_does_the_same_as_the_control_is_refused(editor, lab, filled):
    same = {"arm0-model": str(lab.control.pk), "arm0-temperature": ""}

    page = editor.post(NEW, filled | same).content.decode()

    assert "does here what another arm does already" in page


def test_another_candidate_is_asked_for_without_losing_what_is_typed(editor, filled):
    page = editor.post(NEW, filled | {"name": "", "more": "1"}).content.decode()

    assert 'name="arm1-model"' in page
    assert "Is it as good?" in page
    assert "Give it a name." not in page
    assert 'value="0.2"' in page


def test_a_candidate_is_taken_out_again(editor, filled):
    several = {"arms": "3", "arm1-name": "second", "arm2-name": "third", "less": "1"}

    page = editor.post(NEW, filled | several).content.decode()

    assert 'value="third"' in page
    assert 'value="second"' not in page


def test_a_link_says_feature_and_model_beforehand(editor, lab):
    page = editor.get(NEW, {"feature": "chat", "model": lab.candidate.pk}).content

    assert b'value="chat" selected' in page
    assert f'value="{lab.candidate.pk}" selected'.encode() in page
    assert b"bold for Chat" in page


def test_a_strange_link_shows_an_empty_form(editor):
    response = editor.get(NEW, {"feature": "x" * 999, "model": "\x00", "kind": "?"})

    assert response.status_code == 200


def test_a_draft_is_edited_with_what_it_holds(editor, lab, filled):
    editor.post(NEW, filled)
    address = "/experiments/bold-for-chat/edit/"
    page = editor.get(address).content.decode()
    assert 'value="5, 25, 100"' in page
    assert 'value="0.2"' in page

    editor.post(address, filled | {"name": "Bolder", "version": "1"})

    assert Experiment.objects.get().name == "Bolder"


def test_nobody_overwrites_what_another_person_changed(editor, filled):
    editor.post(NEW, filled)
    address = "/experiments/bold-for-chat/edit/"
    editor.post(address, filled | {"name": "First", "version": "1"})

    response = editor.post(address, filled | {"name": "Second", "version": "1"})

    assert response.status_code == 422
    assert "was changed meanwhile" in response.content.decode()
    assert Experiment.objects.get().name == "First"


def test_what_has_run_is_not_edited(editor, lab):
    running = lab.started(candidates=[half(lab.candidate)])

    response = editor.get(f"/experiments/{running.slug}/edit/")

    assert response.status_code == 409
    assert "only drafts are edited" in response.content.decode()


def test_without_features_it_says_what_to_do_first(editor, lab):
    archive_feature(feature=lab.feature, actor=lab.user)

    assert "No feature yet." in editor.get(NEW).content.decode()


def test_a_draft_says_what_is_in_the_way(editor, lab):
    lab.started(candidates=[half(lab.candidate)])
    draft = lab.drafted(name="Later", candidates=[half(lab.candidate)])

    page = editor.get(draft.get_absolute_url()).content.decode()

    assert "is running on Chat already. Stop it first." in page
    assert "1 in the way" in page


def test_a_draft_starts_by_one_click(editor, lab):
    draft = lab.drafted(candidates=[half(lab.candidate)])

    response = editor.post(
        f"/experiments/{draft.slug}/start/", {"version": draft.version}
    )

    draft.refresh_from_db()
    assert response.status_code == 302
    assert draft.state == "running"


def test_a_draft_is_deleted(editor, lab):
    draft = lab.drafted(candidates=[half(lab.candidate)])

    editor.post(f"/experiments/{draft.slug}/delete/")

    assert not Experiment.objects.exists()


def test_what_ran_is_not_deleted(editor, lab):
    draft = lab.drafted(candidates=[half(lab.candidate)])
    start(draft, Said(lab.user))

    response = editor.post(f"/experiments/{draft.slug}/delete/")

    assert response.status_code == 409
    assert Experiment.objects.exists()


def test_a_candidate_that_differs_in_two_things_is_pointed_out(editor, lab):
    plain = lab.drafted(name="Plain")
    mixed = lab.drafted(
        name="Mixed", candidates=[half(lab.candidate, parameters={"temperature": 0})]
    )

    page = editor.get(mixed.get_absolute_url()).content.decode()

    assert "differs from the control in model and parameters" in page
    assert "differs from the control" not in (
        editor.get(plain.get_absolute_url()).content.decode()
    )
