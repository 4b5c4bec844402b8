"""One request to a model, whoever the provider is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.parameters import RANGES
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image, Message, Role, Text, Tool, ToolChoice

REASONING_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh")
ASSIGNABLE: Final = (
    "temperature",
    "top_p",
    "max_tokens",
    "frequency_penalty",
    "presence_penalty",
    "stop",
)
"""What an assignment may set (`registry.parameters`)."""


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """What is asked of a model. Give `messages`, or `prompt` for a single question;
    with both, the prompt is the last turn. None means: the provider's default.

    `images` join the last user turn. `response_schema` is a JSON Schema that the
    answer must follow; `is_json` asks for any JSON. `timeout_s` bounds the whole
    request. Raises InvalidRequestError for values out of range.
    """

    messages: tuple[Message, ...] = ()
    prompt: str = ""
    system: str = ""
    images: tuple[Image, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_schema: Mapping[str, Any] | None = None
    response_schema_name: str = "answer"
    is_json: bool = False
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    reasoning_effort: str | None = None
    timeout_s: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            # Not a number is not between them either.
            if value is not None and not low <= value <= high:
                raise InvalidRequestError(
                    f"{name} lies between {low:g} and {high:g}.", code="out_of_range"
                )
        if self.max_tokens is not None and self.max_tokens < 1:
            raise InvalidRequestError(
                "max_tokens is a whole number from 1 on.", code="out_of_range"
            )
        effort = self.reasoning_effort
        if effort is not None and effort not in REASONING_EFFORTS:
            raise InvalidRequestError(
                f"reasoning_effort is one of {', '.join(REASONING_EFFORTS)}.",
                code="out_of_range",
            )
        if not any(self.turns()):
            raise InvalidRequestError("There is no message.", code="no_message")

    def turns(self) -> Iterator[Message]:
        """The conversation without system messages, prompt and images included."""
        turns = [one for one in self.messages if one.role != Role.SYSTEM]
        if self.prompt:
            turns.append(Message.of(Role.USER, self.prompt))
        if self.images:
            turns = _with_images(turns, self.images)
        return iter(turns)

    @property
    def system_text(self) -> str:
        """The system prompt: `system`, then every system message, in order."""
        spoken = [one.text for one in self.messages if one.role == Role.SYSTEM]
        return "\n\n".join(text for text in [self.system, *spoken] if text)

    @property
    def has_images(self) -> bool:
        return any(
            isinstance(part, Image) for turn in self.turns() for part in turn.content
        )

    def with_defaults(self, parameters: Mapping[str, Any]) -> ModelRequest:
        """The same request, with an assignment's parameters where it says nothing."""
        missing: dict[str, Any] = {
            name: tuple(parameters[name]) if name == "stop" else parameters[name]
            for name in ASSIGNABLE
            if name in parameters and getattr(self, name) in (None, ())
        }
        return replace(self, **missing) if missing else self


def _with_images(turns: list[Message], images: tuple[Image, ...]) -> list[Message]:
    if turns and turns[-1].role == Role.USER:
        last = turns[-1]
        return [*turns[:-1], replace(last, content=(*last.content, *images))]
    return [*turns, Message(Role.USER, (Text(""), *images))]
