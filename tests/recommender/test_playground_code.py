"""A request as code that runs, says the same, and holds no key."""

import ast
import base64
import json
import shlex

import pytest

from recommender.playground_code import code_of
from recommender.playground_request import Attached, Inputs, request_of
from tests.recommender.playground import png

PICTURE = Attached("cat.png", "image/png", png(), 2, 3)
INPUTS = Inputs(
    system="Say 'it'\nin \"{{language}}\".",
    messages=(
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "What's $HOME?"},
    ),
    variables={"language": "Danish"},
    parameters={"temperature": 0.5, "stop": ["END"]},
    response_schema={"type": "object"},
)


def codes(inputs=INPUTS, attached=()):
    request = request_of(inputs, attached)
    made = code_of(request, "openai/gpt-a", "https://hub.example/v1", attached)
    return {one.name: one.text for one in made}


def test_curl_sends_the_request():
    words = shlex.split(codes()["curl"].replace("\\\n", " "))

    body = json.loads(words[-1])
    assert words[1] == "https://hub.example/v1/chat/completions"
    assert body["model"] == "openai/gpt-a"
    assert body["messages"][0]["content"] == "Say 'it'\nin \"Danish\"."
    assert body["messages"][-1]["content"] == "What's $HOME?"
    assert (body["temperature"], body["stop"]) == (0.5, ["END"])
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}


@pytest.mark.parametrize("attached", [(), (PICTURE,)], ids=["text", "picture"])
@pytest.mark.parametrize("name", ["OpenAI SDK", "ModelHub"])
def test_python_is_python(name, attached):
    text = codes(attached=attached)[name]

    ast.parse(text)
    assert "'openai/gpt-a'" in text
    assert "What's $HOME?" in text
    assert ("image-1.png" in text) == bool(attached)


def test_a_picture_stays_in_its_file():
    packed = base64.b64encode(png()).decode()

    for text in codes(attached=(PICTURE,)).values():
        assert packed not in text
        assert "image-1.png" in text


def test_no_code_holds_a_key():
    made = codes()

    assert "$MODELHUB_TOKEN" in made["curl"]
    assert 'os.environ["MODELHUB_TOKEN"]' in made["OpenAI SDK"]
