"""OpenAI's Responses API: the body of `POST /responses` and which models need it. Pure.

Chat Completions is the rule, as every compatible endpoint speaks it. Responses is used
only where OpenAI refuses the request otherwise: models that it serves nowhere else, and
function tools for a model of gpt-5.2 and later while it reasons."""

from __future__ import annotations

import re
from typing import Any, Final

from registry.providers.adapter import Endpoint
from registry.providers.messages import Image, Message, Part, Role
from registry.providers.model_rules import family_id
from registry.providers.openai_payload import (
    JSON_WORDS,
    Body,
    function_of,
    schema_format,
)
from registry.providers.request import ModelRequest
from registry.providers.strict_schema import has_object_root

ONLY_RESPONSES: Final = re.compile(
    r"(?:o\d|gpt-\d(?:\.\d+)?)-pro|.*(?:codex|deep-research|computer-use)"
)
TOOLS_NEED_RESPONSES: Final = re.compile(r"gpt-(?:5\.[2-9]|5\.\d\d|[6-9])(?!.*-chat)")
NOT_THERE: Final = ("frequency_penalty", "presence_penalty", "stop", "seed")
LEAST_TOKENS: Final = 16


def needs_responses(request: ModelRequest, model_name: str, endpoint: Endpoint) -> bool:
    if "has_responses" not in endpoint.quirks:
        return False
    name = family_id(model_name)
    if ONLY_RESPONSES.match(name):
        return True
    has_reasoning = request.reasoning_effort != "none"
    return bool(request.tools and has_reasoning and TOOLS_NEED_RESPONSES.match(name))


def responses_body(request: ModelRequest, model_name: str) -> tuple[Body, list[str]]:
    """The body, and a trace line for everything that was dropped or translated."""
    notes = ["Sent through the Responses API."]
    body: Body = {"model": model_name, "store": False, "input": _items(request)}
    if request.system_text:
        body["instructions"] = request.system_text
    _add_tools(body, request, notes)
    _add_format(body, request, notes)
    _add_parameters(body, request, notes)
    return body, notes


def _items(request: ModelRequest) -> list[Body]:
    return [item for turn in request.turns() for item in _turn(turn)]


def _turn(turn: Message) -> list[Body]:
    if turn.role == Role.TOOL:
        return [
            {
                "type": "function_call_output",
                "call_id": turn.tool_call_id,
                "output": _output(turn),
            }
        ]
    if turn.role == Role.USER:
        return [{"role": "user", "content": [_part(part) for part in turn.content]}]
    said = [{"role": "assistant", "content": turn.text}] if turn.text else []
    calls = [
        {
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments or "{}",
        }
        for call in turn.tool_calls
    ]
    return [*said, *calls]


def _output(turn: Message) -> Any:  # A text, or the parts of one with images.
    if any(isinstance(part, Image) for part in turn.content):
        return [_part(part) for part in turn.content]
    return f"Error: {turn.text}" if turn.is_tool_error else turn.text


def _part(part: Part) -> Body:
    if isinstance(part, Image):
        detail = part.detail or "auto"
        return {"type": "input_image", "image_url": part.data_url, "detail": detail}
    return {"type": "input_text", "text": part.text}


def _add_tools(body: Body, request: ModelRequest, notes: list[str]) -> None:
    tools = [
        {"type": "function", "strict": False, **function_of(tool)}
        for tool in request.tools
    ]
    if not tools and "deep-research" in body["model"]:
        # It refuses to work without a source to search.
        tools = [{"type": "web_search_preview"}]
        notes.append("Web search was switched on: deep research needs it.")
    if not tools:
        return
    body["tools"] = tools
    if choice := request.tool_choice:
        named = {"type": "function", "name": choice.name}
        body["tool_choice"] = named if choice.mode == "tool" else choice.mode
    if request.parallel_tool_calls is not None:
        body["parallel_tool_calls"] = request.parallel_tool_calls


def _add_format(body: Body, request: ModelRequest, notes: list[str]) -> None:
    schema = request.response_schema
    if schema is not None and has_object_root(schema):
        format_of, note = schema_format(request, schema)
        notes += [note] if note else []
        body["text"] = {"format": {"type": "json_schema", **format_of}}
    elif schema is not None or request.is_json:
        body["text"] = {"format": {"type": "json_object"}}
        # JSON mode is refused where the input does not speak of JSON.
        body["input"].insert(0, {"role": "developer", "content": JSON_WORDS})
        notes.append("An instruction to answer in JSON was added.")


def _add_parameters(body: Body, request: ModelRequest, notes: list[str]) -> None:
    for name in ("temperature", "top_p"):
        if getattr(request, name) is not None:
            body[name] = getattr(request, name)
    if request.max_tokens is not None:
        body["max_output_tokens"] = max(request.max_tokens, LEAST_TOKENS)
        if request.max_tokens < LEAST_TOKENS:
            notes.append(
                f"max_tokens {request.max_tokens} raised to {LEAST_TOKENS}, the least."
            )
    if request.reasoning_effort is not None:
        body["reasoning"] = {"effort": request.reasoning_effort}
    notes += [
        f"{name} dropped: the Responses API takes none"
        for name in NOT_THERE
        if getattr(request, name) not in (None, ())
    ]
