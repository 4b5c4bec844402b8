"""What is said to a model: messages, their parts, and tools. Pure, no provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: either `url` (https) or `data` (base64 without a prefix) with its
    `media_type`, e.g. image/png. `detail` is OpenAI's low, high or auto."""

    url: str = ""
    data: str = ""
    media_type: str = ""
    detail: str = ""

    @property
    def data_url(self) -> str:
        return self.url or f"data:{self.media_type};base64,{self.data}"


Part = Text | Image


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model asks for a tool. `arguments` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is a JSON Schema."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """`mode` is auto, none, required or tool; `name` only with tool."""

    mode: str = "auto"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `tool_call_id` (and `is_tool_error`) belong to a tool's answer."""

    role: Role
    content: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    is_tool_error: bool = False

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.content if isinstance(part, Text))

    @classmethod
    def of(cls, role: Role | str, text: str) -> Message:
        return cls(Role(role), (Text(text),))
