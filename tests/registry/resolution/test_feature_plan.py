"""A feature is answered by its model, then by its fallbacks in order."""

import pytest

from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    OTHER,
    TODAY,
    connection,
    feature,
    model,
    snapshot,
)

SONNET = model(1, "anthropic/sonnet", window=1_000, capabilities=("text_generation",))
MINI = model(2, "openai/mini", window=100_000, capabilities=("tools",))
LLAMA = model(3, "ollama/llama")
MODELS = [SONNET, MINI, LLAMA]


def plan_of(found, key="tagging", organization=ACME, has_fallback=True, **needs):
    selection = Selection(feature=key, has_fallback=has_fallback)
    return resolve(found, organization, selection, today=TODAY, **needs)


def asked(plan):
    return [(one.position, one.model.reference) for one in plan.candidates]


def reasons(plan):
    return {one.reference: one.reason for one in plan.skipped}


def test_the_model_comes_first_and_the_fallbacks_follow_in_order():
    found = snapshot(MODELS, features=[feature("tagging", 2, 1, 3)])

    plan = plan_of(found)

    assert asked(plan) == [
        (1, "openai/mini"),
        (2, "anthropic/sonnet"),
        (3, "ollama/llama"),
    ]
    assert plan.trace == ("tagging is assigned to openai/mini (r3) with 2 fallbacks.",)
    assert plan.snapshot_version == 7
    assert plan.feature.key == "tagging"


def test_the_assignments_parameters_win_over_a_models_defaults():
    found = snapshot(
        MODELS,
        features=[feature("tagging", 2, 1, parameters={"temperature": 0.1})],
        default_parameters={2: {"temperature": 1.0, "max_tokens": 50}},
    )

    plan = plan_of(found)

    assert plan.candidates[0].parameters == {"temperature": 0.1, "max_tokens": 50}
    assert plan.candidates[1].parameters == {"temperature": 0.1}
    assert "Defaults of openai/mini apply: max_tokens 50." in plan.trace


def test_further_connections_of_a_provider_are_asked_before_the_next_model():
    connections = [
        connection(1, "openai", label="spare", position=2),
        connection(2, "openai", label="main"),
        connection(3, "anthropic"),
    ]
    found = snapshot(MODELS, connections, [feature("tagging", 2, 1)])

    plan = plan_of(found)

    assert [(one.position, one.connection.label) for one in plan.candidates] == [
        (1, "main"),
        (1, "spare"),
        (2, "main"),
    ]


def test_a_model_without_connection_is_skipped_with_the_reason():
    found = snapshot(MODELS, [connection(1, "openai")], [feature("tagging", 1, 2)])

    plan = plan_of(found)

    assert asked(plan) == [(2, "openai/mini")]
    assert reasons(plan) == {
        "anthropic/sonnet": "has no connection: none to anthropic is set up"
    }
    assert plan.trace[-1].startswith("anthropic/sonnet has no connection")


def test_a_connection_with_a_problem_is_not_asked():
    connections = [connection(1, "openai", problem="enter the key again")]
    found = snapshot(MODELS, connections, [feature("tagging", 2)])

    plan = plan_of(found)

    assert plan.candidates == ()
    assert reasons(plan) == {
        "openai/mini": "cannot use the connection “main”: enter the key again"
    }


def test_a_retired_model_is_skipped():
    old = model(4, "openai/old", retired_on=TODAY)
    found = snapshot([old, MINI], features=[feature("tagging", 4, 2)])

    plan = plan_of(found)

    assert asked(plan) == [(2, "openai/mini")]
    assert reasons(plan) == {"openai/old": "was retired on 21 Nov 2026"}


def test_a_model_that_is_not_enabled_any_more_is_skipped():
    found = snapshot(MODELS, features=[feature("tagging", 1, 2)], enabled={2})

    assert reasons(plan_of(found)) == {"anthropic/sonnet": "is not enabled for Acme"}


def test_a_model_that_left_the_catalog_is_skipped():
    found = snapshot(MODELS, features=[feature("tagging", 99, 2)])

    plan = plan_of(found)

    assert asked(plan) == [(2, "openai/mini")]
    assert [one.code for one in plan.skipped] == ["unknown_model"]


def test_a_window_too_small_for_the_request_is_skipped():
    found = snapshot(MODELS, features=[feature("tagging", 1, 2, 3)])

    plan = plan_of(found, input_tokens=900, max_output_tokens=200)

    assert asked(plan) == [(2, "openai/mini"), (3, "ollama/llama")]
    assert reasons(plan)["anthropic/sonnet"] == (
        "has a context window of 1,000 tokens, and this request may take about 1,100"
    )


def test_the_assigned_max_tokens_count_where_the_request_says_none():
    settled = feature("tagging", 1, parameters={"max_tokens": 200})
    found = snapshot(MODELS, features=[settled])

    assert plan_of(found, input_tokens=900).candidates == ()
    assert plan_of(found, input_tokens=900, max_output_tokens=10).candidates


def test_a_lacking_capability_counts_only_where_capabilities_are_known():
    found = snapshot(MODELS, features=[feature("tagging", 1, 2, 3)])

    plan = plan_of(found, needed_capabilities=frozenset({"tools"}))

    assert asked(plan) == [(2, "openai/mini"), (3, "ollama/llama")]
    assert reasons(plan) == {"anthropic/sonnet": "is not known to offer tool calling"}


def test_without_fallback_only_the_assigned_model_is_asked():
    found = snapshot(MODELS, features=[feature("tagging", 1, 2)])

    plan = plan_of(found, has_fallback=False)

    assert asked(plan) == [(1, "anthropic/sonnet")]
    assert reasons(plan) == {"openai/mini": "is a fallback: they are off"}


def test_discovery_decides_which_connection_goes_first():
    connections = [
        connection(1, "ollama", label="attic", offers={3: False}),
        connection(2, "ollama", label="new", position=2),
        connection(3, "ollama", label="cellar", position=3, offers={3: True}),
    ]
    found = snapshot(MODELS, connections, [feature("tagging", 3)])

    plan = plan_of(found)

    labels = [one.connection.label for one in plan.candidates]
    assert labels == ["cellar", "new", "attic"]
    assert "“cellar” goes first" in plan.trace[-1]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("old", "The feature old is archived"),
        ("empty", "The feature empty has no model yet"),
        ("taging", "No feature is called “taging”. Did you mean tagging?"),
        ("", "No model is named"),
        ("x" * 3_000, "No feature is called “xxx"),
        ("a\x00b", "No feature is called “a\N{REPLACEMENT CHARACTER}b”"),
        (" tagging ", "No feature is called “ tagging ”. Did you mean tagging?"),
    ],
)
def test_a_feature_that_cannot_answer_says_why(key, words):
    features = [
        feature("tagging", 1),
        feature("old", 1, is_archived=True),
        feature("empty"),
    ]

    with pytest.raises(NotResolved) as caught:
        plan_of(snapshot(MODELS, features=features), key)

    assert caught.value.message.startswith(words)
    assert len(caught.value.message) < 200


def test_a_similar_key_is_offered_as_a_choice():
    with pytest.raises(NotResolved) as caught:
        plan_of(snapshot(MODELS, features=[feature("tagging", 1)]), "taging")

    assert caught.value.choices == ("feature:tagging",)


def test_another_organisations_feature_is_not_known():
    found = snapshot(MODELS, features=[feature("tagging", 1)])

    with pytest.raises(NotResolved, match="No feature is called “tagging”. There are"):
        plan_of(found, organization=OTHER)


def test_the_same_question_is_worked_out_once():
    found = snapshot(MODELS, features=[feature("tagging", 1)])

    assert plan_of(found) is plan_of(found)


def test_a_server_that_offers_other_models_only_is_not_asked():
    connections = [
        connection(1, "ollama", label="attic", offers={9: True}),
        connection(2, "ollama", label="cellar", position=2, offers={3: True}),
    ]
    found = snapshot(MODELS, connections, [feature("tagging", 3)])

    plan = plan_of(found)

    assert [one.connection.label for one in plan.candidates] == ["cellar"]
    assert any("“attic” is not asked" in line for line in plan.trace)


def test_where_nobody_is_known_to_offer_a_model_everybody_is_asked():
    connections = [connection(1, "ollama", offers={9: True})]
    found = snapshot(MODELS, connections, [feature("tagging", 3)])

    assert asked(plan_of(found)) == [(1, "ollama/llama")]
