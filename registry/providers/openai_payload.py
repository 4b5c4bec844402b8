"""A ModelRequest as the body of OpenAI's `POST /chat/completions`. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.providers.adapter import Endpoint
from registry.providers.messages import Image, Message, Part, Role, Text, Tool
from registry.providers.model_rules import rule_for
from registry.providers.request import ModelRequest
from registry.providers.strict_schema import has_object_root, is_strict

Body = dict[str, Any]  # OpenAI's JSON: its values vary.
SAME_NAMES: Final = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "reasoning_effort",
)
SHORT_ID: Final = re.compile(r"[a-zA-Z0-9]{9}")
NOT_IN_NAMES: Final = re.compile(r"[^a-zA-Z0-9_-]")
JSON_WORDS: Final = "Answer with one JSON document and nothing else."
SCHEMA_WORDS: Final = "It follows this JSON Schema:"


def chat_body(
    request: ModelRequest, model_name: str, endpoint: Endpoint
) -> tuple[Body, list[str]]:
    """The body, and a trace line for everything that was translated. `request` has
    been fitted to the model."""
    notes: list[str] = []
    body: Body = {"model": model_name}
    body["messages"] = _messages(request, model_name, endpoint, notes)
    _add_tools(body, request)
    _add_format(body, request, endpoint, notes)
    body |= {
        name: getattr(request, name)
        for name in SAME_NAMES
        if getattr(request, name) is not None
    }
    if request.max_tokens is not None:
        is_old = "no_max_completion_tokens" in endpoint.quirks
        body["max_tokens" if is_old else "max_completion_tokens"] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        is_odd = "random_seed" in endpoint.quirks
        body["random_seed" if is_odd else "seed"] = request.seed
    return body, notes


def system_role(model_name: str, endpoint: Endpoint) -> str:
    rule = rule_for(endpoint.provider, endpoint.dialect, model_name)
    is_developer = "developer_role" in endpoint.quirks and rule.efforts
    return "developer" if is_developer else "system"


def _messages(
    request: ModelRequest, model_name: str, endpoint: Endpoint, notes: list[str]
) -> list[Body]:
    messages: list[Body] = []
    if request.system_text:
        role = system_role(model_name, endpoint)
        messages.append({"role": role, "content": request.system_text})
    is_short = "short_tool_ids" in endpoint.quirks
    seen: list[Image] = []
    for turn in request.turns():
        if turn.role != Role.TOOL and seen:
            messages.append(_pictures(seen, notes))
            seen = []
        messages.append(_message(turn, is_short))
        if turn.role == Role.TOOL:
            seen += [part for part in turn.content if isinstance(part, Image)]
    return [*messages, _pictures(seen, notes)] if seen else messages


def _pictures(images: list[Image], notes: list[str]) -> Body:
    """What a tool showed, as a user's turn: a tool's own may hold only text."""
    notes.append("Images of a tool's answer were sent as a user message.")
    return {"role": "user", "content": [_part(image) for image in images]}


def _message(turn: Message, is_short: bool) -> Body:
    if turn.role == Role.TOOL:
        said = f"Error: {turn.text}" if turn.is_tool_error else turn.text
        call_id = tool_id(turn.tool_call_id, is_short)
        return {"role": "tool", "tool_call_id": call_id, "content": said}
    if turn.role == Role.ASSISTANT:
        return _assistant(turn, is_short)
    if all(isinstance(part, Text) for part in turn.content):
        return {"role": "user", "content": turn.text}
    parts = [_part(part) for part in turn.content if part != Text("")]
    return {"role": "user", "content": parts}


def _assistant(turn: Message, is_short: bool) -> Body:
    message: Body = {"role": "assistant", "content": turn.text or None}
    if turn.tool_calls:
        message["tool_calls"] = [
            {
                "id": tool_id(call.id, is_short),
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments or "{}"},
            }
            for call in turn.tool_calls
        ]
    elif message["content"] is None:
        message["content"] = ""
    return message


def _part(part: Part) -> Body:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    picture = {"url": part.data_url}
    if part.detail:
        picture["detail"] = part.detail
    return {"type": "image_url", "image_url": picture}


def tool_id(given: str, is_short: bool) -> str:
    """Nine letters and digits where the provider insists; the same for the same id."""
    if not is_short or SHORT_ID.fullmatch(given):
        return given
    return hashlib.sha256(given.encode()).hexdigest()[:9]


def _add_tools(body: Body, request: ModelRequest) -> None:
    if not request.tools:
        return
    body["tools"] = [
        {"type": "function", "function": function_of(tool)} for tool in request.tools
    ]
    if choice := request.tool_choice:
        is_one = choice.mode == "tool"
        named = {"type": "function", "function": {"name": choice.name}}
        body["tool_choice"] = named if is_one else choice.mode
    if request.parallel_tool_calls is not None:
        body["parallel_tool_calls"] = request.parallel_tool_calls


def function_of(tool: Tool) -> Body:
    """A tool as both of OpenAI's interfaces describe it."""
    schema = dict(tool.parameters) or {"type": "object", "properties": {}}
    function: Body = {"name": tool.name, "parameters": schema}
    if tool.description:
        function["description"] = tool.description
    if tool.is_strict:
        function["strict"] = True
    return function


def schema_format(request: ModelRequest, schema: Mapping[str, Any]) -> tuple[Body, str]:
    """Name, schema and whether it is kept strictly, and a note if it is not. A schema
    that leaves anything open is refused in strict mode, so it is only followed."""
    strict = is_strict(schema)
    name = NOT_IN_NAMES.sub("_", request.response_schema_name)[:64] or "answer"
    note = "" if strict else "The schema is not strict; the model is guided by it only."
    return {"name": name, "schema": dict(schema), "strict": strict}, note


def _add_format(
    body: Body, request: ModelRequest, endpoint: Endpoint, notes: list[str]
) -> None:
    schema = request.response_schema
    if schema is None:
        if request.is_json:
            _ask_for_json(body, JSON_WORDS, endpoint, notes)
        return
    if "no_json_schema" in endpoint.quirks or not has_object_root(schema):
        words = f"{JSON_WORDS} {SCHEMA_WORDS}\n{json.dumps(schema)}"
        is_object = has_object_root(schema)
        notes.append("The schema was sent as an instruction.")
        _ask_for_json(body, words, endpoint, notes, has_mode=is_object)
        return
    format_of, note = schema_format(request, schema)
    notes += [note] if note else []
    body["response_format"] = {"type": "json_schema", "json_schema": format_of}


def _ask_for_json(
    body: Body,
    words: str,
    endpoint: Endpoint,
    notes: list[str],
    *,
    has_mode: bool = True,
) -> None:
    """JSON mode. It is refused where no message speaks of JSON."""
    if has_mode and "no_json_object" not in endpoint.quirks:
        body["response_format"] = {"type": "json_object"}
    if words is not JSON_WORDS or not any(
        "json" in text.lower() for text in _texts(body["messages"])
    ):
        add_instruction(body["messages"], words)
        notes.append("An instruction to answer in JSON was added.")


def add_instruction(messages: list[Body], words: str) -> None:
    """To the system prompt, or as one."""
    if messages and messages[0]["role"] in ("system", "developer"):
        messages[0]["content"] += f"\n\n{words}"
    else:
        messages.insert(0, {"role": "system", "content": words})


def _texts(messages: list[Body]) -> Iterator[str]:
    for message in messages:
        content = message["content"]
        if isinstance(content, str):
            yield content
        elif content:
            yield from (part.get("text", "") for part in content)
