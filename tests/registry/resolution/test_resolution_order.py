"""Profile, assignment, default rule, local models, nothing: in this order."""

import dataclasses

import pytest

from registry.profiles.document import ProfileDocument
from registry.resolution.entries import ProfileEntry
from registry.resolution.machine import Machine
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    TODAY,
    connection,
    feature,
    model,
    snapshot,
)

SONNET = model(1, "anthropic/sonnet", window=100_000, capabilities=("tools",))
MINI = model(2, "openai/mini", window=100_000, capabilities=("text_generation",))
LLAMA = model(3, "ollama/llama", window=8_000, capabilities=("text_generation",))
QWEN = model(4, "ollama/qwen")
MODELS = [SONNET, MINI, LLAMA, QWEN]


def local(**more):
    found = connection(9, "ollama", is_local=True, offers={3: True, 4: False})
    endpoint = dataclasses.replace(
        found.endpoint, dialect="ollama", base_url="http://localhost:11434"
    )
    return dataclasses.replace(found, endpoint=endpoint, runs_here=True, **more)


CLOUD = [connection(1, "anthropic"), connection(2, "openai")]


def profile(document, slug="laptop", problem=""):
    return ProfileEntry(
        1, ACME, slug, slug.title(), ProfileDocument.of(document), problem
    )


def snapshot_with(document=None, *, machine=None, connections=None, **more):
    found = snapshot(
        MODELS, [*CLOUD, local()] if connections is None else connections, **more
    )
    profiles = {} if document is None else {(ACME, "laptop"): profile(document)}
    configuration = dataclasses.replace(found.configuration, profiles=profiles)
    return dataclasses.replace(
        found, configuration=configuration, machine=machine or Machine()
    )


def plan_of(found, slug="laptop", key="review", **more):
    selection = Selection(feature=key, profile=slug, **more)
    return resolve(found, ACME, selection, today=TODAY)


def asked(plan):
    return [(one.source, one.model.reference) for one in plan.candidates]


def reasons(plan):
    return {one.reference: one.code for one in plan.skipped}


REVIEW = feature("review", 2)
EMPTY = feature("review")
PREFERS = {
    "roles": {
        "review": {"models": ["ollama/llama"], "cloud_fallbacks": ["anthropic/sonnet"]}
    }
}


@pytest.mark.parametrize(
    ("document", "assigned", "default", "expected"),
    [
        (
            PREFERS,
            REVIEW,
            1,
            [
                "profile ollama/llama",
                "profile anthropic/sonnet",
                "assignment openai/mini",
            ],
        ),
        ({}, REVIEW, 1, ["assignment openai/mini"]),
        (None, REVIEW, 1, ["assignment openai/mini"]),
        (None, EMPTY, 1, ["default anthropic/sonnet"]),
        (None, EMPTY, None, ["local ollama/llama"]),
        (PREFERS, EMPTY, None, ["profile ollama/llama", "profile anthropic/sonnet"]),
    ],
)
def test_the_first_step_that_can_answer_does(document, assigned, default, expected):
    found = snapshot_with(document, features=[assigned], default_model_id=default)

    plan = plan_of(found, slug="" if document is None else "laptop")

    assert [" ".join(one) for one in asked(plan)] == expected


def test_what_was_not_reached_is_said():
    found = snapshot_with(features=[REVIEW], default_model_id=1)

    assert plan_of(found, "").trace[-1] == "Not reached: default rule, local model."


def test_nothing_at_all_says_so():
    found = snapshot_with(features=[EMPTY], connections=CLOUD)

    with pytest.raises(NotResolved, match="has no model yet"):
        plan_of(found, "")


def test_the_default_rule_answers_where_the_assigned_model_cannot():
    found = snapshot_with(
        features=[REVIEW],
        default_model_id=1,
        connections=[connection(1, "anthropic")],
    )

    assert asked(plan_of(found, "")) == [("default", "anthropic/sonnet")]
    assert asked(plan_of(found, "", has_fallback=False)) == []


def test_a_last_resort_meets_what_the_feature_requires():
    needing = feature("review", required_capabilities=frozenset({"tools"}))
    found = snapshot_with(features=[needing], default_model_id=2)

    plan = plan_of(found, "")

    assert asked(plan) == []
    assert reasons(plan) == {
        "openai/mini": "missing_capability",
        "ollama/llama": "missing_capability",
    }


def test_requirements_bind_the_assigned_model_too():
    document = {"roles": {"*": {"requirements": {"needs_tools": True}}}}
    found = snapshot_with(document, features=[feature("review", 2, 1)])

    plan = plan_of(found)

    assert asked(plan) == [("assignment", "anthropic/sonnet")]
    assert reasons(plan) == {"openai/mini": "missing_capability"}
    assert "It requires tool calling." in plan.trace
    assert "anthropic/sonnet meets what the profile requires." in plan.trace


def test_where_the_cloud_is_not_allowed_nothing_leaves_the_house():
    document = {"roles": {"*": {"allow_cloud": False, "models": ["openai/mini"]}}}
    through = dataclasses.replace(QWEN, model_name="qwen:cloud")
    found = snapshot_with(document, features=[feature("review", 1, 4, 3)])
    models = {**found.catalog.models, 4: through}
    catalog = dataclasses.replace(found.catalog, models=models)

    plan = plan_of(dataclasses.replace(found, catalog=catalog))

    assert asked(plan) == [("assignment", "ollama/llama")]
    assert set(reasons(plan).values()) == {"cloud"}


@pytest.mark.parametrize(
    ("machine", "more", "code"),
    [
        (Machine(free_memory_gb=6), {"memory_gb": {3: 8.0}}, "no_room"),
        (Machine(temperature_c=99), {}, "too_hot"),
        (Machine(free_memory_gb=6, free_gpu_memory_gb=4), {"memory_gb": {3: 8.0}}, ""),
        (Machine(), {"memory_gb": {3: 8.0}}, ""),
        (
            Machine(free_memory_gb=1),
            {"memory_gb": {3: 8.0}, "loaded_ids": frozenset({3})},
            "",
        ),
    ],
)
def test_a_local_model_has_to_fit_the_machine(machine, more, code):
    found = snapshot_with(
        features=[feature("review", 3)], machine=machine, connections=[local(**more)]
    )

    plan = plan_of(found, "")

    assert reasons(plan) == ({"ollama/llama": code} if code else {})


def test_memory_that_a_profile_limits_binds_only_what_runs_here():
    document = {"roles": {"*": {"requirements": {"max_memory_gb": 5}}}}
    connections = [*CLOUD, local(memory_gb={3: 8.0})]
    found = snapshot_with(
        document, features=[feature("review", 3, 2)], connections=connections
    )

    assert reasons(plan_of(found)) == {"ollama/llama": "memory"}
    assert asked(plan_of(found)) == [("assignment", "openai/mini")]


def test_without_fallback_the_first_of_the_profile_that_can_answer_does():
    document = {"roles": {"review": {"models": ["ollama/gone", "anthropic/sonnet"]}}}
    found = snapshot_with(document, features=[REVIEW])

    plan = plan_of(found, has_fallback=False)

    assert asked(plan) == [("profile", "anthropic/sonnet")]
    assert reasons(plan) == {
        "ollama/gone": "unknown_model",
        "openai/mini": "fallback_off",
    }


def test_a_profiles_parameters_win_over_those_of_the_assignment():
    document = {"roles": {"review": {"parameters": {"temperature": 0}}}}
    settled = feature("review", 2, parameters={"temperature": 1, "top_p": 0.5})
    found = snapshot_with(document, features=[settled])

    (candidate,) = plan_of(found).candidates

    assert candidate.parameters == {"temperature": 0, "top_p": 0.5}


def test_a_model_that_is_named_stays_that_model():
    document = {"roles": {"*": {"allow_cloud": False}}}
    found = snapshot_with(document)

    plan = resolve(
        found, ACME, Selection(model="openai/mini", profile="laptop"), today=TODAY
    )

    assert asked(plan) == [("request", "openai/mini")]


def test_an_automatic_choice_begins_with_what_the_profile_prefers():
    document = {"roles": {"*": {"models": ["ollama/llama"]}}}
    found = snapshot_with(document)

    plan = resolve(found, ACME, Selection(is_auto=True, profile="laptop"), today=TODAY)

    assert asked(plan)[0] == ("profile", "ollama/llama")
    assert [one.position for one in plan.candidates] == [1, 2, 3, 4]


def test_a_profile_that_is_not_known_or_broken_refuses():
    found = snapshot_with({}, features=[REVIEW])

    with pytest.raises(NotResolved, match="Did you mean laptop"):
        plan_of(found, "labtop")

    broken = {(ACME, "laptop"): profile({}, problem="It extends itself: a → a.")}
    configuration = dataclasses.replace(found.configuration, profiles=broken)
    with pytest.raises(NotResolved, match="cannot be used. It extends itself"):
        plan_of(dataclasses.replace(found, configuration=configuration, plans={}))


def test_plans_are_remembered_by_profile():
    found = snapshot_with(PREFERS, features=[REVIEW])

    assert plan_of(found) is plan_of(found)
    assert plan_of(found) is not plan_of(found, "")
