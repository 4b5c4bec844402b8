"""A ModelRequest as the body of Ollama's `/api/chat`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from registry.providers.adapter import ModelTraits
from registry.providers.errors import ContextLengthError, InvalidRequestError
from registry.providers.messages import Image, Message, Role, Tool
from registry.providers.pictures import inline_picture
from registry.providers.request import ModelRequest
from registry.providers.tool_arguments import arguments_object

Body = dict[str, Any]  # Ollama's JSON: its values vary.
SERVER_CONTEXT: Final = 4096
"""The smallest context that a server gives a model by itself."""
LARGEST_CONTEXT: Final = 2**20
CHARACTERS_PER_TOKEN: Final = 3.0
"""Rather too few than too many: what does not fit is cut off without a word."""
SURE_CHARACTERS_PER_TOKEN: Final = 8.0
"""A prompt that is too long even so is too long."""
IMAGE_TOKENS: Final = 1024
ANSWER_TOKENS: Final = 1024
# Theirs → ours.
OPTIONS: Final = {
    "temperature": "temperature",
    "top_p": "top_p",
    "num_predict": "max_tokens",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}
LEVELS: Final = {"none": "low", "minimal": "low", "low": "low", "medium": "medium"}


def chat_body(
    model: ModelTraits, request: ModelRequest
) -> tuple[Body, tuple[str, ...]]:
    """The body, and a trace line for everything that was dropped or translated.

    Raises InvalidRequestError for what Ollama cannot do: force a tool, fetch a
    picture; ContextLengthError for a prompt that cannot fit."""
    notes: list[str] = []
    body: Body = {
        "model": model.model_name,
        "messages": _messages(request, notes),
        "stream": False,
    }
    options: Body = {
        theirs: getattr(request, ours)
        for theirs, ours in OPTIONS.items()
        if getattr(request, ours) is not None
    }
    if request.stop:
        options["stop"] = list(request.stop)
    _add_context(options, model, request, notes)
    if options:
        body["options"] = options
    _add_tools(body, request, notes)
    _add_thinking(body, model, request, notes)
    if request.response_schema is not None:
        body["format"] = dict(request.response_schema)
    elif request.is_json:
        body["format"] = "json"
    return body, tuple(notes)


def _messages(request: ModelRequest, notes: list[str]) -> list[Body]:
    messages: list[Body] = []
    if request.system_text:
        messages.append({"role": "system", "content": request.system_text})
    names: dict[str, str] = {}
    for turn in request.turns():
        names |= {call.id: call.name for call in turn.tool_calls}
        messages.append(_message(turn, names, notes))
    return messages


def _message(turn: Message, names: dict[str, str], notes: list[str]) -> Body:
    message: Body = {"role": str(turn.role), "content": turn.text}
    pictures = [part for part in turn.content if isinstance(part, Image)]
    if pictures:
        message["images"] = [_picture(image) for image in pictures]
    if turn.tool_calls:
        message["tool_calls"] = [
            {
                "function": {
                    "name": call.name,
                    "arguments": arguments_object(call, notes),
                }
            }
            for call in turn.tool_calls
        ]
    if turn.role == Role.TOOL:
        name = names.get(turn.tool_call_id, turn.tool_call_id)
        message["tool_name"] = name
        if turn.is_tool_error:
            message["content"] = f"Error: {turn.text}"
    return message


def _picture(image: Image) -> str:
    inline = inline_picture(image)
    if inline is None:
        raise InvalidRequestError(
            "Ollama fetches no pictures: send them as data, not as an address.",
            code="image_url",
        )
    return inline[1]


def _add_context(
    options: Body, model: ModelTraits, request: ModelRequest, notes: list[str]
) -> None:
    """Ask for a context that holds prompt and answer; Ollama cuts off silently what is
    longer than its own. In steps, as another size loads the model anew."""
    characters, pictures = _sizes(request)
    window = model.context_window or LARGEST_CONTEXT
    if characters / SURE_CHARACTERS_PER_TOKEN > window:
        raise ContextLengthError(
            f"The prompt is longer than {model.model_name} reads: {window:,} tokens.",
            code="context_length",
        )
    needed = int(characters / CHARACTERS_PER_TOKEN) + pictures * IMAGE_TOKENS
    needed += request.max_tokens or ANSWER_TOKENS
    if needed <= SERVER_CONTEXT:
        return
    step = SERVER_CONTEXT
    while step < needed:
        step *= 2
    options["num_ctx"] = min(step, window)
    notes.append(f"num_ctx was set to {options['num_ctx']} to hold the prompt")


def _sizes(request: ModelRequest) -> tuple[int, int]:
    """Characters and pictures of all that is sent."""
    turns = list(request.turns())
    characters = len(request.system_text) + sum(_characters(turns))
    characters += sum(
        len(tool.name) + len(tool.description) + len(str(tool.parameters))
        for tool in request.tools
    )
    pictures = sum(isinstance(part, Image) for turn in turns for part in turn.content)
    return characters, pictures


def _characters(turns: Iterable[Message]) -> Iterable[int]:
    for turn in turns:
        yield len(turn.text) + sum(len(call.arguments) for call in turn.tool_calls)


def _add_tools(body: Body, request: ModelRequest, notes: list[str]) -> None:
    if not request.tools:
        return
    mode = request.tool_choice.mode if request.tool_choice else "auto"
    if mode == "none":
        notes.append("the tools were not sent: none may be called")
        return
    if mode != "auto":
        raise InvalidRequestError(
            "Ollama cannot force a model to call a tool.", code="tool_choice"
        )
    body["tools"] = [_tool(tool) for tool in request.tools]
    if request.parallel_tool_calls is False:
        notes.append("parallel_tool_calls was dropped: Ollama has no such parameter")


def _tool(tool: Tool) -> Body:
    parameters = dict(tool.parameters) or {"properties": {}}
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": {"type": "object", **parameters},
    }
    return {"type": "function", "function": function}


def _add_thinking(
    body: Body, model: ModelTraits, request: ModelRequest, notes: list[str]
) -> None:
    """Ollama refuses `think` for a model that cannot; most know only on and off."""
    effort = request.reasoning_effort
    if effort is None:
        return
    if "reasoning" not in model.capabilities:
        if effort != "none":
            notes.append("reasoning_effort was dropped: not known to think")
        return
    is_graded = "gpt-oss" in model.model_name
    sent: str | bool = LEVELS.get(effort, "high") if is_graded else effort != "none"
    body["think"] = sent
    if sent not in (effort, False):
        notes.append(f"reasoning_effort {effort} became {sent}")
