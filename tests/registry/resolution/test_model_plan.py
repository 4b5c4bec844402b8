"""A model that a request names: exactly, by an alias or by its bare id."""

import pytest

from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    OTHER,
    TODAY,
    connection,
    model,
    snapshot,
)

GPT = model(1, "openai/gpt")
AZURE = model(2, "azure/gpt")
SONNET = model(3, "anthropic/sonnet-1")
NESTED = model(4, "together/meta/llama")
MODELS = [GPT, AZURE, SONNET, NESTED]
ALIASES = [
    ("anthropic", "sonnet-latest", 3),
    ("anthropic", "dreams", None),
]


def asked(found, word, organization=ACME):
    plan = resolve(found, organization, Selection.parse(word), today=TODAY)
    return [one.model.reference for one in plan.candidates]


def refusal(found, word, organization=ACME) -> NotResolved:
    with pytest.raises(NotResolved) as caught:
        asked(found, word, organization)
    return caught.value


@pytest.mark.parametrize(
    ("word", "reference"),
    [
        ("openai/gpt", "openai/gpt"),
        (" openai/gpt ", "openai/gpt"),
        ("sonnet-1", "anthropic/sonnet-1"),
        ("anthropic/sonnet-latest", "anthropic/sonnet-1"),
        ("sonnet-latest", "anthropic/sonnet-1"),
        ("together/meta/llama", "together/meta/llama"),
        ("meta/llama", "together/meta/llama"),
    ],
)
def test_a_model_is_found_by_every_name_it_has(word, reference):
    assert asked(snapshot(MODELS, aliases=ALIASES), word) == [reference]


def test_an_alias_is_told_in_the_trace():
    found = snapshot(MODELS, aliases=ALIASES)

    plan = resolve(found, ACME, Selection(model="anthropic/sonnet-latest"))

    assert plan.trace == ("anthropic/sonnet-latest is an alias of anthropic/sonnet-1.",)


def test_a_bare_id_goes_to_the_provider_with_a_usable_connection():
    connections = [connection(1, "azure"), connection(2, "openai", problem="no key")]

    plan = resolve(snapshot(MODELS, connections), ACME, Selection(model="gpt"))

    assert plan.candidates[0].model == AZURE
    assert plan.trace == (
        "gpt is azure/gpt: of 2 with this name only it is enabled and connected.",
    )


def test_an_enabled_model_wins_over_one_that_is_not():
    assert asked(snapshot(MODELS, enabled={1}), "gpt") == ["openai/gpt"]


def test_an_ambiguous_id_is_answered_with_the_choices():
    error = refusal(snapshot(MODELS), "gpt")

    assert error.choices == ("azure/gpt", "openai/gpt")
    assert error.message == ("“gpt” can mean azure/gpt, openai/gpt. Write one of them.")


def test_a_model_that_is_not_enabled_is_refused_in_words():
    error = refusal(snapshot(MODELS, enabled=set()), "openai/gpt")

    assert error.message == "openai/gpt is not enabled for Acme."


def test_an_alias_without_exact_version_is_refused_in_words():
    error = refusal(snapshot(MODELS, aliases=ALIASES), "anthropic/dreams")

    assert error.message.endswith("is an alias whose exact version is not known.")


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ("openai/gtp", ("openai/gpt",)),
        ("sonet-1", ("anthropic/sonnet-1",)),
        ("groq/sonnet-1", ("anthropic/sonnet-1",)),
        ("qqqqqqqqq", ()),
    ],
)
def test_an_unknown_name_comes_with_similar_ones(word, choices):
    error = refusal(snapshot(MODELS), word)

    assert error.message.startswith(f"No model is called “{word}”.")
    assert error.choices == choices


@pytest.mark.parametrize("word", ["", "  ", "a\x00b", "x" * 3_000, "feature:"])
def test_what_is_no_name_is_refused_shortly(word):
    assert len(refusal(snapshot(MODELS), word).message) < 200


def test_two_wishes_at_once_are_refused():
    selection = Selection(feature="tagging", model="openai/gpt")

    with pytest.raises(NotResolved, match="one of them"):
        resolve(snapshot(MODELS), ACME, selection)


def test_a_models_default_fallbacks_follow():
    found = snapshot(MODELS, default_fallbacks={1: (3,)})

    plan = resolve(found, ACME, Selection(model="openai/gpt"))

    assert [one.position for one in plan.candidates] == [1, 2]
    assert plan.trace[-1] == "Its default fallbacks follow: anthropic/sonnet-1."


def test_an_organisations_own_model_hides_the_catalogues_of_the_same_name():
    own = model(9, "openai/gpt", organization_id=ACME)

    plan = resolve(snapshot([*MODELS, own]), ACME, Selection(model="openai/gpt"))

    assert plan.candidates[0].model.id == 9


def test_another_organisations_model_is_not_known():
    theirs = model(9, "custom/secret", organization_id=OTHER)
    found = snapshot([*MODELS, theirs])

    assert refusal(found, "custom/secret").choices == ()
    assert refusal(found, "secret").choices == ()
