"""The arguments of a tool call as an object, for providers that take no text. Pure."""

from __future__ import annotations

import json
from typing import Any

from registry.providers.messages import ToolCall


def arguments_object(call: ToolCall, notes: list[str]) -> dict[str, Any]:
    """The JSON object that a model wrote. What is none stands whole under
    `arguments`, and `notes` gets a line."""
    if not call.arguments.strip():
        return {}
    try:
        document = json.loads(call.arguments)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        return document
    notes.append(f"the arguments of {call.name} were no JSON object: sent as text")
    return {"arguments": call.arguments}
