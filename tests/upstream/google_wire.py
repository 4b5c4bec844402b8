"""Gemini's wire format, as Google's own servers speak it (content, models)."""

from __future__ import annotations

import json

from tests.upstream.replies import Reply, json_reply, sse_reply
from tests.upstream.server import Received

USAGE = {
    "promptTokenCount": 12,
    "cachedContentTokenCount": 4,
    "candidatesTokenCount": 3,
    "thoughtsTokenCount": 2,
    "totalTokenCount": 17,
}


def document(text: str = "", model: str = "gemini-x", finish=None, usage=USAGE) -> dict:
    candidate: dict = {"index": 0}
    if text:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    if finish:
        candidate["finishReason"] = finish
    whole = {
        "candidates": [candidate],
        "modelVersion": model,
        "responseId": "req_up_1",
    }
    return whole | ({"usageMetadata": usage} if usage else {})


def completion(text: str = "Hello there.", model: str = "gemini-x", **changes) -> Reply:
    return json_reply(document(text, model, "STOP") | changes)


def chunk(text: str = "", model: str = "gemini-x", finish=None, usage=USAGE) -> str:
    return f"data: {json.dumps(document(text, model, finish, usage))}"


def stream(
    *texts: str, model: str = "gemini-x", usage=USAGE, is_finished=True
) -> Reply:
    """The finish reason comes with the last text; there is no closing event."""
    words = texts or ("Hello", " there", ".")
    events = [chunk(word, model, usage=usage) for word in words[:-1]]
    finish = "STOP" if is_finished else None
    return sse_reply(*events, chunk(words[-1], model, finish, usage))


def error(
    status: int, code: str = "", message: str = "It failed.", details=(), **headers
) -> Reply:
    fault = {"code": status, "message": message, "status": code or "UNKNOWN"}
    if details:
        fault["details"] = list(details)
    return json_reply({"error": fault}, status, **headers)


def error_event(status: int = 503, code: str = "UNAVAILABLE") -> str:
    fault = {"code": status, "message": "Overloaded.", "status": code}
    return f"data: {json.dumps({'error': fault})}"


def model_row(name: str, **more) -> dict:
    row = {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.title(),
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
    }
    return row | more


def models(*names: str, next_page: str = "") -> Reply:
    rows = {"models": [model_row(name) for name in names]}
    return json_reply(rows | ({"nextPageToken": next_page} if next_page else {}))


def echo(received: Received) -> Reply:
    """Answers every well-formed request: the default handler."""
    path = received.path.partition("?")[0]
    if path.endswith("/models"):
        return models("gemini-x", "gemini-y")
    name, _, method = path.rpartition("/")[2].partition(":")
    if not method:
        known = name in ("gemini-x", "gemini-y")
        missing = error(404, "NOT_FOUND", f"models/{name} is not found")
        return json_reply(model_row(name)) if known else missing
    assert received.json["contents"]
    if method == "streamGenerateContent":
        return stream(model=name)
    return completion(model=name)
