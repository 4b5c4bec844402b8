"""Running experiments are looked at every minute, and their rules are followed."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction

from recommender.models import Experiment, ExperimentEventKind
from recommender.services.experiment_changes import StaleExperiment
from recommender.services.experiment_evaluation import evaluate, evaluate_running
from recommender.services.experiment_running import resume, step_forward
from recommender.tasks import evaluate_experiments
from registry.models import ModelSetting
from registry.queries.assignments import current_revision
from registry.services.assignments import unassign
from registry.services.features import archive_feature
from tests.recommender.experiments.laboratory import make_laboratory
from tests.recommender.experiments.traffic import AN_HOUR, of_arm, traffic

RULES = {"min_requests_per_step": 40, "min_hours_per_step": 1.0}


@pytest.fixture
def canary(lab):
    return lab.canary(**RULES)


def look(experiment, after=AN_HOUR):
    """Evaluate, an hour into the present step; how the experiment is then. A step that
    this begins does so at that time, not at that of the real clock."""
    experiment.refresh_from_db()
    begun = experiment.step_started_at
    evaluate_running(begun + after)
    Experiment.objects.filter(pk=experiment.pk).exclude(step_started_at=begun).update(
        step_started_at=begun + after
    )
    experiment.refresh_from_db()
    return experiment


def later(experiment):
    """The present step begins after all that was recorded until now."""
    experiment.refresh_from_db()
    experiment.step_started_at += 9 * AN_HOUR
    experiment.save()


def last_event(experiment):
    return experiment.events.first()


def test_a_healthy_candidate_goes_all_the_way(lab):
    made = lab.canary(**RULES, promote_by_itself=True)
    shares = []
    for _ in range(4):
        made.refresh_from_db()
        shares.append(made.step_percent)
        traffic(made)
        look(made)

    assert shares == [5, 25, 50, 100]
    assert (made.state, made.winner_arm.key) == ("promoted", "b")
    assert current_revision(lab.feature).ai_model == lab.candidate
    assert [event.kind for event in made.events.all()][:4] == [
        "promoted",
        "stepped",
        "stepped",
        "stepped",
    ]


def test_without_leave_to_promote_it_says_once_that_it_is_ready(lab, canary):
    for _ in range(4):
        traffic(canary)
        look(canary)
    look(canary, after=2 * AN_HOUR)

    ready = canary.events.filter(kind=ExperimentEventKind.READY)
    assert ready.get().text.startswith("Ready to be promoted")
    assert canary.state == "running"
    assert current_revision(lab.feature).ai_model == lab.control


def test_a_candidate_that_fails_is_stepped_back_though_a_fallback_answers(canary):
    traffic(canary)
    assert look(canary).step_percent == 25

    traffic(canary, failing_percent=30)
    look(canary)

    assert (canary.step_percent, canary.state) == (5, "running")
    event = last_event(canary)
    assert event.kind == "stepped_back"
    assert "Success drop" in event.text
    assert event.actor_label == "experiment rules"
    assert event.facts["bounds"][0]["state"] == "surely_beyond"


def test_at_the_first_step_it_ends_and_the_control_is_kept(lab, canary):
    traffic(canary, failing_percent=30)
    look(canary)

    assert canary.state == "stepped_back"
    assert "Success drop" in canary.state_reason
    assert current_revision(lab.feature).ai_model == lab.control


def test_a_candidate_that_answers_nothing_is_stepped_back_after_few_requests(canary):
    traffic(canary, requests=240, failing_percent=100)

    assert look(canary, after=datetime.timedelta(minutes=61)).state == "stepped_back"


def test_a_slow_candidate_is_stepped_back(canary):
    traffic(canary, requests=4_000, latency_ms=4_000)

    assert look(canary).state == "stepped_back"
    assert "p95" in canary.state_reason


def test_a_disliked_candidate_is_stepped_back(canary):
    arms = {arm.key: arm for arm in canary.arms.all()}
    of_arm(arms["control"], 1_900, disliked=19)
    of_arm(arms["b"], 100, disliked=60)

    assert look(canary).state == "stepped_back"
    assert "Thumbs down" in canary.state_reason


def test_after_a_step_back_only_a_person_steps_forward(canary):
    traffic(canary)
    look(canary)
    traffic(canary, failing_percent=30)
    look(canary)
    traffic(canary)

    assert look(canary).step_percent == 5

    step_forward(canary)
    later(canary)
    traffic(canary)
    assert look(canary).step_percent == 50


@pytest.mark.parametrize(
    ("requests", "after"), [(600, AN_HOUR), (1_000, AN_HOUR / 2), (0, 9 * AN_HOUR)]
)
def test_it_waits_for_the_requests_and_hours_of_a_step(canary, requests, after):
    traffic(canary, requests)

    assert look(canary, after).step_percent == 5
    assert last_event(canary).kind == "started"


def test_shares_that_do_not_fit_pause_it(canary):
    traffic(canary, candidate_percent=9)
    look(canary)

    assert canary.state == "paused"
    event = last_event(canary)
    assert event.kind == "ratio_mismatch"
    assert event.facts["p_value"] < 0.001
    assert event.facts["planned_percent"] == {"control": 95.0, "b": 5.0}


def test_one_busy_user_is_no_mismatch(canary):
    traffic(canary)
    candidate = canary.arms.get(key="b")
    of_arm(candidate, 400, unit_hash=7)

    assert look(canary).state == "running"


def test_what_was_before_a_resumption_does_not_count(canary):
    traffic(canary, candidate_percent=9)
    look(canary)
    resume(canary)
    later(canary)
    traffic(canary)

    assert look(canary).step_percent == 25


def test_a_split_is_left_running(lab):
    made = lab.started(**RULES)
    traffic(made, failing_percent=50)

    assert look(made).state == "running"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"max_requests": 900}, "All requests are used"),
        ({"cost_cap_usd": Decimal("4.99")}, "cost cap"),
        ({"max_days": 1}, "time is over"),
    ],
)
def test_a_stop_rule_ends_it(lab, rule, words):
    made = lab.started(**RULES, **rule)
    traffic(made)
    look(made, after=25 * AN_HOUR)

    assert made.state == "stopped"
    assert words in made.state_reason


def test_a_cost_that_nobody_knows_reaches_no_cap(lab):
    from analytics.models import UsageRecord

    made = lab.started(**RULES, cost_cap_usd=Decimal("0.01"))
    traffic(made, requests=100)
    UsageRecord.objects.update(cost_state="unpriced", cost_usd=None)

    assert look(made).state == "running"


def changed_model(lab):
    lab.assign(lab.another_model(model_name="newer"), 1)


def changed_parameters(lab):
    lab.assign(lab.control, 1, parameters={"temperature": 0.1})


def taken_away(lab):
    unassign(feature=lab.feature, actor=None, expected_revision=1)


def archived(lab):
    archive_feature(feature=lab.feature, actor=None)


def disabled(lab):
    ModelSetting.objects.filter(ai_model=lab.candidate).update(is_enabled=False)


def automatic(lab):
    lab.feature.automatic_choice = {"policy": "cheapest"}
    lab.feature.save()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed_model, "assigned to openai/newer"),
        (changed_parameters, "parameters"),
        (taken_away, "no model"),
        (archived, "archived"),
        (disabled, "not enabled"),
        (automatic, "for each request"),
    ],
)
def test_a_change_of_what_is_compared_pauses_it(lab, canary, change, words):
    change(lab)

    assert look(canary).state == "paused"
    assert words in canary.state_reason


def test_other_fallbacks_do_not_pause_it(lab, canary):
    lab.assign(lab.control, 1, fallbacks=[lab.another_model()])

    assert look(canary).state == "running"


def test_of_two_evaluators_one_steps(canary):
    traffic(canary)
    canary.refresh_from_db()
    one, other = Experiment.objects.get(), Experiment.objects.get()
    now = canary.step_started_at + AN_HOUR

    assert evaluate(one, now)
    with pytest.raises(StaleExperiment):
        evaluate(other, now)

    assert Experiment.objects.get().step_percent == 25
    assert canary.events.filter(kind="stepped").count() == 1


def test_a_worker_that_dies_in_between_leaves_it_to_the_next(canary):
    traffic(canary)
    canary.refresh_from_db()
    now = canary.step_started_at + AN_HOUR

    @transaction.atomic
    def die_in_between():
        evaluate_running(now)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_in_between()

    assert Experiment.objects.get().step_percent == 5
    assert evaluate_running(now) == 1
    assert Experiment.objects.get().step_percent == 25


def test_one_organisation_does_not_count_for_another(lab, canary):
    other = make_laboratory("calm", "wild")
    theirs = other.canary(**RULES)
    traffic(theirs, failing_percent=100)
    arm = canary.arms.get(key="b")
    # A row of somebody else that names our arm changes nothing of ours.
    of_arm(arm, 100, failures=100, organization_id=other.organization.pk)

    look(canary)

    theirs.refresh_from_db()
    assert (canary.state, theirs.state) == ("running", "stepped_back")


def test_the_task_evaluates(lab, canary):
    changed_model(lab)

    evaluate_experiments()

    assert Experiment.objects.get().state == "paused"
