"""What the user said last, as an automatic choice reads it."""

import json

import pytest

from modelhub.gateway.relay.body import parse_body
from modelhub.gateway.translated import facts_of
from modelhub.gateway.wire.size import facts_of_body
from registry.providers.request import ModelRequest


def test_the_prompt_is_what_the_user_said_last():
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "First."},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": [{"type": "text", "text": "Second."}]},
        {"role": "assistant", "content": "Then"},
    ]
    body = parse_body(json.dumps({"model": "auto", "messages": messages}).encode())
    assert facts_of_body(body).prompt() == "Second."
    assert facts_of(ModelRequest(prompt="Hello?")).prompt() == "Hello?"


@pytest.mark.parametrize(
    "messages",
    [None, [], "text", [1, None], [{"role": "user"}], [{"role": "user", "content": 3}]],
    ids=["none", "empty", "text", "odd", "no-content", "number"],
)
def test_messages_of_any_shape_have_a_prompt(messages):
    body = parse_body(json.dumps({"model": "auto", "messages": messages}).encode())
    assert facts_of_body(body).prompt() == ""
