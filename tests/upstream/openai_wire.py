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


def error_event(code: str = "overloaded", message: str = "Overloaded.") -> str:
    document = {"error": {"message": message, "type": "server_error", "code": code}}
    return f"data: {json.dumps(document)}"


def tool_call(name: str, arguments: str, call_id: str = "call_1", **more) -> dict:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function, **more}


def tool_completion(*calls: dict, model: str = "gpt-x") -> Reply:
    message = {"role": "assistant", "content": None, "tool_calls": list(calls)}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return completion(model=model, choices=[choice])


def tool_stream(name: str, *arguments: str, model: str = "gpt-x") -> Reply:
    """One tool call, its arguments in pieces."""
    first = tool_call(name, "", index=0)
    events = [chunk(model, {"role": "assistant", "tool_calls": [first]})]
    events += [
        chunk(model, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        for piece in arguments
    ]
    events.append(chunk(model, {}, "tool_calls"))
    events.append(chunk(model, choices=[], usage=USAGE))
    return sse_reply(*events, "data: [DONE]", x_request_id="req_up_1")


RESPONSE_USAGE = {
    "input_tokens": 12,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 17,
}


def response_document(*items: dict, model: str = "gpt-x-pro", **changes) -> dict:
    document = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1760000000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": list(items),
        "usage": RESPONSE_USAGE,
    }
    return document | changes


def message_item(text: str = "Hello there.") -> dict:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"id": "msg_1", "type": "message", "role": "assistant", "content": [part]}


def call_item(name: str, arguments: str = "") -> dict:
    return {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": name,
        "arguments": arguments,
    }


def response(*items: dict, **changes) -> Reply:
    document = response_document(*(items or (message_item(),)), **changes)
    return json_reply(document, x_request_id="req_up_1")


def response_event(kind: str, **document) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **document})}"


def response_stream(*events: str, last: str = "response.completed", **changes) -> Reply:
    """A stream of the Responses API with `events` between its first and last."""
    begun = response_document(status="in_progress", usage=None)
    whole = response_document(message_item(), **changes)
    return sse_reply(
        response_event("response.created", response=begun),
        *events,
        response_event(last, response=whole),
        x_request_id="req_up_1",
    )


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
    if received.path.endswith("/responses"):
        return response(model=asked["model"])
    if asked.get("stream"):
        return stream(model=asked["model"])
    return completion(model=asked["model"])
