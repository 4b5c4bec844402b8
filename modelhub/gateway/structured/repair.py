"""Asks a candidate until its answer follows the structure, within a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import ClassVar, Final

from modelhub.gateway.structured.checked import Checked
from modelhub.gateway.structured.modes import (
    Mode,
    Structure,
    is_for_tools,
    judged,
    prepared,
    repair_request,
    text_of,
)
from registry.providers.errors import ModelCallError
from registry.providers.request import ModelRequest
from registry.providers.response import FinishReason, ModelResponse
from registry.usage import Usage

MAX_REPAIRS: Final = 2
LONG: Final = 50_000
"""From so many characters on, checking would hold up other requests."""

Call = Callable[[ModelRequest], Awaitable[ModelResponse]]


class StructuredOutputError(ModelCallError):
    """No answer of this candidate followed the structure. `last_output` is what it
    wrote last, `problems` what was wrong with each of its answers."""

    kind: ClassVar[str] = "schema_mismatch"
    tries_next: ClassVar[bool] = True

    def __init__(
        self, *, last_output: str, problems: tuple[str, ...], usage: Usage | None
    ) -> None:
        tries = f"{len(problems)} tries" if len(problems) > 1 else "one try"
        super().__init__(
            f"The answer does not follow its schema after {tries}: {problems[-1]}",
            code="schema_mismatch",
            usage=usage,
        )
        self.last_output = last_output
        self.problems = problems


async def generate_structured(
    call: Call,
    request: ModelRequest,
    structure: Structure,
    mode: Mode,
    max_repairs: int = MAX_REPAIRS,
) -> ModelResponse:
    """The first answer that follows `structure`, with its value in `parsed` and, in
    every mode, the bare document in `content`.

    `call` asks one candidate once and records what that used; errors of it pass. A
    wrong answer is sent back with the validator's message, at most `max_repairs` times.
    Raises StructuredOutputError then, and for an answer that the provider filtered.
    """
    first = prepared(request, mode, structure)
    asked, problems, trace = first, [], [f"structured output: {mode.value}"]
    while True:
        response = await call(asked)
        if is_for_tools(response, mode):
            return replace(response, trace=(*response.trace, *trace))
        checked = await _judged(response, mode, structure)
        trace += [checked.note] if checked.note else []
        if checked.is_valid:
            return _finished(response, mode, checked, trace)
        problems.append(checked.problem)
        is_filtered = response.finish_reason is FinishReason.CONTENT_FILTER
        if len(problems) > max_repairs or is_filtered:
            raise StructuredOutputError(
                last_output=text_of(response, mode, structure),
                problems=tuple(problems),
                usage=response.usage,
            )
        trace.append(f"repair {len(problems)}: {_line(checked.problem)}")
        asked = repair_request(first, mode, structure, response, checked.problem)


async def _judged(response: ModelResponse, mode: Mode, structure: Structure) -> Checked:
    if len(text_of(response, mode, structure)) < LONG:
        return judged(response, mode, structure)
    return await asyncio.to_thread(judged, response, mode, structure)


def _finished(
    response: ModelResponse, mode: Mode, checked: Checked, trace: list[str]
) -> ModelResponse:
    """The answer as it would look if the provider had known the structure."""
    is_tool = mode is Mode.TOOL and bool(response.tool_calls)
    reason = response.finish_reason
    return replace(
        response,
        content=checked.text,
        tool_calls=() if mode is Mode.TOOL else response.tool_calls,
        finish_reason=FinishReason.STOP if is_tool else reason,
        parsed=checked.value,
        trace=(*response.trace, *trace),
    )


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
