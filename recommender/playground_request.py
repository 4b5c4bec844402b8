"""What a playground asks: the typed texts with their variables filled in, as a request
to a model. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from registry.prompts.template import MissingVariables, Template, TemplateError
from registry.providers.messages import Image, Message
from registry.providers.request import ModelRequest

MOST_MODELS: Final = 6
MOST_IMAGES: Final = 6
MOST_TURNS: Final = 40
LONGEST: Final = 100_000


@dataclass(frozen=True)
class Attached:
    """A picture as it is sent."""

    name: str
    media_type: str
    data: bytes
    width_px: int
    height_px: int

    @property
    def image(self) -> Image:
        packed = base64.b64encode(self.data).decode("ascii")
        return Image(data=packed, media_type=self.media_type)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What was typed. `messages` are {role, content}, the last one the user's;
    `parameters` in the words of ModelRequest."""

    system: str = ""
    messages: Sequence[Mapping[str, str]] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    response_schema: Mapping[str, Any] | None = None


def variable_names(inputs: Inputs) -> tuple[str, ...]:
    """The variables in system prompt and messages, each once. A text that cannot be
    read has none."""
    names: dict[str, None] = {}
    for text in _texts(inputs):
        try:
            names |= dict.fromkeys(Template.of(text).names)
        except TemplateError:
            continue
    return tuple(names)


def rendered(inputs: Inputs) -> Inputs:
    """The same with the variables filled in. Raises MissingVariables naming all of
    them at once, and TemplateError for braces that are no variable."""
    given = {name: text for name, text in inputs.variables.items() if text}
    templates = [Template.of(text) for text in _texts(inputs)]
    missing = dict.fromkeys(name for one in templates for name in one.missing(given))
    if missing:
        raise MissingVariables(list(missing))
    system, *said = [one.render(given) for one in templates]
    messages = [
        {"role": turn["role"], "content": text}
        for turn, text in zip(inputs.messages, said, strict=True)
    ]
    return Inputs(
        system=system,
        messages=messages,
        parameters=inputs.parameters,
        response_schema=inputs.response_schema,
    )


def request_of(inputs: Inputs, attached: Iterable[Attached] = ()) -> ModelRequest:
    """Raises TemplateError, and InvalidRequestError for what no model takes."""
    ready = rendered(inputs)
    parameters = dict(ready.parameters)
    if "stop" in parameters:
        parameters["stop"] = tuple(parameters["stop"])
    return ModelRequest(
        system=ready.system,
        messages=tuple(
            Message.of(one["role"], one["content"]) for one in ready.messages
        ),
        images=tuple(one.image for one in attached),
        response_schema=ready.response_schema,
        **parameters,
    )


def _texts(inputs: Inputs) -> list[str]:
    return [inputs.system, *(one["content"] for one in inputs.messages)]
