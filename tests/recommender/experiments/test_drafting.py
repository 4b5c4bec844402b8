"""Experiments are drafted, edited and deleted before they run."""

from decimal import Decimal

import pytest

from recommender.models import Experiment, ExperimentEventKind
from recommender.services.experiment_changes import ExperimentRefused, StaleExperiment
from recommender.services.experiments import (
    create_experiment,
    delete_draft,
    edit_experiment,
)
from registry.models import AuditEntry
from registry.services.assignments import unassign
from tests.factories import AIModelFactory, FeatureFactory, OrganizationFactory
from tests.recommender.experiments.laboratory import half


def test_a_draft_has_the_assignment_as_its_control(lab):
    made = lab.drafted(name="Bolder chat")

    arms = list(made.arms.all())
    assert [(arm.key, arm.ai_model, arm.is_control) for arm in arms] == [
        ("control", lab.control, True),
        ("b", lab.candidate, False),
    ]
    assert (made.state, made.slug) == ("draft", "bolder-chat")
    assert made.events.get().kind == ExperimentEventKind.CREATED
    assert "experiment.created" in lab.audited


def test_two_drafts_of_one_name_have_different_addresses(lab):
    slugs = [lab.drafted(name="Same name").slug for _ in range(3)]

    assert slugs == ["same-name", "same-name-2", "same-name-3"]


def test_a_name_without_letters_still_has_an_address(lab):
    assert lab.drafted(name="?!").slug == "experiment"


def test_new_is_no_address(lab):
    with pytest.raises(ExperimentRefused) as refused:
        lab.drafted(slug="new")

    assert "slug" in refused.value.errors
    assert lab.drafted(name="New").slug == "new-2"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "lottery"}, "kind"),
        ({"unit": "planet"}, "unit"),
        ({"control_share_percent": Decimal(60)}, "shares"),
        ({"control_share_percent": Decimal(0)}, "shares"),
        ({"control_share_percent": Decimal("NaN")}, "shares"),
        ({"kind": "canary", "steps": ()}, "steps"),
        ({"kind": "canary", "steps": (5, 5, 100)}, "steps"),
        ({"kind": "canary", "steps": (100,)}, "steps"),
        ({"kind": "canary", "steps": (5, 50)}, "steps"),
        ({"kind": "canary", "steps": (0, 100)}, "steps"),
        ({"max_success_drop_points": -1.0}, "max_success_drop_points"),
        ({"max_success_drop_points": float("nan")}, "max_success_drop_points"),
        ({"min_requests_per_step": 0}, "min_requests_per_step"),
        ({"min_hours_per_step": float("inf")}, "min_hours_per_step"),
        ({"cost_cap_usd": Decimal(-1)}, "cost_cap_usd"),
        ({"max_days": 0}, "max_days"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(lab, said, field):
    with pytest.raises(ExperimentRefused) as refused:
        lab.drafted(**said)

    assert field in refused.value.errors
    assert not Experiment.objects.exists()


def test_a_feature_without_a_model_cannot_be_compared(lab):
    unassign(feature=lab.feature, actor=None, expected_revision=1)

    with pytest.raises(ExperimentRefused, match="Assign one first"):
        lab.drafted()


def test_arms_that_do_the_same_are_refused(lab):
    with pytest.raises(ExperimentRefused, match="another arm"):
        lab.drafted(candidates=[lab.control])


def test_the_same_model_with_other_parameters_is_another_arm(lab):
    made = lab.drafted(candidates=[half(lab.control, parameters={"temperature": 0})])

    assert made.arms.get(key="b").parameters == {"temperature": 0.0}


def test_wrong_parameters_are_refused(lab):
    with pytest.raises(ExperimentRefused, match="Temperature"):
        lab.drafted(candidates=[half(lab.candidate, parameters={"temperature": 9})])


def test_a_foreign_model_is_not_there(lab):
    theirs = AIModelFactory(organization=OrganizationFactory())

    with pytest.raises(ExperimentRefused, match="no such model"):
        lab.drafted(candidates=[theirs])


def test_a_foreign_feature_is_not_there(lab):
    with pytest.raises(ExperimentRefused, match="no such feature"):
        create_experiment(
            organization=lab.organization,
            feature=FeatureFactory(),
            draft=lab.draft(),
            actor=None,
        )


def test_a_draft_is_edited_whole(lab):
    made = lab.drafted()
    third = lab.another_model()

    edit_experiment(
        experiment=made,
        draft=lab.draft(
            name="Renamed",
            candidates=[half(lab.candidate, 30), half(third, 20)],
        ),
        actor=lab.user,
        expected_version=made.version,
    )

    now = Experiment.objects.get()
    assert (now.name, now.slug) == ("Renamed", "try-it")
    assert [arm.share_percent for arm in now.arms.all()] == [50, 30, 20]
    last = AuditEntry.objects.latest("id")
    assert last.before["name"] == "Try it"
    assert last.after["name"] == "Renamed"


def test_an_edit_from_an_old_page_is_refused(lab):
    made = lab.drafted()
    edit_experiment(experiment=made, draft=lab.draft(name="First"), actor=None)

    with pytest.raises(StaleExperiment):
        edit_experiment(
            experiment=made,
            draft=lab.draft(name="Second"),
            actor=None,
            expected_version=made.version,
        )

    assert Experiment.objects.get().name == "First"


def test_a_running_experiment_is_neither_edited_nor_deleted(lab):
    running = lab.started()

    with pytest.raises(ExperimentRefused, match="running"):
        edit_experiment(experiment=running, draft=lab.draft(), actor=None)
    with pytest.raises(ExperimentRefused, match="running"):
        delete_draft(experiment=running, actor=None)


def test_a_draft_is_deleted_with_a_trace(lab):
    delete_draft(experiment=lab.drafted(), actor=lab.user)

    assert not Experiment.objects.exists()
    assert lab.audited[-1] == "experiment.deleted"
