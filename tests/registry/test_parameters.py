from decimal import Decimal

import pytest

from registry.forms.parameters import ParametersFormMixin, parameters_initial
from registry.parameters import ParameterError, clean_parameters


def test_parameters_keep_only_what_was_set():
    cleaned = clean_parameters(
        {"temperature": Decimal("0.2"), "top_p": None, "max_tokens": 10, "stop": ""}
    )

    assert cleaned == {"temperature": 0.2, "max_tokens": 10}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", 2.01),
        ("temperature", float("nan")),
        ("temperature", "warm"),
        ("temperature", True),
        ("top_p", 1.1),
        ("top_p", float("inf")),
        ("max_tokens", 0),
        ("max_tokens", 1.5),
        ("max_tokens", 1e30),
        ("frequency_penalty", -2.1),
        ("presence_penalty", 2.1),
        ("stop", ["a", "b", "c", "d", "e"]),
        ("stop", [1]),
        ("stop", "x" * 201),
        ("seed", 1),
    ],
)
def test_a_parameter_out_of_its_range_is_refused_by_name(name, value):
    with pytest.raises(ParameterError) as caught:
        clean_parameters({name: value})

    assert list(caught.value.errors) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0),
        ("temperature", 2),
        ("top_p", 0),
        ("top_p", 1),
        ("frequency_penalty", -2),
        ("presence_penalty", 2),
        ("max_tokens", 1),
    ],
)
def test_the_ends_of_each_range_are_allowed(name, value):
    assert clean_parameters({name: value}) == {name: value}


def test_the_models_own_output_limit_holds():
    with pytest.raises(ParameterError) as caught:
        clean_parameters({"max_tokens": 8193}, max_output_tokens=8192)

    assert (
        caught.value.errors["max_tokens"] == "This model writes at most 8,192 tokens."
    )


def test_the_form_reads_stop_sequences_line_by_line():
    form = ParametersFormMixin({"temperature": "0", "stop": "END\r\n\\n\r\n"})

    assert form.is_valid()
    assert form.parameters == {"temperature": 0.0, "stop": ["END", "\n"]}
    assert parameters_initial(form.parameters)["stop"] == "END\n\\n"


def test_the_form_shows_an_error_beside_its_field():
    form = ParametersFormMixin({"temperature": "3", "top_p": "NaN"})

    assert not form.is_valid()
    assert set(form.errors) == {"temperature", "top_p"}
