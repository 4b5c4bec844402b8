"""How a reasoning effort is said to each generation of Anthropic's models."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.anthropic_models import line_and_version
from registry.providers.anthropic_payload import message_body
from registry.providers.messages import (
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
)
from registry.providers.request import ModelRequest


def sent(model_name, effort, **request):
    body, notes = message_body(
        ModelTraits(model_name),
        ModelRequest(**{"prompt": "Hi", "reasoning_effort": effort} | request),
    )
    return body, [note for note in notes if "max_tokens was set" not in note]


@pytest.mark.parametrize(
    ("name", "line", "version"),
    [
        ("claude-opus-4-1-20250805", "opus", (4, 1)),
        ("claude-opus-4-20250514", "opus", (4, 0)),
        ("claude-3-5-sonnet-20241022", "sonnet", (3, 5)),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "sonnet", (4, 5)),
        ("anthropic/claude-haiku-5.5", "haiku", (5, 5)),
        ("claude-fable-5", "fable", (5, 0)),
    ],
)
def test_line_and_version_are_read_from_the_name(name, line, version):
    assert line_and_version(name) == (line, version)


def test_older_models_get_a_budget_on_top_of_the_answer():
    body, _ = sent("claude-sonnet-4-5", "medium", temperature=0.3)

    assert body["thinking"] == {"type": "enabled", "budget_tokens": 8192}
    assert body["max_tokens"] == 4096 + 8192
    assert "temperature" not in body


def test_a_budget_leaves_half_of_max_tokens_to_the_answer():
    body, notes = sent("claude-sonnet-4-5", "high", max_tokens=6000)

    assert body["thinking"]["budget_tokens"] == 3000
    assert len(notes) == 1


def test_a_budget_without_room_is_dropped():
    body, notes = sent("claude-sonnet-4-5", "low", max_tokens=1000)

    assert "thinking" not in body
    assert "leaves no room" in notes[-1]


def test_newer_models_get_adaptive_thinking_and_an_effort():
    body, notes = sent("claude-opus-4-7", "xhigh")

    assert body["thinking"] == {"type": "adaptive"}
    assert body["output_config"] == {"effort": "xhigh"}
    assert notes == []


@pytest.mark.parametrize(("asked", "effort"), [("minimal", "low"), ("xhigh", "high")])
def test_an_effort_that_a_model_lacks_becomes_the_nearest(asked, effort):
    body, notes = sent("claude-sonnet-4-6", asked)

    assert body["output_config"] == {"effort": effort}
    assert len(notes) == 1


def test_thinking_is_switched_off_where_it_can_be():
    assert "thinking" not in sent("claude-opus-4-8", "none")[0]
    assert sent("claude-sonnet-5", "none")[0]["thinking"] == {"type": "disabled"}
    body, notes = sent("claude-fable-5", "none")
    assert body["output_config"] == {"effort": "low"}
    assert "always thinks" in notes[0]


def test_a_model_that_does_not_think_says_so():
    assert "does not think" in sent("claude-3-5-haiku-20241022", "high")[1][0]


def test_a_forced_tool_and_a_budget_exclude_one_another():
    body, notes = sent(
        "claude-sonnet-4-5",
        "high",
        tools=(Tool("a"),),
        tool_choice=ToolChoice("required"),
    )

    assert "thinking" not in body
    assert "a tool is forced" in notes[0]


def test_a_budget_is_not_set_between_a_tool_call_and_the_answer():
    call = ToolCall("c1", "a", "{}")
    messages = (
        Message.of("user", "Hi"),
        Message(Role.ASSISTANT, tool_calls=(call,)),
        Message(Role.TOOL, (Text("done"),), tool_call_id="c1"),
    )

    older, notes = sent("claude-sonnet-4-5", "high", messages=messages, prompt="")
    newer, _ = sent("claude-opus-4-6", "high", messages=messages, prompt="")

    assert "thinking" not in older
    assert "a tool has just answered" in notes[0]
    assert newer["thinking"] == {"type": "adaptive"}
