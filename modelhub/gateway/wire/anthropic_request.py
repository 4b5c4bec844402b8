"""A body of Anthropic's `POST /v1/messages` as a ModelRequest. What would mean
something else without a parameter that is not translated is refused; what would not is
left out with a note."""

from __future__ import annotations

import json
from typing import Final

from modelhub.gateway.wire.reading import (
    Object,
    a_text,
    an_object,
    image_of,
    number,
    objects,
    refuse,
    texts,
    whole,
)
from registry.providers.messages import (
    Image,
    Message,
    Part,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
)
from registry.providers.request import ModelRequest

READ: Final = frozenset(
    {"model", "messages", "system", "max_tokens", "stream", "temperature", "top_p"}
    | {"stop_sequences", "tools", "tool_choice", "thinking", "output_config"}
    | {"output_format"}
)
WITHOUT_MEANING: Final = frozenset(
    {"metadata", "service_tier", "top_k", "inference_geo", "cache_control"}
)
THOUGHTS: Final = frozenset({"thinking", "redacted_thinking"})
EFFORTS: Final = ((2048, "low"), (10_000, "medium"))
"""A budget of thinking up to so many tokens is such an effort; above, high."""
CHOICES: Final = {"auto": "auto", "any": "required", "none": "none", "tool": "tool"}


def request_from_messages(fields: Object) -> tuple[ModelRequest, tuple[str, ...]]:
    """The request and a note for each thing that was left out. Raises
    InvalidRequestError."""
    notes = _check(fields)
    choice = fields.get("tool_choice")
    request = ModelRequest(
        messages=tuple(
            message
            for place, one in enumerate(objects(fields.get("messages"), "messages"))
            for message in _messages(one, f"messages[{place}]", notes)
        ),
        system=_system(fields.get("system")),
        tools=_tools(fields),
        tool_choice=_choice(choice),
        parallel_tool_calls=_parallel(choice),
        response_schema=_schema(fields),
        temperature=number(fields, "temperature"),
        top_p=number(fields, "top_p"),
        max_tokens=whole(fields, "max_tokens"),
        stop=texts(fields, "stop_sequences"),
        reasoning_effort=_effort(fields),
    )
    return request, tuple(dict.fromkeys(notes))


def _check(fields: Object) -> list[str]:
    notes = []
    for name, value in fields.items():
        if name in READ or value in (None, False, [], {}):
            continue
        if name not in WITHOUT_MEANING:
            refuse(f"{name} cannot be translated for this model.", "unsupported")
        notes.append(f"{name} was left out: it cannot be translated for this model.")
    return notes


def _system(system: object) -> str:
    if system is None:
        return ""
    if isinstance(system, str):
        return system
    blocks = objects(system, "system")
    return "\n\n".join(a_text(block.get("text"), "system.text") for block in blocks)


def _messages(message: Object, where: str, notes: list[str]) -> list[Message]:
    """One turn of theirs: answers of tools stand in a user's turn, and become turns of
    their own before it."""
    role, content = message.get("role"), message.get("content")
    if role not in ("user", "assistant", "system"):
        refuse(f"{where}.role must be user or assistant.")
    if isinstance(content, str):
        return [Message.of(role, content)]
    blocks = objects(content, f"{where}.content")
    answers = [
        _tool_answer(block, where)
        for block in blocks
        if block.get("type") == "tool_result"
    ]
    calls = tuple(
        _call(block, where) for block in blocks if block.get("type") == "tool_use"
    )
    said: list[Part] = []
    for block in blocks:
        if block.get("type") in THOUGHTS:
            notes.append("Earlier thinking was left out: it belongs to its own model.")
        elif block.get("type") not in ("tool_result", "tool_use"):
            said.append(_part(block, where))
    own = [Message(Role(role), tuple(said), calls)] if said or calls else []
    return [*answers, *own]


def _part(block: Object, where: str) -> Part:
    kind = block.get("type")
    if kind == "text":
        return Text(a_text(block.get("text"), f"{where}.content.text"))
    if kind != "image":
        refuse(f"{where}: {kind} cannot be sent to this model.", "unsupported")
    return _image(an_object(block.get("source"), f"{where}.source"), where)


def _image(source: Object, where: str) -> Image:
    if source.get("type") == "url":
        return image_of(a_text(source.get("url"), f"{where}.url"), f"{where}.url")
    if source.get("type") != "base64":
        refuse(f"{where}: a picture comes by address or as base64.", "unsupported")
    return Image(
        data=a_text(source.get("data"), f"{where}.data"),
        media_type=a_text(source.get("media_type"), f"{where}.media_type"),
    )


def _call(block: Object, where: str) -> ToolCall:
    given = an_object(block.get("input", {}), f"{where}.input")
    return ToolCall(
        a_text(block.get("id"), f"{where}.id"),
        a_text(block.get("name"), f"{where}.name"),
        json.dumps(given, ensure_ascii=False),
    )


def _tool_answer(block: Object, where: str) -> Message:
    content = block.get("content")
    parts: tuple[Part, ...] = ()
    if isinstance(content, str):
        parts = (Text(content),)
    elif content is not None:
        blocks = objects(content, f"{where}.tool_result.content")
        parts = tuple(_part(one, f"{where}.tool_result") for one in blocks)
    return Message(
        Role.TOOL,
        parts,
        tool_call_id=a_text(block.get("tool_use_id"), f"{where}.tool_use_id"),
        is_tool_error=block.get("is_error") is True,
    )


def _tools(fields: Object) -> tuple[Tool, ...]:
    tools = []
    for place, tool in enumerate(objects(fields.get("tools") or [], "tools")):
        if tool.get("type") not in (None, "custom"):
            refuse(f"tools[{place}]: this model has no such tool.", "unsupported")
        schema = an_object(tool.get("input_schema"), f"tools[{place}].input_schema")
        name = a_text(tool.get("name"), f"tools[{place}].name")
        is_strict = tool.get("strict") is True
        tools.append(Tool(name, tool.get("description") or "", schema, is_strict))
    return tuple(tools)


def _choice(choice: object) -> ToolChoice | None:
    if choice is None:
        return None
    given = an_object(choice, "tool_choice")
    mode = CHOICES.get(given.get("type", ""))
    if mode is None:
        refuse(f"tool_choice.type must be one of {', '.join(CHOICES)}.")
    name = given.get("name")
    return ToolChoice(mode, a_text(name, "tool_choice.name") if mode == "tool" else "")


def _parallel(choice: object) -> bool | None:
    is_off = isinstance(choice, dict) and choice.get("disable_parallel_tool_use")
    return False if is_off is True else None


def _effort(fields: Object) -> str | None:
    config = fields.get("output_config")
    asked = config.get("effort") if isinstance(config, dict) else None
    if isinstance(asked, str):
        return "xhigh" if asked == "max" else asked
    thinking = fields.get("thinking")
    if thinking is None:
        return None
    given = an_object(thinking, "thinking")
    if given.get("type") == "disabled":
        return "none"
    if given.get("type") == "adaptive":
        return None
    budget = whole(given, "budget_tokens") or 0
    return next((effort for most, effort in EFFORTS if budget <= most), "high")


def _schema(fields: Object) -> Object | None:
    config = fields.get("output_config")
    form = config.get("format") if isinstance(config, dict) else None
    form = form or fields.get("output_format")
    if form is None:
        return None
    given = an_object(form, "output_config.format")
    if given.get("type") != "json_schema":
        refuse("output_config.format.type must be json_schema.")
    return an_object(given.get("schema"), "output_config.format.schema")
