"""OpenAI's format relayed: what is exchanged, what passes, and what is read."""

import json
from decimal import Decimal

import pytest

from registry.providers.response import FinishReason
from tests.gateway.relaying import (
    candidate,
    relayed,
    sent_to_client,
    streamed,
    usage_of,
)
from tests.upstream.openai_wire import USAGE, chunk, completion, stream
from tests.upstream.replies import sse_reply

ASKED = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}


def test_only_model_and_key_are_exchanged(upstream):
    body = (
        b'{"model":"feature:chat","messages":[{"role":"user","content":"\\u00e9"}],'
        b'"new_parameter":{"deep":[1.50,1e3,true]},"temperature":0.10}'
    )

    relayed(candidate(upstream.url), body, authorization="Bearer mh_clients-own")

    received = upstream.requests[0]
    assert received.body == body.replace(b"feature:chat", b"gpt-x")
    assert received.headers["authorization"] == "Bearer sk-secret"
    assert "mh_clients-own" not in str(received.headers)


def test_the_body_of_the_answer_is_the_providers_own(upstream):
    reply = completion(system_fingerprint="fp_1", surprise=[1, 2])
    upstream.script = [reply]

    answer = relayed(candidate(upstream.url), ASKED)

    assert answer.payload == reply.pieces[0]
    assert answer.text == "Hello there."
    assert answer.model_name == "gpt-x"
    assert answer.finish_reason is FinishReason.STOP
    assert answer.provider_request_id == "req_up_1"
    assert (answer.usage.input_tokens, answer.usage.cache_read_tokens) == (12, 4)
    assert (answer.usage.output_tokens, answer.usage.reasoning_tokens) == (5, 2)


def test_the_assignment_fills_what_the_client_does_not_say(upstream):
    parameters = {"temperature": 0.2, "top_p": 0.5, "max_tokens": 99, "stop": ["END"]}

    relayed(candidate(upstream.url, parameters=parameters), ASKED | {"top_p": 0.9})

    sent = upstream.requests[0].json
    assert (sent["temperature"], sent["top_p"], sent["stop"]) == (0.2, 0.9, ["END"])
    assert sent["max_completion_tokens"] == 99


@pytest.mark.parametrize(
    ("quirks", "name"),
    [(set(), "max_completion_tokens"), ({"no_max_completion_tokens"}, "max_tokens")],
)
def test_the_limit_goes_by_the_name_that_the_provider_knows(upstream, quirks, name):
    target = candidate(upstream.url, quirks=frozenset(quirks))

    relayed(target, ASKED | {"max_tokens": 7})

    limits = {key for key in upstream.requests[0].json if key.startswith("max_")}
    assert limits == {name}


def test_what_a_reasoning_model_refuses_is_left_out_with_a_note(upstream):
    target = candidate(upstream.url, model="gpt-5-mini")

    answer = relayed(target, ASKED | {"temperature": 0.3, "seed": 4})

    assert "temperature" not in upstream.requests[0].json
    assert upstream.requests[0].json["seed"] == 4
    assert answer.trace == ("temperature dropped: gpt-5-mini takes none",)


def test_headers_worth_passing_pass(upstream):
    relayed(
        candidate(upstream.url, headers={"x-own": "1"}),
        ASKED,
        openai_beta="assistants=v2",
        cookie="c=1",
    )

    headers = upstream.requests[0].headers
    assert headers["openai-beta"] == "assistants=v2"
    assert headers["x-own"] == "1"
    assert "cookie" not in headers


def test_a_stream_asks_for_usage_and_keeps_it_to_itself(upstream):
    pieces = streamed(candidate(upstream.url), ASKED | {"stream": True})

    assert upstream.requests[0].json["stream_options"] == {"include_usage": True}
    assert usage_of(pieces).output_tokens == 5
    assert b"prompt_tokens" not in sent_to_client(pieces)
    assert sent_to_client(pieces).endswith(b"data: [DONE]\n\n")


def test_usage_that_the_client_asked_for_reaches_it(upstream):
    options = {"include_usage": True}

    pieces = streamed(
        candidate(upstream.url), ASKED | {"stream": True, "stream_options": options}
    )

    assert sent_to_client(pieces) == b"".join(stream(model="gpt-x").pieces)


def test_the_pieces_say_what_is_in_them(upstream):
    pieces = streamed(candidate(upstream.url), ASKED | {"stream": True})

    assert "".join(piece.text for piece in pieces) == "Hello there."
    assert [piece.has_content for piece in pieces][:2] == [False, True]
    assert [piece.finish_reason for piece in pieces if piece.finish_reason] == ["stop"]
    assert [piece.is_last for piece in pieces].count(True) == 1
    assert pieces[0].model_name == "gpt-x"


def test_a_tool_call_in_a_stream_is_marked(upstream):
    call = {"index": 0, "id": "call_1", "function": {"name": "f", "arguments": "{}"}}
    upstream.script = [
        sse_reply(
            chunk(delta={"tool_calls": [call]}),
            chunk(finish="tool_calls"),
            "data: [DONE]",
        )
    ]

    pieces = streamed(candidate(upstream.url), ASKED | {"stream": True})

    assert pieces[0].has_content
    assert pieces[0].has_tool_call
    assert pieces[1].finish_reason is FinishReason.TOOL_CALLS


@pytest.mark.parametrize(
    ("quirks", "heard"),
    [(frozenset({"reports_cost"}), Decimal("0.00125")), (frozenset(), None)],
)
def test_a_bill_is_heard_from_whom_it_is_known_to_be_one(upstream, quirks, heard):
    upstream.script = [completion(usage=USAGE | {"cost": 0.00125})]

    answer = relayed(candidate(upstream.url, quirks=quirks), ASKED)

    assert answer.reported_usd == heard


def test_a_large_body_survives_to_the_byte(upstream):
    picture = "A" * 2_000_000
    part = {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{picture}"},
    }
    asked = ASKED | {"messages": [{"role": "user", "content": [part]}]}

    relayed(candidate(upstream.url), json.dumps(asked).encode())

    assert upstream.requests[0].json["messages"] == asked["messages"]
