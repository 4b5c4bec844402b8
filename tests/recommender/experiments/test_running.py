"""Experiments start, pause, step and stop."""

from decimal import Decimal

import pytest

from recommender.models import Experiment, ExperimentArm, ExperimentState
from recommender.services.experiment_changes import (
    ExperimentRefused,
    Said,
    StaleExperiment,
)
from recommender.services.experiment_running import (
    pause,
    resume,
    start,
    step_back,
    step_forward,
    stop,
)
from registry.models import Connection, ModelSetting
from tests.factories import ProviderFactory
from tests.recommender.experiments.laboratory import half


def test_a_draft_starts(lab):
    made = start(lab.drafted(), Said(lab.user))

    assert made.state == ExperimentState.RUNNING
    assert made.started_at == made.step_started_at
    assert "50 % to control, 50 % to b" in made.events.first().text
    assert lab.audited[-1] == "experiment.started"


def test_the_control_is_what_is_assigned_at_the_start(lab):
    made = lab.drafted()
    lab.assign(lab.another_model(model_name="later"), 1, parameters={"top_p": 0.5})

    start(made)

    control = made.arms.get(is_control=True)
    assert control.reference == "openai/later"
    assert control.parameters == {"top_p": 0.5}


def test_one_experiment_runs_on_a_feature(lab):
    lab.started(name="First")

    with pytest.raises(ExperimentRefused, match="First is running"):
        lab.started(name="Second")


def test_a_model_that_is_not_enabled_keeps_it_from_starting(lab):
    made = lab.drafted()
    ModelSetting.objects.filter(ai_model=lab.candidate).update(is_enabled=False)

    with pytest.raises(ExperimentRefused, match="openai/bold is not enabled"):
        start(made)


def test_a_model_without_a_connection_keeps_it_from_starting(lab):
    elsewhere = ProviderFactory(slug="anthropic")
    model = lab.another_model()
    model.provider = elsewhere
    model.save()
    made = lab.drafted(candidates=[model])

    with pytest.raises(ExperimentRefused, match="has no connection"):
        start(made)


def test_a_connection_that_is_off_keeps_it_from_starting(lab):
    made = lab.drafted()
    Connection.objects.update(is_enabled=False)

    with pytest.raises(ExperimentRefused, match="connection"):
        start(made)


def test_a_capability_that_the_feature_needs_keeps_it_from_starting(lab):
    made = lab.drafted()
    lab.feature.required_capabilities = ["tools"]
    lab.feature.save()

    with pytest.raises(ExperimentRefused, match="tool calling"):
        start(made)


def test_shares_that_do_not_add_up_keep_it_from_starting(lab):
    made = lab.drafted()
    ExperimentArm.objects.filter(key="b").update(share_percent=Decimal(40))

    with pytest.raises(ExperimentRefused, match="add up to"):
        start(made)


def test_a_candidate_that_is_gone_keeps_it_from_starting(lab):
    made = lab.drafted()
    made.arms.filter(key="b").update(ai_model=None)

    with pytest.raises(ExperimentRefused, match="is gone"):
        start(made)


def test_it_is_not_started_twice(lab):
    made = lab.started()

    with pytest.raises(ExperimentRefused, match="cannot be started"):
        start(made)


def test_it_pauses_with_a_reason_and_goes_on(lab):
    made = pause(lab.started(), Said(lab.user, reason="Holidays."))
    assert (made.state, made.state_reason) == ("paused", "Holidays.")

    again = resume(made, Said(lab.user))

    assert (again.state, again.state_reason) == ("running", "")
    assert again.step_started_at > again.started_at
    assert [event.kind for event in made.events.all()] == [
        "resumed",
        "paused",
        "started",
        "created",
    ]


def test_a_paused_one_does_not_resume_beside_another(lab):
    paused = pause(lab.started(name="First"))
    lab.started(name="Second")

    with pytest.raises(ExperimentRefused, match="Second is running"):
        resume(paused)


def test_a_canary_steps_forward_and_back(lab):
    made = lab.canary()
    shares = [made.step_percent]
    for step in (step_forward, step_forward, step_back):
        made = step(made, Said(lab.user))
        shares.append(made.step_percent)

    assert shares == [5, 25, 50, 25]
    assert "from 50 % to 25 %" in made.events.first().text


def test_a_step_back_from_the_first_step_ends_it(lab):
    made = step_back(lab.canary(), Said(reason="Too slow."))

    assert made.state == ExperimentState.STEPPED_BACK
    assert made.state_reason == "Too slow."
    assert made.ended_at is not None


def test_the_last_step_is_the_last(lab):
    made = step_forward(lab.canary(steps=(50, 100)))

    with pytest.raises(ExperimentRefused, match="promote it"):
        step_forward(made)


def test_a_split_has_no_steps(lab):
    with pytest.raises(ExperimentRefused, match="no steps"):
        step_forward(lab.started())


def test_a_stopped_one_keeps_the_control(lab):
    made = stop(lab.started(), Said(lab.user, reason="Enough seen."))

    assert (made.state, made.state_reason) == ("stopped", "Enough seen.")
    assert lab.audited[-1] == "experiment.stopped"
    with pytest.raises(ExperimentRefused, match="is stopped"):
        resume(made)


def test_of_two_people_the_second_is_told(lab):
    seen = lab.canary()
    step_forward(seen, Said(expected_version=seen.version))

    with pytest.raises(StaleExperiment):
        step_forward(seen, Said(expected_version=seen.version))

    assert Experiment.objects.get().step_percent == 25


def test_three_arms_share_the_traffic(lab):
    third = lab.another_model()
    made = lab.started(
        control_share_percent=Decimal("33.34"),
        candidates=[half(lab.candidate, "33.33"), half(third, "33.33")],
    )

    shares = [str(arm.share_percent) for arm in made.arms.all()]
    assert shares == ["33.34", "33.33", "33.33"]
