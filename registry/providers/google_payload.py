"""A ModelRequest as the body of Gemini's `generateContent`. Pure."""

from __future__ import annotations

from typing import Any, Final

from registry.providers.adapter import ModelTraits
from registry.providers.google_contents import wire_contents
from registry.providers.google_models import GoogleRules, rules_of
from registry.providers.messages import Tool
from registry.providers.request import ModelRequest

Body = dict[str, Any]  # Gemini's JSON: its values vary.
MOST_STOPS: Final = 5
BUDGETS: Final = {
    "minimal": 512,
    "low": 2048,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 24_576,
}
LEVELS: Final = {"low": "low", "medium": "medium", "high": "high", "xhigh": "high"}
JSON_TYPE: Final = "application/json"
# Theirs → ours, where nothing but the name differs.
PLAIN: Final = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxOutputTokens": "max_tokens",
    "seed": "seed",
}
PENALTIES: Final = {
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
}


def content_body(
    model: ModelTraits, request: ModelRequest
) -> tuple[Body, tuple[str, ...]]:
    """The body, and a trace line for everything that was dropped or translated."""
    rules = rules_of(model.model_name)
    contents, notes = wire_contents(request.turns(), is_signed=rules.wants_signature)
    body: Body = {"contents": contents}
    _add_system(body, request, rules, notes)
    _add_tools(body, request, notes)
    config: Body = {
        theirs: getattr(request, ours)
        for theirs, ours in PLAIN.items()
        if getattr(request, ours) is not None
    }
    _add_penalties(config, request, rules, notes)
    _add_stops(config, request, notes)
    _add_thinking(config, request, rules, notes)
    _add_schema(config, model, request, rules, notes)
    if config:
        body["generationConfig"] = config
    return body, tuple(notes)


def _add_system(
    body: Body, request: ModelRequest, rules: GoogleRules, notes: list[str]
) -> None:
    system = request.system_text
    if not system:
        return
    if rules.takes_system:
        body["systemInstruction"] = {"parts": [{"text": system}]}
        return
    first = body["contents"][0]
    if first["role"] != "user":
        first = {"role": "user", "parts": []}
        body["contents"].insert(0, first)
    first["parts"].insert(0, {"text": system})
    notes.append("the system prompt was put before the first message")


def _add_tools(body: Body, request: ModelRequest, notes: list[str]) -> None:
    if not request.tools:
        return
    body["tools"] = [{"functionDeclarations": [_tool(tool) for tool in request.tools]}]
    if request.parallel_tool_calls is False:
        notes.append("parallel_tool_calls was dropped: Gemini has no such parameter")
    choice = request.tool_choice
    if choice is None:
        return
    modes = {"auto": "AUTO", "none": "NONE", "required": "ANY", "tool": "ANY"}
    chosen: Body = {"mode": modes[choice.mode]}
    if choice.mode == "tool":
        chosen["allowedFunctionNames"] = [choice.name]
    body["toolConfig"] = {"functionCallingConfig": chosen}


def _tool(tool: Tool) -> Body:
    wire: Body = {"name": tool.name, "description": tool.description or tool.name}
    if tool.parameters:
        wire["parametersJsonSchema"] = dict(tool.parameters)
    return wire


def _add_penalties(
    config: Body, request: ModelRequest, rules: GoogleRules, notes: list[str]
) -> None:
    for theirs, ours in PENALTIES.items():
        value = getattr(request, ours)
        if value is None:
            continue
        if rules.takes_penalties:
            config[theirs] = value
        else:
            notes.append(f"{ours} was dropped: the model takes none")


def _add_stops(config: Body, request: ModelRequest, notes: list[str]) -> None:
    if request.stop:
        config["stopSequences"] = list(request.stop[:MOST_STOPS])
    if len(request.stop) > MOST_STOPS:
        notes.append(f"only the first {MOST_STOPS} stop sequences were sent")


def _add_thinking(
    config: Body, request: ModelRequest, rules: GoogleRules, notes: list[str]
) -> None:
    effort = request.reasoning_effort
    if effort is None:
        return
    if rules.thinking == "none":
        if effort != "none":
            notes.append("reasoning_effort was dropped: the model does not think")
        return
    thinking: Body = {"includeThoughts": effort != "none"}
    if rules.thinking == "level":
        thinking["thinkingLevel"] = LEVELS.get(effort, rules.lowest_level)
        if thinking["thinkingLevel"] != effort:
            notes.append(
                f"reasoning_effort {effort} became {thinking['thinkingLevel']}"
            )
    else:
        budget = min(BUDGETS.get(effort, 0), rules.largest_budget)
        thinking["thinkingBudget"] = max(budget, rules.smallest_budget)
        if effort == "none" and rules.smallest_budget:
            notes.append("reasoning_effort none became the least: the model thinks")
    config["thinkingConfig"] = thinking


def _add_schema(
    config: Body,
    model: ModelTraits,
    request: ModelRequest,
    rules: GoogleRules,
    notes: list[str],
) -> None:
    if request.response_schema is None and not request.is_json:
        return
    if request.tools and not rules.takes_schema_with_tools:
        notes.append("JSON was not asked for: the model takes tools or a schema")
        return
    if request.response_schema is None:
        config["responseMimeType"] = JSON_TYPE
    elif "structured_output" not in model.capabilities:
        notes.append("the schema was not sent: the model has no structured output")
    else:
        config["responseMimeType"] = JSON_TYPE
        config["responseJsonSchema"] = dict(request.response_schema)
