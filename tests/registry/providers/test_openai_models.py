"""What OpenAI-compatible endpoints offer, and whether they can be used."""

import pytest

from registry.providers.errors import (
    AuthenticationError,
    InvalidRequestError,
    NetworkError,
)
from tests.registry.providers.dialects import PATIENT
from tests.upstream import openai_wire as wire
from tests.upstream.replies import HTML, json_reply


def test_a_list_of_models_tells_what_its_provider_says(openai_calls):
    row = {
        "id": "acme/m",
        "name": "M",
        "context_length": 32_768,
        "top_provider": {"max_completion_tokens": 4_096},
        "architecture": {"input_modalities": ["text", "image", "file"]},
        "supported_parameters": ["tools", "temperature"],
    }
    openai_calls.upstream.script.append(json_reply({"data": [row, "odd", {}]}))

    (model,) = openai_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert (model.context_window, model.max_output_tokens) == (32_768, 4_096)
    assert model.input_modalities == ("text", "image", "pdf")
    assert model.capabilities == {
        "tools",
        "image_analysis",
        "text_generation",
        "streaming",
    }


def test_a_llama_cpp_server_tells_the_window_that_it_was_started_with(openai_calls):
    row = {"id": "smollm2", "meta": {"n_ctx": 4_096, "n_ctx_train": 8_192}}
    openai_calls.upstream.script.append(json_reply({"data": [row]}))

    (model,) = openai_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert model.context_window == 4_096


def test_all_pages_of_a_list_are_read(openai_calls):
    first = {"data": [{"id": "a"}, {"id": "b"}], "has_more": True}
    openai_calls.upstream.script += [json_reply(first), json_reply([{"id": "c"}])]

    models = openai_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert [model.model_name for model in models] == ["a", "b", "c"]
    assert openai_calls.upstream.requests[1].path == "/v1/models?after=b"


@pytest.mark.parametrize("quirk", ["lists_no_models", "public_models"])
def test_where_a_list_proves_nothing_an_empty_request_does(openai_calls, quirk):
    openai_calls.upstream.script += [
        wire.error(400, message="model is required"),
        wire.error(401),
    ]

    def check():
        return openai_calls.run(
            lambda adapter: adapter.is_available(PATIENT), quirks=frozenset({quirk})
        )

    assert check() is None
    with pytest.raises(AuthenticationError):
        check()


def test_what_does_not_speak_the_interface_is_a_wrong_address(openai_calls):
    openai_calls.upstream.script.append(HTML)

    with pytest.raises(NetworkError) as caught:
        openai_calls.run(lambda adapter: adapter.is_available(PATIENT))

    assert caught.value.code == "address"


def test_a_provider_without_a_list_says_so(openai_calls):
    with pytest.raises(InvalidRequestError, match="does not list"):
        openai_calls.run(
            lambda adapter: adapter.list_models(PATIENT),
            quirks=frozenset({"lists_no_models"}),
        )
