"""Anthropic's requests as our own."""

import pytest

from modelhub.gateway.wire.anthropic_request import request_from_messages
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Role, Tool, ToolCall, ToolChoice

HELLO = [{"role": "user", "content": "Hi"}]


def parsed(**fields):
    asked = {"model": "m", "max_tokens": 64, "messages": HELLO}
    return request_from_messages(asked | fields)[0]


def test_the_system_prompt_may_come_in_blocks():
    blocks = [{"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}}]

    assert parsed(system="Be brief.").system_text == "Be brief."
    assert (
        parsed(system=[*blocks, {"type": "text", "text": "B"}]).system_text == "A\n\nB"
    )


def test_pictures_are_kept():
    source = {"type": "base64", "media_type": "image/png", "data": "QUJD"}
    linked = {"type": "url", "url": "https://a.b/c.png"}
    content = [{"type": "image", "source": one} for one in (source, linked)]

    (turn,) = parsed(messages=[{"role": "user", "content": content}]).turns()

    assert turn.content == (
        Image(data="QUJD", media_type="image/png"),
        Image(url="https://a.b/c.png"),
    )


def test_tools_their_calls_and_their_answers_are_kept():
    schema = {"type": "object", "properties": {}}
    call = {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {"a": "ü"}}
    answer = {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [{"type": "text", "text": "noon"}],
        "is_error": True,
    }
    request = parsed(
        messages=[
            *HELLO,
            {"role": "assistant", "content": [{"type": "text", "text": "…"}, call]},
            {"role": "user", "content": [answer, {"type": "text", "text": "Go on"}]},
        ],
        tools=[{"name": "now", "description": "d", "input_schema": schema}],
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
    )

    assert request.tools == (Tool("now", "d", schema),)
    assert request.tool_choice == ToolChoice("required")
    assert request.parallel_tool_calls is False
    _, asked, answered, more = request.turns()
    assert asked.tool_calls == (ToolCall("toolu_1", "now", '{"a": "ü"}'),)
    assert answered.role is Role.TOOL
    assert (answered.text, answered.is_tool_error) == ("noon", True)
    assert more.text == "Go on"


@pytest.mark.parametrize(
    ("fields", "effort"),
    [
        ({"thinking": {"type": "disabled"}}, "none"),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "low"),
        ({"thinking": {"type": "enabled", "budget_tokens": 8000}}, "medium"),
        ({"thinking": {"type": "enabled", "budget_tokens": 30_000}}, "high"),
        ({"thinking": {"type": "adaptive"}}, None),
        ({"output_config": {"effort": "max"}}, "xhigh"),
    ],
)
def test_thinking_becomes_an_effort(fields, effort):
    assert parsed(**fields).reasoning_effort == effort


def test_earlier_thinking_is_left_out_with_a_note():
    said = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Yes"}]
    messages = [*HELLO, {"role": "assistant", "content": said}, *HELLO]

    request, notes = request_from_messages({"messages": messages})

    assert [turn.text for turn in request.turns()] == ["Hi", "Yes", "Hi"]
    assert notes == ("Earlier thinking was left out: it belongs to its own model.",)


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"mcp_servers": [{"url": "https://x"}]},
        {"messages": [{"role": "user", "content": [{"type": "document"}]}]},
        {"messages": [{"role": "narrator", "content": "x"}]},
        {"messages": "Hi"},
        {"stop_sequences": [1]},
    ],
)
def test_what_cannot_be_translated_is_refused(fields):
    with pytest.raises(InvalidRequestError):
        parsed(**fields)
