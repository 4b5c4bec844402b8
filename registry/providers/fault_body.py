"""What a provider says went wrong: OpenAI's, Anthropic's, Google's and other shapes of
an error body read into one. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.providers.retry_after import duration_s

QUOTED_CHARACTERS: Final = 300
READ_BYTES: Final = 262_144
CODE_FIELDS: Final = ("code", "type", "status", "reason", "error_type")
MESSAGE_FIELDS: Final = ("message", "msg", "description", "details", "detail")
NESTED_FIELDS: Final = (
    "error",
    "errors",
    "details",
    "detail",
    "innererror",
    "status",
    "metadata",
)
MAX_DEPTH: Final = 5
# No server may make these slow: what is not closed matches to the end, and once.
TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.I)
UNSEEN: Final = re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)", re.I | re.S)
TAG: Final = re.compile(r"<[^<>]*>")
KEY_LIKE: Final = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|csk|fw|tgp|pat|key|api|r8)[-_][\w*.\-]{6,}"
    r"|\bAIza[\w\-*]{10,}"
    r"|(?<=Bearer )\S+"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`codes` are all code words of the body, in lower case; `message` the provider's
    own, not shortened; `is_json` whether the body was a JSON document."""

    message: str = ""
    codes: frozenset[str] = frozenset()
    retry_after_s: float | None = None
    status: int | None = None
    is_json: bool = False
    is_html: bool = False


def read_fault(body: bytes | str) -> Fault:
    """Never raises; a body that is no JSON becomes the message."""
    text = body if isinstance(body, str) else body[:READ_BYTES].decode(errors="replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Fault(message=_plain(text), is_html=looks_like_html(text))
    return fault_from_document(document)


def fault_from_document(document: Any) -> Fault:
    """`document` is any JSON value."""
    objects = list(_objects(document, 0))
    codes = {
        str(one[name]).lower()
        for one in objects
        for name in CODE_FIELDS
        if isinstance(one.get(name), str | int)
    }
    numbers = [one["code"] for one in objects if type(one.get("code")) is int]
    return Fault(
        message=_message(document, objects),
        codes=frozenset(codes),
        retry_after_s=_retry_delay_s(objects),
        status=next((one for one in numbers if 400 <= one < 600), None),
        is_json=True,
    )


def quoted(
    message: str, secrets: Sequence[str] = (), most: int = QUOTED_CHARACTERS
) -> str:
    """At most `most` characters of what a provider said, on one line, without keys."""
    for secret in secrets:
        message = message.replace(secret, "…") if len(secret) > 3 else message
    line = KEY_LIKE.sub("…", " ".join(message.split()))
    if len(line) > most:
        line = f"{line[: most - 1]}…"
    # Terminals obey what they are shown.
    return "".join(one if one.isprintable() else "\ufffd" for one in line)


def looks_like_html(text: str) -> bool:
    return text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<head"))


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects of an error body that may hold a code or a message."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value[:20]:
            yield from _objects(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in NESTED_FIELDS:
            yield from _objects(value.get(name), depth + 1)


def _message(document: Any, objects: list[dict[str, Any]]) -> str:
    if isinstance(document, str):
        return document
    for one in reversed(objects[:2]):
        for name in ("error", *MESSAGE_FIELDS):
            if isinstance(one.get(name), str) and one[name].strip():
                return str(one[name])
    for one in objects:
        for name in MESSAGE_FIELDS:
            if isinstance(one.get(name), str) and one[name].strip():
                return str(one[name])
    return ""


def _retry_delay_s(objects: list[dict[str, Any]]) -> float | None:
    """Google's RetryInfo: {"retryDelay": "34s"}."""
    delays = [one["retryDelay"] for one in objects if "retryDelay" in one]
    found = [duration_s(delay) for delay in delays if isinstance(delay, str)]
    return next((delay for delay in found if delay is not None), None)


def _plain(text: str) -> str:
    """The words of a page or a plain text."""
    if not looks_like_html(text):
        return text.strip()
    title = TITLE.search(text)
    return html.unescape(
        title.group(1) if title else TAG.sub(" ", UNSEEN.sub(" ", text))
    ).strip()
