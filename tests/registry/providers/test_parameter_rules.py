"""A parameter that a model does not take is dropped or translated and noted."""

import pytest

from registry.providers.adapter import Endpoint, ModelTraits
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Role, Tool
from registry.providers.parameter_rules import fit_parameters
from registry.providers.request import ModelRequest
from registry.providers.table import known_rows, row_for

OPENAI = Endpoint("openai", "openai", "http://127.0.0.1")


def fit(model, endpoint=OPENAI, **parameters):
    traits = model if isinstance(model, ModelTraits) else ModelTraits(model)
    return fit_parameters(ModelRequest(prompt="Hi", **parameters), traits, endpoint)


def test_a_reasoning_model_takes_no_temperature():
    fitted = fit("o4-mini-2025-04-16", temperature=0.2, stop=("END",), seed=7)

    assert fitted.request.temperature is None
    assert fitted.request.stop == ()
    assert fitted.request.seed == 7
    assert fitted.notes == (
        "temperature 0.2 dropped: o4-mini-2025-04-16 takes none",
        "stop ['END'] dropped: o4-mini-2025-04-16 takes none",
    )


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "ft:gpt-4o:x", "llama-9"])
def test_a_plain_model_keeps_its_parameters(model):
    assert fit(model, temperature=0.2, top_p=0.5, stop=("END",)).notes == ()


def test_newer_models_take_a_temperature_while_they_do_not_reason():
    assert fit("gpt-5.4", temperature=0.2).notes == ()
    assert fit("gpt-5.4", temperature=0.2, reasoning_effort="low").notes == (
        "temperature 0.2 dropped: gpt-5.4 takes none while it reasons",
    )


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        ("gpt-5", "none", "minimal"),
        ("gpt-5.1", "minimal", "none"),
        ("o3", "xhigh", "high"),
        ("gpt-5-pro", "low", "high"),
        ("gpt-4o", "low", None),
        ("gpt-6.1-sol", "xhigh", "xhigh"),
    ],
)
def test_an_effort_becomes_the_nearest_that_is_taken(model, asked, sent):
    assert fit(model, reasoning_effort=asked).request.reasoning_effort == sent


def test_more_tokens_than_a_model_writes_are_lowered():
    fitted = fit(ModelTraits("m", max_output_tokens=100), max_tokens=500)

    assert fitted.request.max_tokens == 100
    assert fitted.notes == ("max_tokens 500 lowered to 100: m writes no more",)


def test_a_quirk_of_the_endpoint_drops_its_parameter():
    endpoint = Endpoint("acme", "openai", "", quirks=frozenset({"no_seed"}))

    assert fit("m", endpoint, seed=7).notes == ("seed 7 dropped: acme takes none",)


def test_tools_and_images_are_refused_where_they_are_known_to_be_missing():
    blind = ModelTraits("m", capabilities=frozenset({"text_generation"}))

    with pytest.raises(InvalidRequestError, match="m calls no tools"):
        fit(blind, tools=(Tool("t"),))
    with pytest.raises(InvalidRequestError, match="o3-mini reads no images"):
        fit("o3-mini", images=(Image(url="https://a.example/b.png"),))


def test_of_a_model_that_nobody_described_nothing_is_refused():
    request = fit("new-model", tools=(Tool("t"),), reasoning_effort="low").request

    assert request.tools
    assert request.reasoning_effort == "low"


def test_a_system_prompt_becomes_a_user_turn_where_there_is_no_such_role():
    request = fit("o1-mini", system="Be brief.").request

    assert [turn.role for turn in request.turns()] == [Role.USER, Role.USER]
    assert request.system_text == ""


def test_a_host_prefix_does_not_hide_the_family():
    endpoint = Endpoint("openrouter", "openai", "")

    assert fit("openai/o3", endpoint, temperature=0.1).notes


def test_an_unknown_provider_speaks_openai_at_an_address_of_its_own():
    row = row_for("acme")

    assert (row.dialect, row.needs_base_url, row.needs_key) == ("openai", True, False)


def test_a_row_has_an_address_or_asks_for_one():
    rows = known_rows()

    assert all(bool(row.base_url) != row.needs_base_url for row in rows)
    assert len({row.slug for row in rows}) == len(rows)
    assert all(row.key_variable for row in rows if row.needs_key)
