"""The winner of an experiment becomes the assignment."""

import pytest

from recommender.models import Experiment
from recommender.services.experiment_changes import ExperimentRefused, Said
from recommender.services.experiment_promotion import promote
from recommender.services.experiment_running import pause, stop
from registry.models import ModelSetting
from registry.queries.assignments import current_revision, fallbacks_of
from registry.services.assignments import roll_back
from tests.recommender.experiments.laboratory import half


def test_the_winner_is_assigned_and_the_control_becomes_a_fallback(lab):
    made = lab.started(
        candidates=[half(lab.candidate, parameters={"temperature": 0.2})]
    )

    done = promote(made, Said(lab.user), arm=made.arms.get(key="b"))

    now = current_revision(lab.feature)
    assert now.ai_model == lab.candidate
    assert now.parameters == {"temperature": 0.2}
    assert fallbacks_of(now) == [lab.control]
    assert (done.state, done.winner_arm.key) == ("promoted", "b")
    assert done.promoted_revision == now.number == 2
    assert lab.audited[-2:] == ["assignment.changed", "experiment.promoted"]


def test_a_promotion_is_taken_back_like_any_assignment(lab):
    made = lab.started()
    promote(made, arm=made.arms.get(key="b"))

    roll_back(feature=lab.feature, to_revision=1, actor=None, expected_revision=2)

    assert current_revision(lab.feature).ai_model == lab.control


@pytest.mark.parametrize("before", [pause, stop])
def test_a_paused_or_stopped_one_can_be_promoted(lab, before):
    made = before(lab.started())

    promote(made, arm=made.arms.get(key="b"))

    assert current_revision(lab.feature).ai_model == lab.candidate


def test_the_control_is_not_promoted(lab):
    made = lab.started()

    with pytest.raises(ExperimentRefused, match="assigned already"):
        promote(made, arm=made.arms.get(is_control=True))


def test_an_arm_of_another_experiment_is_refused(lab):
    made, other = lab.started(name="One"), lab.drafted(name="Other")

    with pytest.raises(ExperimentRefused, match="no such arm"):
        promote(made, arm=other.arms.get(key="b"))


def test_a_winner_that_may_not_be_used_any_more_changes_nothing(lab):
    made = lab.started()
    ModelSetting.objects.filter(ai_model=lab.candidate).update(is_enabled=False)

    with pytest.raises(ExperimentRefused, match="not enabled"):
        promote(made, arm=made.arms.get(key="b"))

    assert Experiment.objects.get().state == "running"
    assert current_revision(lab.feature).ai_model == lab.control


def test_it_is_promoted_once(lab):
    made = lab.started()
    promote(made, arm=made.arms.get(key="b"))

    with pytest.raises(ExperimentRefused, match="is promoted"):
        promote(made, arm=made.arms.get(key="b"))
