"""A conversation in Anthropic's shape: turns of user and assistant by turns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Message, Part, Role, ToolCall
from registry.providers.pictures import inline_picture
from registry.providers.tool_arguments import arguments_object

Block = dict[str, Any]  # A content block of Anthropic's JSON: its values vary.
ID_CHARACTERS: Final = re.compile(r"[^a-zA-Z0-9_-]")
OPENING: Final = "(The conversation begins with the assistant.)"


def wire_messages(turns: Iterable[Message]) -> tuple[list[Block], list[str]]:
    """The messages and a note for everything that had to be changed.

    Turns of one side that follow one another become one; tool results stand first in
    theirs; empty texts, which the provider refuses, are left out.
    """
    notes: list[str] = []
    merged: list[Block] = []
    for turn in turns:
        role = "assistant" if turn.role == Role.ASSISTANT else "user"
        blocks = _blocks(turn, notes)
        if merged and merged[-1]["role"] == role:
            merged[-1]["content"] += blocks
        elif blocks:
            merged.append({"role": role, "content": blocks})
    if not merged:
        raise InvalidRequestError(
            "There is no message with content.", code="no_message"
        )
    for message in merged:
        message["content"].sort(key=lambda block: block["type"] != "tool_result")
    if merged[0]["role"] == "assistant":
        merged.insert(0, {"role": "user", "content": [_text(OPENING)]})
        notes.append("a user turn was put before the assistant's first one")
    _trim_prefill(merged[-1])
    return merged, notes


def _blocks(turn: Message, notes: list[str]) -> list[Block]:
    if turn.role == Role.TOOL:
        return [_tool_result(turn)]
    blocks = [block for part in turn.content for block in _part(part)]
    return blocks + [_tool_use(call, notes) for call in turn.tool_calls]


def _part(part: Part) -> list[Block]:
    if isinstance(part, Image):
        return [_image(part)]
    return [_text(part.text)] if part.text.strip() else []


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _image(image: Image) -> Block:
    inline = inline_picture(image)
    if inline is None:
        return {"type": "image", "source": {"type": "url", "url": image.url}}
    media_type, data = inline
    source = {"type": "base64", "media_type": media_type, "data": data}
    return {"type": "image", "source": source}


def _tool_use(call: ToolCall, notes: list[str]) -> Block:
    return {
        "type": "tool_use",
        "id": _wire_id(call.id),
        "name": call.name,
        "input": arguments_object(call, notes),
    }


def _tool_result(turn: Message) -> Block:
    block: Block = {"type": "tool_result", "tool_use_id": _wire_id(turn.tool_call_id)}
    if content := [block for part in turn.content for block in _part(part)]:
        block["content"] = content
    if turn.is_tool_error:
        block["is_error"] = True
    return block


def _wire_id(text: str) -> str:
    return ID_CHARACTERS.sub("_", text)


def _trim_prefill(last: Block) -> None:
    """The beginning of an answer may not end in white space."""
    if last["role"] == "assistant" and last["content"][-1]["type"] == "text":
        final = last["content"][-1]
        final["text"] = final["text"].rstrip()
