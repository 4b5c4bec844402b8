"""How a structure reaches a model: as a schema that its provider enforces, as the
arguments of a tool, or in words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from registry.providers.adapter import ModelTraits
from registry.providers.messages import Message, Role, Text, Tool, ToolChoice
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason, ModelResponse
from registry.structured.checked import Checked, Validator
from registry.structured.json_schema import JsonSchemaValidator, validator_of

LONGEST_NAME: Final = 64
CUT: Final = (
    "The answer was cut off at its token limit before it was complete: "
    "write a shorter one."
)


class Mode(StrEnum):
    NATIVE = "native"
    TOOL = "tool"
    INSTRUCTION = "instruction"


@dataclass(frozen=True)
class Structure:
    """What an answer must follow. `name` is for the provider and the tool."""

    validator: Validator
    name: str = "answer"

    @property
    def schema(self) -> JsonSchemaValidator | None:
        """The validator, where it is one that providers know too."""
        validator = self.validator
        return validator if isinstance(validator, JsonSchemaValidator) else None

    @property
    def tool_name(self) -> str:
        """`name` with what tools may be called."""
        return re.sub(r"[^A-Za-z0-9_-]", "_", self.name)[:LONGEST_NAME] or "answer"


def structure_of(request: ModelRequest) -> Structure | None:
    """The structure that `request` asks for by its `response_schema`, or None.

    Raises InvalidStructureError for a schema that cannot be used.
    """
    if request.response_schema is None:
        return None
    validator = validator_of(request.response_schema)
    return Structure(validator, request.response_schema_name)


def mode_for(traits: ModelTraits, request: ModelRequest, structure: Structure) -> Mode:
    """The surest way that the model is known to have. What is not known of it is not
    tried: a model without stated capabilities is told in words."""
    schema = structure.schema
    if schema is None:
        return Mode.INSTRUCTION
    if "structured_output" in traits.capabilities:
        return Mode.NATIVE
    # With tools of its own the request needs the model's choice among them.
    if "tools" in traits.capabilities and schema.is_object and not request.tools:
        return Mode.TOOL
    return Mode.INSTRUCTION


def prepared(request: ModelRequest, mode: Mode, structure: Structure) -> ModelRequest:
    """`request` so that the model learns of the structure in this mode."""
    schema = structure.schema
    if mode is Mode.NATIVE and schema is not None:
        return replace(
            request,
            response_schema=schema.schema,
            response_schema_name=structure.tool_name,
        )
    plain = replace(request, response_schema=None)
    if mode is Mode.TOOL and schema is not None:
        tool = Tool(
            name=structure.tool_name,
            description="Give the answer through this tool.",
            parameters=schema.schema,
        )
        choice = ToolChoice("tool", structure.tool_name)
        return replace(
            plain, tools=(tool,), tool_choice=choice, parallel_tool_calls=False
        )
    instruction = structure.validator.instruction
    said = (request.system_text, instruction)
    return replace(
        plain,
        system="\n\n".join(one for one in said if one),
        messages=tuple(one for one in request.messages if one.role != Role.SYSTEM),
        is_json=schema is not None and schema.is_object and not request.tools,
    )


def text_of(response: ModelResponse, mode: Mode, structure: Structure) -> str:
    """The text that must follow the structure. A model that ignored the tool may have
    written the answer all the same."""
    if mode is Mode.TOOL:
        for call in response.tool_calls:
            if call.name == structure.tool_name:
                return call.arguments
    return response.content


def is_for_tools(response: ModelResponse, mode: Mode) -> bool:
    """Whether the model first asks for tools of the request itself: then the answer
    that must follow the structure is yet to come."""
    return mode is not Mode.TOOL and bool(response.tool_calls)


def judged(response: ModelResponse, mode: Mode, structure: Structure) -> Checked:
    """Whether the answer follows the structure, and what it says."""
    checked = structure.validator.check(text_of(response, mode, structure))
    if checked.is_valid or response.finish_reason is not FinishReason.LENGTH:
        return checked
    return replace(checked, problem=CUT)


def finished(
    response: ModelResponse, mode: Mode, checked: Checked, trace: tuple[str, ...]
) -> ModelResponse:
    """The answer as it would look if the provider had known the structure: the bare
    document in `content`, its value in `parsed`."""
    is_tool = mode is Mode.TOOL and bool(response.tool_calls)
    note = (checked.note,) if checked.note else ()
    return replace(
        response,
        content=checked.text,
        tool_calls=() if mode is Mode.TOOL else response.tool_calls,
        finish_reason=FinishReason.STOP if is_tool else response.finish_reason,
        parsed=checked.value,
        trace=(*trace, *note),
    )


def repair_request(
    request: ModelRequest,
    mode: Mode,
    structure: Structure,
    response: ModelResponse,
    problem: str,
) -> ModelRequest:
    """The `prepared` request with the wrong answer and what is wrong with it as its
    last turns."""
    told = _told(response, mode, structure, problem)
    return replace(
        request,
        messages=(*request.turns(), *told),
        prompt="",
        images=(),
        system=request.system_text,
    )


def _told(
    response: ModelResponse, mode: Mode, structure: Structure, problem: str
) -> list[Message]:
    what = f"That answer does not follow what was asked for:\n{problem}\n\n"
    text = f"{what}Answer again with the whole, corrected answer and nothing else."
    if mode is Mode.TOOL and response.tool_calls:
        # Providers want an answer to each call before anything else is said.
        asked = Message(Role.ASSISTANT, tool_calls=response.tool_calls)
        answers = [
            Message(Role.TOOL, (Text(text),), tool_call_id=call.id, is_tool_error=True)
            for call in response.tool_calls
        ]
        return [asked, *answers]
    said = text_of(response, mode, structure)
    # An empty turn is refused by most providers.
    before = [Message.of(Role.ASSISTANT, said)] if said.strip() else []
    return [*before, Message.of(Role.USER, text)]
