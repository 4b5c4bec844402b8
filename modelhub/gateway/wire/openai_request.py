"""A body of OpenAI's `POST /chat/completions` as a ModelRequest. What would mean
something else without a parameter that is not translated is refused; what would not is
left out with a note."""

from __future__ import annotations

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
    truth,
    whole,
)
from registry.providers.messages import (
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
    {"messages", "tools", "tool_choice", "parallel_tool_calls", "response_format"}
    | {"temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed"}
    | {"frequency_penalty", "presence_penalty", "reasoning_effort", "n"}
    | {"model", "stream", "stream_options", "modalities"}
)
WITHOUT_MEANING: Final = frozenset(
    {"user", "metadata", "store", "service_tier", "safety_identifier", "verbosity"}
    | {"prompt_cache_key", "prompt_cache_retention", "prediction"}
)
"""Left out with a note: the answer means the same without them."""
ROLES: Final = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


def request_from_chat(fields: Object) -> tuple[ModelRequest, tuple[str, ...]]:
    """The request and a note for each parameter that was left out. Raises
    InvalidRequestError."""
    notes = _check(fields)
    schema, name, is_json = _format(fields)
    request = ModelRequest(
        messages=tuple(
            _message(one, f"messages[{place}]")
            for place, one in enumerate(objects(fields.get("messages"), "messages"))
        ),
        tools=_tools(fields),
        tool_choice=_choice(fields.get("tool_choice")),
        parallel_tool_calls=truth(fields, "parallel_tool_calls"),
        response_schema=schema,
        response_schema_name=name,
        is_json=is_json,
        temperature=number(fields, "temperature"),
        top_p=number(fields, "top_p"),
        max_tokens=_limit(fields),
        frequency_penalty=number(fields, "frequency_penalty"),
        presence_penalty=number(fields, "presence_penalty"),
        stop=texts(fields, "stop"),
        seed=whole(fields, "seed"),
        reasoning_effort=_effort(fields),
    )
    return request, notes


def _check(fields: Object) -> tuple[str, ...]:
    if fields.get("n") not in (None, 1):
        refuse("n: this model gives one answer to a request.", "unsupported")
    if fields.get("modalities") not in (None, ["text"]):
        refuse("modalities: this model answers in text only.", "unsupported")
    notes = []
    for name, value in fields.items():
        if name in READ or value in (None, False, [], {}):
            continue
        if name not in WITHOUT_MEANING:
            refuse(f"{name} cannot be translated for this model.", "unsupported")
        notes.append(f"{name} was left out: it cannot be translated for this model.")
    return tuple(notes)


def _limit(fields: Object) -> int | None:
    newest = whole(fields, "max_completion_tokens")
    return whole(fields, "max_tokens") if newest is None else newest


def _effort(fields: Object) -> str | None:
    effort = fields.get("reasoning_effort")
    return None if effort is None else a_text(effort, "reasoning_effort")


def _message(message: Object, where: str) -> Message:
    role = ROLES.get(message.get("role", ""))
    if role is None:
        refuse(f"{where}.role must be one of {', '.join(ROLES)}.")
    content = _content(message.get("content"), f"{where}.content")
    if role == Role.TOOL:
        call_id = a_text(message.get("tool_call_id"), f"{where}.tool_call_id")
        return Message(role, content, tool_call_id=call_id)
    if role != Role.ASSISTANT:
        return Message(role, content)
    if not content and isinstance(refusal := message.get("refusal"), str):
        content = (Text(refusal),)
    return Message(role, content, tool_calls=_calls(message, where))


def _content(content: object, where: str) -> tuple[Part, ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        return (Text(content),)
    return tuple(
        _part(part, f"{where}[{place}]")
        for place, part in enumerate(objects(content, where))
    )


def _part(part: Object, where: str) -> Part:
    kind = part.get("type")
    if kind in ("text", "refusal"):
        return Text(a_text(part.get(kind), f"{where}.{kind}"))
    if kind != "image_url":
        refuse(f"{where}: {kind} cannot be sent to this model.", "unsupported")
    given = part.get("image_url")
    picture = {"url": given} if isinstance(given, str) else an_object(given, where)
    url = a_text(picture.get("url"), f"{where}.image_url.url")
    return image_of(url, f"{where}.image_url.url", picture.get("detail") or "")


def _calls(message: Object, where: str) -> tuple[ToolCall, ...]:
    calls = message.get("tool_calls")
    if not calls:
        return ()
    return tuple(
        _call(call, f"{where}.tool_calls[{place}]")
        for place, call in enumerate(objects(calls, f"{where}.tool_calls"))
    )


def _call(call: Object, where: str) -> ToolCall:
    function = an_object(call.get("function"), f"{where}.function")
    return ToolCall(
        a_text(call.get("id"), f"{where}.id"),
        a_text(function.get("name"), f"{where}.function.name"),
        a_text(function.get("arguments", ""), f"{where}.function.arguments"),
    )


def _tools(fields: Object) -> tuple[Tool, ...]:
    if not fields.get("tools"):
        return ()
    return tuple(
        _tool(one, f"tools[{place}]")
        for place, one in enumerate(objects(fields["tools"], "tools"))
    )


def _tool(tool: Object, where: str) -> Tool:
    if tool.get("type") != "function":
        refuse(f"{where}: this model calls functions only.", "unsupported")
    function = an_object(tool.get("function"), f"{where}.function")
    return Tool(
        a_text(function.get("name"), f"{where}.function.name"),
        function.get("description") or "",
        an_object(function.get("parameters") or {}, f"{where}.function.parameters"),
        is_strict=bool(function.get("strict")),
    )


def _choice(choice: object) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str):
        if choice not in ("auto", "none", "required"):
            refuse("tool_choice must be auto, none, required or a function.")
        return ToolChoice(choice)
    function = an_object(choice, "tool_choice").get("function")
    name = an_object(function, "tool_choice.function").get("name")
    return ToolChoice("tool", a_text(name, "tool_choice.function.name"))


def _format(fields: Object) -> tuple[Object | None, str, bool]:
    """The schema, its name, and whether any JSON will do."""
    given = fields.get("response_format")
    if given is None:
        return None, "answer", False
    form = an_object(given, "response_format")
    kind = form.get("type")
    if kind in ("text", "json_object"):
        return None, "answer", kind == "json_object"
    if kind != "json_schema":
        refuse("response_format.type must be text, json_object or json_schema.")
    inner = an_object(form.get("json_schema"), "response_format.json_schema")
    schema = an_object(inner.get("schema"), "response_format.json_schema.schema")
    return schema, inner.get("name") or "answer", False
