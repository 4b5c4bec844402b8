"""A conversation in Gemini's shape: contents of user and model. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Message, Part, Role, Text, ToolCall
from registry.providers.pictures import inline_picture, linked_media_type
from registry.providers.tool_arguments import arguments_object

Block = dict[str, Any]  # A part of Gemini's JSON: its values vary.
NO_SIGNATURE: Final = "skip_thought_signature_validator"
"""Stands where a conversation holds no signature, as after a change of models: see
https://ai.google.dev/gemini-api/docs/thought-signatures"""


def wire_contents(
    turns: Iterable[Message], *, is_signed: bool
) -> tuple[list[Block], list[str]]:
    """The contents and a note for everything that had to be changed. With `is_signed`
    the first function call of a turn carries a signature, which newer models want."""
    notes: list[str] = []
    names: dict[str, str] = {}
    merged: list[Block] = []
    for turn in turns:
        role = "model" if turn.role == Role.ASSISTANT else "user"
        names |= {call.id: call.name for call in turn.tool_calls}
        parts = _parts(turn, names, notes)
        if is_signed:
            _sign(parts)
        if merged and merged[-1]["role"] == role:
            merged[-1]["parts"] += parts
        elif parts:
            merged.append({"role": role, "parts": parts})
    if not merged:
        raise InvalidRequestError(
            "There is no message with content.", code="no_message"
        )
    return merged, notes


def _parts(turn: Message, names: dict[str, str], notes: list[str]) -> list[Block]:
    if turn.role == Role.TOOL:
        return _tool_result(turn, names.get(turn.tool_call_id, turn.tool_call_id))
    parts = [block for part in turn.content for block in _part(part)]
    return parts + [_function_call(call, notes) for call in turn.tool_calls]


def _part(part: Part) -> list[Block]:
    if isinstance(part, Image):
        return [_image(part)]
    return [{"text": part.text}] if part.text else []


def _image(image: Image) -> Block:
    inline = inline_picture(image)
    if inline is not None:
        media_type, data = inline
        return {"inlineData": {"mimeType": media_type, "data": data}}
    linked: Block = {"fileUri": image.url}
    if media_type := linked_media_type(image):
        linked["mimeType"] = media_type
    return {"fileData": linked}


def _function_call(call: ToolCall, notes: list[str]) -> Block:
    wire: Block = {"name": call.name, "args": arguments_object(call, notes)}
    if call.id:
        wire["id"] = call.id
    return {"functionCall": wire}


def _tool_result(turn: Message, name: str) -> list[Block]:
    """The answer as the object that Gemini wants, pictures beside it."""
    wire: Block = {"name": name, "response": _response(turn)}
    if turn.tool_call_id:
        wire["id"] = turn.tool_call_id
    pictures = [_image(part) for part in turn.content if isinstance(part, Image)]
    return [{"functionResponse": wire}, *pictures]


def _response(turn: Message) -> Block:
    text = "".join(part.text for part in turn.content if isinstance(part, Text))
    if turn.is_tool_error:
        return {"error": text}
    try:
        document = json.loads(text)
    except ValueError:
        document = text
    return document if isinstance(document, dict) else {"result": document}


def _sign(parts: list[Block]) -> None:
    for part in parts:
        if "functionCall" in part:
            part["thoughtSignature"] = NO_SIGNATURE
            return
