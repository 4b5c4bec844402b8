"""What choosing and limiting need to know of a client's body, without decoding it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from modelhub.gateway.pieces import RequestFacts
from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.relay.facts import text_of
from modelhub.gateway.translated import (
    BYTES_PER_TOKEN,
    IMAGE_TOKENS,
    conversation_name,
)

PICTURE: Final = re.compile(rb'"type"\s*:\s*"(?:image_url|image|input_image)"')
"""In a text these quotes would be escaped, so that text about pictures is none."""
PACKED: Final = re.compile(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{512,}={0,2}")
"""Base64: a picture's bytes, which are no tokens. Looking behind keeps runs that are a
little too short from being tried at each of their letters."""
SAID: Final = ("messages", "system", "tools", "response_format")
LIMITS: Final = ("max_completion_tokens", "max_tokens")
NOTHING: Final = (b"null", b"[]")
LARGEST_READ: Final = 1_000_000


def facts_of_body(body: ClientBody) -> RequestFacts:
    size = 0
    for name in SAID:
        raw = body.fields.get(name)
        size += len(bytes(raw)) if raw is not None else 0
    messages = body.fields.get("messages")
    pictures = 0
    if messages is not None and b'"image' in (said := bytes(messages)):
        pictures = len(PICTURE.findall(said))
        if pictures:
            size -= sum(len(found) for found in PACKED.findall(said))
    tools = body.fields.get("tools")
    needed = set()
    has_tools = tools is not None and bytes(tools) not in NOTHING
    if has_tools:
        needed.add("tools")
    if pictures:
        needed.add("image_analysis")
    return RequestFacts(
        input_tokens=size // BYTES_PER_TOKEN + pictures * IMAGE_TOKENS,
        max_output_tokens=_limit(body),
        needed_capabilities=frozenset(needed),
        image_count=pictures,
        tool_count=int(has_tools),
        is_stream=body.is_stream,
        prompt=partial(last_prompt, body),
        schema=partial(schema_of, body),
        conversation=partial(conversation_of, body),
    )


def last_prompt(body: ClientBody) -> str:
    """What the user said last; empty where that cannot be told, or where finding out
    would take longer than choosing is worth."""
    for message in reversed(_messages(body)):
        if message.get("role") == "user":
            return text_of(message.get("content"))
    return ""


def conversation_of(body: ClientBody) -> str:
    """The name of the conversation: who begins alike also shares what a provider
    caches."""
    system = text_of(body.value("system")) if "system" in body.fields else ""
    began = [system]
    for message in _messages(body):
        began.append(text_of(message.get("content")))
        if message.get("role") == "user":
            return conversation_name(began)
    return ""


def schema_of(body: ClientBody) -> Mapping[str, Any] | None:
    """The JSON Schema that the answer must follow, where one is given."""
    asked = body.value("response_format")
    given = asked.get("json_schema") if isinstance(asked, dict) else None
    schema = given.get("schema") if isinstance(given, dict) else None
    return schema if isinstance(schema, dict) else None


def _messages(body: ClientBody) -> list[dict[str, Any]]:
    raw = body.fields.get("messages")
    if raw is None or len(bytes(raw)) > LARGEST_READ:
        return []
    messages = body.value("messages")
    if not isinstance(messages, list):
        return []
    return [one for one in messages if isinstance(one, dict)]


def _limit(body: ClientBody) -> int | None:
    for name in LIMITS:
        value = body.value(name) if name in body.fields else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
