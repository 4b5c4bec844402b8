"""What is Ollama's own about its calls."""

import pytest

from registry.providers.errors import InvalidRequestError, NetworkError
from tests.registry.providers.dialects import PATIENT, QUICK, text_of
from tests.upstream import ollama_wire as wire
from tests.upstream.replies import SILENCE


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/api/"])
def test_the_address_may_be_that_of_another_interface(ollama_calls, suffix):
    url = ollama_calls.upstream.url

    ollama_calls.generate(base_url=f"{url}{suffix}")

    assert ollama_calls.upstream.requests[0].path == "/api/chat"


def test_installed_models_come_with_what_they_are_and_whether_they_are_loaded(
    ollama_calls,
):
    models = ollama_calls.run(lambda adapter: adapter.list_models(PATIENT))

    loaded, idle = models
    assert (loaded.model_name, loaded.is_loaded) == ("llama-x", True)
    assert (idle.model_name, idle.is_loaded) == ("llama-y", False)
    assert loaded.context_window == 131_072
    assert loaded.quantisation == "Q4_K_M"
    assert loaded.capabilities >= {"text_generation", "tools"}
    assert loaded.memory_gb == 6.7


def test_a_broken_model_hides_no_other(ollama_calls):
    script = [wire.models("llama-x", "llama-y"), wire.loaded(), wire.error(500)]
    ollama_calls.upstream.script += script

    models = ollama_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert sorted(model.capabilities is None for model in models) == [False, True]


def test_a_server_that_falls_silent_between_two_models_is_told(ollama_calls):
    script = [wire.models("llama-x", "llama-y"), wire.loaded(), SILENCE]
    ollama_calls.upstream.script += script

    with pytest.raises(NetworkError) as caught:
        ollama_calls.run(lambda adapter: adapter.list_models(QUICK))

    assert caught.value.code == "silence"


def test_one_model_is_described_by_its_name_without_the_tag(ollama_calls):
    script = [wire.show(), wire.models("llama-x:latest"), wire.loaded()]
    ollama_calls.upstream.script += script

    model = ollama_calls.run(lambda adapter: adapter.model_info("llama-x", PATIENT))

    assert model.model_name == "llama-x:latest"
    assert model.size_bytes == 4_920_753_328


def test_a_line_separator_within_a_text_ends_no_line(ollama_calls):
    document = wire.document("a\u2028b", "m", is_done=False)
    raw = f'{{"model": "m", "message": {{"content": "{chr(0x2028)}"}}, "done": false}}'
    done = wire.document("", "m", is_done=True)
    ollama_calls.upstream.script.append(wire.lines(document, raw, done))

    assert text_of(ollama_calls.stream()) == "a\u2028b\u2028"


def test_a_model_that_takes_no_tools_refuses_them_in_words(ollama_calls):
    message = "registry.ollama.ai/library/x does not support tools"
    ollama_calls.upstream.script.append(wire.error(400, message=message))

    with pytest.raises(InvalidRequestError, match="does not support tools"):
        ollama_calls.generate()
