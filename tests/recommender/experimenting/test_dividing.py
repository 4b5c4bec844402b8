"""The arm of a request goes in front of the plan; what answered before stays behind."""

from dataclasses import replace

import pytest

from recommender.experimenting.dividing import Unit, divided
from recommender.experimenting.running import RunningArm, RunningExperiment
from registry.automatic_choice import ChoiceRules
from registry.prompts.template import Template
from registry.providers.adapter import Endpoint, ModelTraits
from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    PromptEntry,
)
from registry.resolution.plan import Candidate, NotResolved, Plan, Selection, Skipped

STEADY, BOLD, SPARE = 1, 2, 3
ORGANIZATION = OrganizationEntry(1, "acme")
CONNECTION = ConnectionEntry(1, 1, "main", Endpoint("openai", "openai", "http://x"))
FEATURE = FeatureEntry(7, "chat", 1, (STEADY, SPARE), {"top_p": 0.5})
UNIT = Unit(request_id="r1", user="ada", conversation="c1")


def model(number):
    traits = ModelTraits(f"model-{number}", frozenset(), None, None, "")
    return ModelEntry(number, "openai", f"model-{number}", None, traits)


def candidate(number, **facts):
    return Candidate(model(number), CONNECTION, source="assignment", **facts)


PLAN = Plan(
    ORGANIZATION,
    Selection(feature="chat"),
    (candidate(STEADY), candidate(SPARE, position=2)),
    feature=FEATURE,
    trace=("It is assigned.",),
)


def bold(**facts):
    said = {"parameters": {"temperature": 1.0}, "upper_bucket": 10_000}
    return RunningArm(11, "b", BOLD, "openai/model-2", **(said | facts))


def running(arm=None, unit="user"):
    control = RunningArm(
        10, "control", STEADY, "openai/model-1", parameters={"top_p": 0.5}
    )
    return {7: RunningExperiment(5, "Try", 7, unit, "salt", control, (arm or bold(),))}


def find(selection):
    assert selection == Selection(model="openai/model-2", has_fallback=False)
    found = candidate(BOLD, parameters={"top_p": 0.9, "temperature": 0.0})
    return replace(PLAN, candidates=(found,), skipped=(), feature=None)


def cannot(selection):
    skipped = (Skipped("openai/model-2", "small_window", "has a small window"),)
    return replace(PLAN, candidates=(), skipped=skipped, feature=None)


def unknown(selection):
    raise NotResolved("It is not enabled.")


def divide(plan=PLAN, experiments=None, unit=UNIT, find=find, variables=None):
    known = running() if experiments is None else experiments
    return divided(plan, known, unit, find, variables or {})


def models(plan):
    return [one.model.id for one in plan.candidates]


def test_a_candidate_goes_first_and_the_others_stay_behind():
    plan = divide()

    assert models(plan) == [BOLD, STEADY, SPARE]
    assert [one.position for one in plan.candidates] == [1, 2, 3]
    assert plan.candidates[0].source == "experiment"
    assert plan.candidates[0].parameters == {"top_p": 0.9, "temperature": 1.0}
    assert plan.arm.arm_id == 11
    assert plan.arm.line in plan.trace
    assert "Try gives it the arm b (openai/model-2), drawn by its user" in plan.arm.line


def test_the_control_is_the_plan_as_it_was():
    plan = divide(experiments=running(bold(upper_bucket=0)))

    assert plan.candidates == PLAN.candidates
    assert plan.arm.arm_id == 10


def test_a_feature_without_an_experiment_is_left_alone():
    assert divide(experiments={8: running()[7]}) is PLAN


def test_what_no_feature_asks_is_left_alone():
    plan = replace(PLAN, feature=None)

    assert divide(plan) is plan


def test_a_profile_wins():
    plan = replace(PLAN, profile="laptop")

    assert divide(plan) is plan


@pytest.mark.parametrize(
    "changed",
    [
        {"model_ids": (SPARE, STEADY)},
        {"model_ids": ()},
        {"parameters": {}},
        {"choice": ChoiceRules()},
        {"prompt": PromptEntry(3, "P", 1, "Hi", Template.of("Hi"))},
    ],
)
def test_another_assignment_than_at_the_start_is_not_divided(changed):
    plan = divide(replace(PLAN, feature=replace(FEATURE, **changed)))

    assert plan.arm is None
    assert plan.candidates == PLAN.candidates
    assert "waits: the assignment has changed" in plan.trace[-1]


def test_other_fallbacks_change_nothing():
    plan = divide(replace(PLAN, feature=replace(FEATURE, model_ids=(STEADY,))))

    assert plan.arm.arm_id == 11


def test_a_candidate_that_cannot_answer_is_left_out_with_the_reason():
    plan = divide(find=cannot)

    assert models(plan) == [STEADY, SPARE]
    assert plan.skipped[-1].code == "small_window"
    assert plan.trace[-1] == "openai/model-2 has a small window."
    # It was this arm's request all the same: leaving it out would flatter the arm.
    assert plan.arm.arm_id == 11


def test_a_candidate_that_is_not_enabled_any_more_is_left_out():
    plan = divide(find=unknown)

    assert models(plan) == [STEADY, SPARE]
    assert "cannot be asked: It is not enabled." in plan.trace[-1]


def test_without_fallback_the_candidate_stands_alone():
    lonely = replace(PLAN, selection=Selection(feature="chat", has_fallback=False))

    assert models(divide(lonely)) == [BOLD]
    assert models(divide(lonely, find=cannot)) == [STEADY, SPARE]


def test_a_prompt_that_does_not_fit_the_request_does_not_fail_it():
    prompt = PromptEntry(3, "P", 1, "In {{tone}}.", Template.of("In {{tone}}."))
    experiments = running(bold(prompt=prompt, prompt_version_id=3))

    without = divide(experiments=experiments)
    fitting = divide(experiments=experiments, variables={"tone": "awe"})

    assert models(without) == [STEADY, SPARE]
    assert "the variable tone" in without.skipped[-1].reason
    assert fitting.candidates[0].prompt == prompt


def test_a_prompt_that_is_gone_leaves_the_arm_out():
    plan = divide(experiments=running(bold(prompt_version_id=3)))

    assert models(plan) == [STEADY, SPARE]


@pytest.mark.parametrize(
    ("unit", "given", "kind"),
    [
        ("user", {"user": "ada", "conversation": "c1"}, "user"),
        ("user", {"conversation": "c1"}, "conversation"),
        ("user", {}, "request"),
        ("conversation", {"user": "ada", "conversation": "c1"}, "conversation"),
        ("conversation", {"user": "ada"}, "user"),
        ("request", {"user": "ada", "conversation": "c1"}, "request"),
    ],
)
def test_an_arm_is_kept_by_the_nearest_unit_that_is_known(unit, given, kind):
    assert Unit(request_id="r1", **given).value(unit)[0] == kind


def test_a_request_by_itself_leaves_no_hash_of_its_unit():
    assert divide(experiments=running(unit="request")).arm.unit_hash is None
    assert divide().arm.unit_hash is not None
