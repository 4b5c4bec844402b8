"""What answers in OpenAI's format mean, in the accent of each provider."""

import datetime

import pytest

from registry.providers.adapter import Endpoint
from registry.providers.endpoint_calls import EndpointCalls
from registry.providers.messages import ToolCall
from registry.providers.openai_models import offered_models
from registry.providers.openai_parsing import ChatStream, Source, completion
from registry.providers.response import FinishReason
from registry.providers.table import row_for
from registry.usage import Usage
from tests.registry.providers.fixtures import canned


def source(slug: str) -> Source:
    row = row_for(slug)
    endpoint = Endpoint(slug, row.dialect, row.base_url, quirks=row.quirks)
    return Source(EndpointCalls(endpoint), {}, row.quirks)


@pytest.mark.parametrize(
    ("slug", "content", "reasoning", "usage"),
    [
        (
            "openai",
            "Hello! How can I help?",
            "",
            {"input": 1319, "output": 210, "cache_read": 1280, "reasoning": 192},
        ),
        (
            "deepseek",
            "9.8 is greater.",
            "Compare the tenths: 8 against 1.",
            {"input": 16, "output": 40, "cache_read": 12, "reasoning": 30},
        ),
        ("mistral", "Four.", "Two and two.", {"input": 10, "output": 20}),
        (
            "x-ai",
            "Forty-two.",
            "",
            {"input": 32, "output": 103, "cache_read": 6, "reasoning": 94},
        ),
        (
            "openrouter",
            "",
            "The weather tool knows.",
            {"input": 80, "output": 30, "cache_read": 64, "reasoning": 11},
        ),
        ("clarifai", "Hello!", "", {"input": 70, "output": 12}),
    ],
)
def test_an_answer_means_the_same_whoever_gives_it(slug, content, reasoning, usage):
    answer = completion(canned(f"{slug}/answer.json"), source(slug))

    assert (answer.content, answer.reasoning) == (content, reasoning)
    assert answer.usage == Usage(
        **{f"{kind}_tokens": count for kind, count in usage.items()}
    )


def test_a_tool_call_of_a_router_is_read():
    answer = completion(canned("openrouter/answer.json"), source("openrouter"))

    assert answer.tool_calls == (ToolCall("call_9f", "weather", '{"city": "Zürich"}'),)
    assert answer.finish_reason == FinishReason.TOOL_CALLS


def test_a_stream_is_read_event_by_event():
    reader = ChatStream(source("openai"))

    events = canned("openai/stream.jsonl")
    chunks = [chunk for event in events if (chunk := reader.read(event))]

    assert "".join(chunk.text for chunk in chunks) == "Hello!"
    assert chunks[0].model_name == "gpt-5-mini-2025-08-07"
    assert reader.finish_reason == FinishReason.STOP
    usage, notes = reader.usage()
    assert usage == Usage(input_tokens=9, output_tokens=75, reasoning_tokens=64)
    assert notes == ()


def test_a_router_tells_much_about_its_models():
    (model,) = offered_models(canned("openrouter/models.json"), "openrouter") or []

    assert model.model_name == "openai/gpt-oss-120b"
    assert (model.context_window, model.max_output_tokens) == (131_072, 65_536)
    assert {"tools", "structured_output", "reasoning"} <= (model.capabilities or set())
    assert model.released_on == datetime.date(2025, 8, 5)
