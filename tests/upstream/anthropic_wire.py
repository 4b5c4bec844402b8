"""Anthropic's wire format, as its own servers speak it (messages, models)."""

from __future__ import annotations

import json

from tests.upstream.replies import Reply, json_reply, sse_reply
from tests.upstream.server import Received

USAGE = {
    "input_tokens": 8,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 4,
    "output_tokens": 5,
    "output_tokens_details": {"thinking_tokens": 2},
    "service_tier": "standard",
}
KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


def completion(text: str = "Hello there.", model: str = "claude-x", **changes) -> Reply:
    document = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }
    return json_reply(document | changes, request_id="req_up_1")


def event(kind: str, **document) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **document})}"


def text_event(text: str) -> str:
    delta = {"type": "text_delta", "text": text}
    return event("content_block_delta", index=0, delta=delta)


def opening(model: str = "claude-x", usage=USAGE) -> list[str]:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "usage": usage and usage | {"output_tokens": 1},
    }
    block = {"type": "text", "text": ""}
    return [
        event("message_start", message=message),
        event("content_block_start", index=0, content_block=block),
        event("ping"),
    ]


def stream(
    *texts: str, model: str = "claude-x", usage=USAGE, is_finished=True, has_done=True
) -> Reply:
    words = texts or ("Hello", " there", ".")
    events = opening(model, usage)
    events += [text_event(word) for word in words]
    events.append(event("content_block_stop", index=0))
    if is_finished:
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        events.append(event("message_delta", delta=delta, usage=usage))
    if has_done:
        events.append(event("message_stop"))
    return sse_reply(*events, request_id="req_up_1")


def error_event(code: str = "overloaded_error", message: str = "Overloaded") -> str:
    return event("error", error={"type": code, "message": message})


def error(status: int, code: str = "", message: str = "It failed.", **headers) -> Reply:
    kind = code or KINDS.get(status, "invalid_request_error")
    document = {"type": kind, "message": message}
    return json_reply({"type": "error", "error": document}, status, **headers)


def model_row(name: str, **more) -> dict:
    row = {
        "type": "model",
        "id": name,
        "display_name": name.title(),
        "created_at": "2026-02-05T00:00:00Z",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
    }
    return row | more


def models(*names: str, has_more: bool = False) -> Reply:
    rows = [model_row(name) for name in names]
    last = names[-1] if names else None
    return json_reply({"data": rows, "has_more": has_more, "last_id": last})


def echo(received: Received) -> Reply:
    """Answers every well-formed request: the default handler."""
    path = received.path.partition("?")[0]
    if path.endswith("/v1/models"):
        return models("claude-x", "claude-y")
    if "/v1/models/" in path:
        name = path.rpartition("/")[2]
        known = name in ("claude-x", "claude-y")
        missing = error(404, "not_found_error", f"model: {name}")
        return json_reply(model_row(name)) if known else missing
    asked = received.json
    if asked.get("stream"):
        return stream(model=asked["model"])
    return completion(model=asked["model"])
