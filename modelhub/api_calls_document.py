"""The gateway's calls as the OpenAPI document tells them. They are answered by the
gateway itself under `/v1/`, so that every client of OpenAI or Anthropic fits."""

from __future__ import annotations

from typing import Any, Final

TOKEN: Final[list[dict[str, list[str]]]] = [{"TokenAuth": ["gateway"]}]
ASKED: Final = {
    "type": "object",
    "required": ["model", "messages"],
    "properties": {
        "model": {
            "type": "string",
            "description": "feature:KEY, auto, or provider/model-id.",
        },
        "messages": {"type": "array", "items": {"type": "object"}},
        "stream": {
            "type": "boolean",
            "default": False,
            "description": "true: the answer comes in pieces, as events.",
        },
    },
}
ANY: Final = {"type": "object"}


def gateway_paths() -> dict[str, Any]:
    """`generate` and `stream` in the two formats that clients speak, and the list of
    what a token may call."""
    return {
        "/v1/chat/completions": {
            "post": _call("generate", "Generate or stream, as OpenAI's clients do")
        },
        "/v1/messages": {
            "post": _call("generate_message", "The same, as Anthropic's clients do")
        },
        "/v1/models": {
            "get": {
                "operationId": "list_callable_models",
                "summary": "What this token may call",
                "tags": ["Gateway"],
                "parameters": [],
                "responses": {200: _answer("Features first, then models", ANY)},
                "security": TOKEN,
            }
        },
    }


def _call(name: str, summary: str) -> dict[str, Any]:
    answer = _answer("The answer, or its pieces", ANY)
    answer["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return {
        "operationId": name,
        "summary": summary,
        "description": "Needs a token with the scope gateway. Errors have the shape of "
        "the provider whose format it is (docs/gateway.md).",
        "tags": ["Gateway"],
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ASKED}},
        },
        "responses": {200: answer},
        "security": TOKEN,
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
