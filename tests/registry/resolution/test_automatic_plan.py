"""Models that ModelHub chooses: automatically, of one provider, or local ones."""

import pytest

from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import ACME, connection, model, snapshot

BUSY = model(1, "openai/busy")
SPARE = model(2, "openai/spare")
NEW = model(3, "anthropic/new")
LOCAL = model(4, "ollama/llama")
VECTORS = model(5, "openai/vectors", capabilities=("embedding",))
MODELS = [BUSY, SPARE, NEW, LOCAL, VECTORS]
COUNTS = {1: (3, 0), 2: (0, 2), 4: (0, 0)}
CONNECTIONS = [
    connection(1, "openai"),
    connection(2, "anthropic"),
    connection(3, "ollama", is_local=True),
]


def plan_of(word, **more):
    found = snapshot(MODELS, CONNECTIONS, use_counts=COUNTS)
    return resolve(found, ACME, Selection.parse(word), **more)


def asked(plan):
    return [one.model.reference for one in plan.candidates]


def test_models_of_most_features_go_first_and_the_trace_says_so():
    plan = plan_of("auto")

    assert asked(plan) == [
        "openai/busy",
        "openai/spare",
        "anthropic/new",
        "ollama/llama",
    ]
    assert plan.trace[:2] == (
        "4 enabled models may answer.",
        "Order: the model of most features first, then the fallback of most, "
        "then by name.",
    )


def test_a_provider_answers_with_its_own_models():
    assert asked(plan_of("provider:openai")) == ["openai/busy", "openai/spare"]


def test_local_keeps_to_local_connections():
    plan = plan_of("local")

    assert asked(plan) == ["ollama/llama"]
    assert plan.candidates[0].position == 1
    assert {one.code for one in plan.skipped} == {"not_local"}


def test_local_narrows_an_exact_model_too():
    found = snapshot(MODELS, CONNECTIONS)
    selection = Selection(model="openai/busy", local_only=True)

    plan = resolve(found, ACME, selection)

    assert plan.candidates == ()
    assert plan.skipped[0].reason == "is not local at the connection “main”"


def test_without_fallback_only_the_best_is_asked():
    selection = Selection(is_auto=True, has_fallback=False)
    found = snapshot(MODELS, CONNECTIONS, use_counts=COUNTS)

    plan = resolve(found, ACME, selection)

    assert asked(plan) == ["openai/busy"]
    assert plan.trace[-1] == "3 more could answer and are left out."


def test_only_so_many_models_are_asked():
    many = [model(n, f"openai/m{n:02}", window=n * 100) for n in range(1, 21)]
    found = snapshot(many)

    everyone = resolve(found, ACME, Selection.parse("auto"))
    roomy = resolve(found, ACME, Selection.parse("auto"), input_tokens=1_950)

    assert len(everyone.candidates) == 8
    assert asked(roomy) == ["openai/m20"]
    assert roomy.candidates[0].position == 1


@pytest.mark.parametrize("word", ["provider:nobody", "provider:x" * 300])
def test_a_provider_without_enabled_models_is_refused_in_words(word):
    with pytest.raises(NotResolved, match="that writes text is enabled for Acme"):
        plan_of(word)
