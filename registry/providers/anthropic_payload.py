"""A ModelRequest as the body of Anthropic's `POST /v1/messages`. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from anthropic import transform_schema

from registry.providers.adapter import ModelTraits
from registry.providers.anthropic_messages import wire_messages
from registry.providers.anthropic_models import ModelRules, rules_of
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Tool
from registry.providers.request import ModelRequest

Body = dict[str, Any]  # Anthropic's JSON: its values vary.
DEFAULT_MAX_TOKENS: Final = 4096
LARGEST_DEFAULT: Final = 16_384
"""Where nobody says how much to write: far more than an answer, far from an essay
that runs into the timeout."""
SMALLEST_BUDGET: Final = 1024
BUDGETS: Final = {
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 32_768,
}
UNKNOWN_PARAMETERS: Final = ("seed", "frequency_penalty", "presence_penalty")
JSON_INSTRUCTION: Final = "Answer with one JSON document and nothing else."
SCHEMA_INSTRUCTION: Final = (
    "Answer with one JSON document and nothing else. It follows this JSON Schema:"
)
DESCRIBING: Final = ("title", "description", "$defs")


def message_body(
    model: ModelTraits, request: ModelRequest
) -> tuple[Body, tuple[str, ...]]:
    """The body, and a trace line for everything that was dropped or translated.

    Raises InvalidRequestError for what the model cannot do at all."""
    rules = rules_of(model)
    messages, notes = wire_messages(request.turns())
    if messages[-1]["role"] == "assistant" and not rules.takes_prefill:
        raise InvalidRequestError(
            f"{model.model_name} cannot continue an answer that was begun.",
            code="prefill",
        )
    body: Body = {"model": model.model_name, "messages": messages}
    body["max_tokens"] = _max_tokens(model, request, notes)
    _add_system(body, request, notes)
    _add_tools(body, request, rules)
    _add_thinking(body, model, request, rules, notes)
    _add_sampling(body, request, rules, notes)
    _add_stops(body, request, notes)
    _add_schema(body, model, request, notes)
    notes += [
        f"{name} was dropped: Anthropic has no such parameter"
        for name in UNKNOWN_PARAMETERS
        if getattr(request, name) is not None
    ]
    return body, tuple(notes)


def _max_tokens(model: ModelTraits, request: ModelRequest, notes: list[str]) -> int:
    if request.max_tokens is not None:
        return request.max_tokens
    limit = model.max_output_tokens
    chosen = min(limit, LARGEST_DEFAULT) if limit else DEFAULT_MAX_TOKENS
    notes.append(f"max_tokens was set to {chosen}: Anthropic requires it")
    return chosen


def _add_system(body: Body, request: ModelRequest, notes: list[str]) -> None:
    system = request.system_text
    if request.is_json and request.response_schema is None:
        system = f"{system}\n\n{JSON_INSTRUCTION}".strip()
        notes.append("JSON was asked for by an instruction: there is no JSON mode")
    if system.strip():
        body["system"] = system


def _add_tools(body: Body, request: ModelRequest, rules: ModelRules) -> None:
    if not request.tools:
        return
    body["tools"] = [_tool(tool) for tool in request.tools]
    choice = request.tool_choice
    kinds = {"auto": "auto", "none": "none", "required": "any", "tool": "tool"}
    chosen: Body = {"type": kinds[choice.mode] if choice else "auto"}
    if chosen["type"] in ("any", "tool") and not rules.takes_forced_tool:
        raise InvalidRequestError(
            f"{body['model']} cannot be forced to call a tool.", code="tool_choice"
        )
    if choice and choice.mode == "tool":
        chosen["name"] = choice.name
    if request.parallel_tool_calls is False and chosen["type"] != "none":
        chosen["disable_parallel_tool_use"] = True
    if choice or len(chosen) > 1:
        body["tool_choice"] = chosen


def _tool(tool: Tool) -> Body:
    schema = dict(tool.parameters) or {"properties": {}}
    wire: Body = {"name": tool.name, "input_schema": {"type": "object", **schema}}
    if tool.description:
        wire["description"] = tool.description
    if tool.is_strict:
        wire["strict"] = True
    return wire


def _add_thinking(
    body: Body,
    model: ModelTraits,
    request: ModelRequest,
    rules: ModelRules,
    notes: list[str],
) -> None:
    effort = request.reasoning_effort
    if effort is None:
        return
    if rules.thinking == "none":
        if effort != "none":
            notes.append("reasoning_effort was dropped: the model does not think")
    elif effort == "none":
        _stop_thinking(body, rules, notes)
    elif rules.thinking == "adaptive":
        _add_effort(body, effort, rules, notes)
    elif hindrance := _hindrance(body):
        notes.append(f"reasoning_effort was dropped: {hindrance}")
    else:
        _add_budget(body, model, request, effort, notes)


def _hindrance(body: Body) -> str:
    """Why a model with a budget cannot think in this call. After a tool it would want
    its earlier thoughts back with their signatures, which nobody kept."""
    if body.get("tool_choice", {}).get("type") in ("any", "tool"):
        return "a tool is forced"
    last = body["messages"][-1]
    if last["role"] == "assistant":
        return "the answer was begun"
    is_result = any(block["type"] == "tool_result" for block in last["content"])
    return "a tool has just answered" if is_result else ""


def _stop_thinking(body: Body, rules: ModelRules, notes: list[str]) -> None:
    if not rules.thinks_unasked:
        return
    if rules.can_stop_thinking:
        body["thinking"] = {"type": "disabled"}
        return
    body["output_config"] = {"effort": "low"}
    notes.append("reasoning_effort none became low: the model always thinks")


def _add_effort(body: Body, effort: str, rules: ModelRules, notes: list[str]) -> None:
    sent = effort
    if effort not in rules.efforts:
        sent = "low" if effort == "minimal" else "high"
        notes.append(f"reasoning_effort {effort} became {sent}")
    body["output_config"] = {"effort": sent}
    # Thinking and a forced tool exclude one another; effort alone is always taken.
    if body.get("tool_choice", {}).get("type") not in ("any", "tool"):
        body["thinking"] = {"type": "adaptive"}


def _add_budget(
    body: Body,
    model: ModelTraits,
    request: ModelRequest,
    effort: str,
    notes: list[str],
) -> None:
    """A budget counts towards max_tokens and must be smaller."""
    budget = BUDGETS[effort]
    if request.max_tokens is None:
        body["max_tokens"] += budget
        if model.max_output_tokens:
            body["max_tokens"] = min(body["max_tokens"], model.max_output_tokens)
    if budget >= body["max_tokens"]:
        budget = body["max_tokens"] // 2
        notes.append(f"the thinking budget was cut to {budget}, half of max_tokens")
    if budget < SMALLEST_BUDGET:
        notes.append("reasoning_effort was dropped: max_tokens leaves no room for it")
        return
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}


def _add_sampling(
    body: Body, request: ModelRequest, rules: ModelRules, notes: list[str]
) -> None:
    wanted = {
        name: getattr(request, name)
        for name in ("temperature", "top_p")
        if getattr(request, name) is not None
    }
    is_thinking = body.get("thinking", {}).get("type") in ("enabled", "adaptive")
    if wanted and (is_thinking or not rules.takes_sampling):
        why = "the model takes neither" if not rules.takes_sampling else "it thinks"
        notes.append(f"{' and '.join(wanted)} dropped: {why}")
        return
    if wanted.get("temperature", 0) > 1:
        notes.append(f"temperature {wanted['temperature']:g} became 1, the highest")
        wanted["temperature"] = 1.0
    if len(wanted) == 2 and not rules.takes_both_samplings:
        del wanted["top_p"]
        notes.append("top_p was dropped: the model takes temperature or top_p")
    body.update(wanted)


def _add_stops(body: Body, request: ModelRequest, notes: list[str]) -> None:
    stops = [stop for stop in request.stop if stop.strip()]
    if len(stops) < len(request.stop):
        notes.append("stop sequences of white space were dropped")
    if stops:
        body["stop_sequences"] = stops


def _add_schema(
    body: Body, model: ModelTraits, request: ModelRequest, notes: list[str]
) -> None:
    if request.response_schema is None:
        return
    if "structured_output" not in model.capabilities:
        notes.append("the schema was not sent: the model has no structured output")
        return
    try:
        schema = transform_schema(_without_type_lists(request.response_schema))
    except (ValueError, AttributeError, TypeError, AssertionError) as error:
        # The SDK's translation covers the usual part of JSON Schema. Whoever asked
        # checks the answer in any case.
        text = json.dumps(request.response_schema, ensure_ascii=False)
        body["system"] = f"{body.get('system', '')}\n\n{SCHEMA_INSTRUCTION}\n{text}"
        notes.append(f"the schema was sent as an instruction: {str(error)[:120]}")
        return
    output = {"format": {"type": "json_schema", "schema": schema}}
    body["output_config"] = body.get("output_config", {}) | output


def _without_type_lists(schema: Any) -> Any:  # Any part of a JSON Schema.
    """A copy in which `"type": ["string", "null"]` is an `anyOf` of the two."""
    if isinstance(schema, list):
        return [_without_type_lists(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    copied = {name: _without_type_lists(value) for name, value in schema.items()}
    kinds = copied.get("type")
    if not isinstance(kinds, list):
        return copied
    described = {name: copied[name] for name in DESCRIBING if name in copied}
    rest = {name: copied[name] for name in copied if name not in (*DESCRIBING, "type")}
    variants = [
        {"type": kind} if kind == "null" else {"type": kind, **rest} for kind in kinds
    ]
    return described | {"anyOf": variants}
