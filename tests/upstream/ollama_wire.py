"""Ollama's native wire format (chat, tags, show, ps)."""

from __future__ import annotations

import json

from tests.upstream.replies import Reply, json_reply
from tests.upstream.server import Received

USAGE = {"prompt_eval_count": 12, "eval_count": 5}
TIMES = {
    "total_duration": 5_000_000,
    "load_duration": 1_000_000,
    "prompt_eval_duration": 1_000_000,
    "eval_duration": 3_000_000,
}
INFO = {
    "general.architecture": "llama",
    "general.parameter_count": 8_030_261_248,
    "llama.context_length": 131_072,
    "llama.block_count": 32,
    "llama.embedding_length": 4096,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
}
DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "llama",
    "families": ["llama"],
    "parameter_size": "8.0B",
    "quantization_level": "Q4_K_M",
}


def document(text: str, model: str, *, is_done: bool, usage=USAGE) -> dict:
    line = {
        "model": model,
        "created_at": "2026-11-01T12:00:00.000000Z",
        "message": {"role": "assistant", "content": text},
        "done": is_done,
    }
    if is_done:
        line |= {"done_reason": "stop", **TIMES, **(usage or {})}
    return line


def completion(text: str = "Hello there.", model: str = "llama-x", **changes) -> Reply:
    return json_reply(document(text, model, is_done=True) | changes)


def lines(*documents: dict | str) -> Reply:
    """A stream; a text goes as it is."""
    told = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    return Reply(
        headers={"content-type": "application/x-ndjson"},
        pieces=tuple(f"{line}\n".encode() for line in told),
        is_stream=True,
    )


def stream(*texts: str, model: str = "llama-x", usage=USAGE, is_finished=True) -> Reply:
    words = texts or ("Hello", " there", ".")
    said = [document(word, model, is_done=False) for word in words]
    last = [document("", model, is_done=True, usage=usage)] if is_finished else []
    return lines(*said, *last)


def error(status: int, code: str = "", message: str = "It failed.", **headers) -> Reply:
    """Ollama has no codes."""
    return json_reply({"error": message}, status, **headers)


def error_event(message: str = "the model runner has stopped") -> str:
    return json.dumps({"error": message})


def tag(name: str, **more) -> dict:
    row = {
        "name": name,
        "model": name,
        "modified_at": "2026-10-01T00:00:00Z",
        "size": 4_920_753_328,
        "digest": "365c0bd3c000",
        "details": DETAILS,
    }
    return row | more


def models(*names: str) -> Reply:
    return json_reply({"models": [tag(name) for name in names]})


def show(**changes) -> Reply:
    known = {
        "details": DETAILS,
        "model_info": INFO,
        "capabilities": ["completion", "tools"],
    }
    return json_reply(known | changes)


def loaded(*names: str) -> Reply:
    sizes = {"size": 6_654_289_920, "size_vram": 6_654_289_920}
    return json_reply({"models": [tag(name) | sizes for name in names]})


def echo(received: Received) -> Reply:
    """Answers every well-formed request: the default handler."""
    if received.path == "/api/tags":
        return models("llama-x", "llama-y")
    if received.path == "/api/ps":
        return loaded("llama-x")
    asked = received.json
    if received.path == "/api/show":
        known = asked["model"] in ("llama-x", "llama-y")
        missing = error(404, message=f"model '{asked['model']}' not found")
        return show() if known else missing
    if asked.get("stream"):
        return stream(model=asked["model"])
    return completion(model=asked["model"])
