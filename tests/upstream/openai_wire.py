"""OpenAI's wire format, as its own servers speak it (chat completions, models)."""

from __future__ import annotations

import json

from tests.upstream.replies import Reply, json_reply, sse_reply
from tests.upstream.server import Received

USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 5,
    "total_tokens": 17,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}


def completion(text: str = "Hello there.", model: str = "gpt-x", **changes) -> Reply:
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1760000000,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": USAGE,
    }
    return json_reply(document | changes, x_request_id="req_up_1")


def chunk(model: str = "gpt-x", delta=None, finish=None, **more) -> str:
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": model,
        "choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}],
        **more,
    }
    return f"data: {json.dumps(document)}"


def stream(
    *texts: str, model: str = "gpt-x", usage=USAGE, is_finished=True, has_done=True
) -> Reply:
    words = texts or ("Hello", " there", ".")
    events = [chunk(model, {"role": "assistant", "content": ""})]
    events += [chunk(model, {"content": word}) for word in words]
    if is_finished:
        events.append(chunk(model, {}, "stop"))
    if usage:
        events.append(chunk(model, choices=[], usage=usage))
    if has_done:
        events.append("data: [DONE]")
    return sse_reply(*events, x_request_id="req_up_1")


def error(
    status: int, code: str = "", message: str = "It failed.", kind: str = "", **headers
) -> Reply:
    document = {"message": message, "type": kind or "error", "param": None}
    return json_reply({"error": document | {"code": code or None}}, status, **headers)


def models(*names: str) -> Reply:
    rows = [
        {"id": name, "object": "model", "created": 1760000000, "owned_by": "acme"}
        for name in names
    ]
    return json_reply({"object": "list", "data": rows})


def echo(received: Received) -> Reply:
    """Answers every well-formed request: the default handler."""
    if received.path.endswith("/models"):
        return models("gpt-x", "gpt-y")
    asked = received.json
    if asked.get("stream"):
        return stream(model=asked["model"])
    return completion(model=asked["model"])
