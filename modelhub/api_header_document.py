"""The headers of the management API as the OpenAPI document tells them."""

from __future__ import annotations

from typing import Any, Final

from modelhub.api_operations import OperationFacts

Header = dict[str, Any]
TEXT: Final = {"type": "string"}


def asked_headers(facts: OperationFacts) -> list[dict[str, Any]]:
    """What a call may say in its headers, as parameters of its operation."""
    found = []
    if facts.is_safe:
        found.append(("If-None-Match", TEXT, "The ETag you have: 304 if it holds."))
    elif facts.is_done_once:
        key = {"type": "string", "pattern": "^[!-~]{1,200}$"}
        said = "The same call with the same key is done once, for a day."
        found.append(("Idempotency-Key", key, said))
    if facts.heeds_tag:
        said = "The ETag of what you read: 412 if somebody changed it since."
        found.append(("If-Match", TEXT, said))
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            "schema": schema,
            "description": description,
        }
        for name, schema, description in found
    ]


def answer_headers(facts: OperationFacts, *, is_list: bool) -> dict[str, Header]:
    headers = _rates(facts)
    if facts.is_safe:
        headers["ETag"] = _header("Of this answer, for If-None-Match and If-Match.")
    elif facts.heeds_tag:
        headers["ETag"] = _header("Of the object as it is now.")
    elif facts.is_change:
        headers["Location"] = _header("Where what was made can be read.")
    if is_list:
        headers["Link"] = _header("The address of the next page, as rel=next.")
    return headers


def refusal_headers(facts: OperationFacts, code: int) -> dict[str, Header]:
    headers = {}
    if code in (409, 429, 503):
        seconds = {"type": "integer", "minimum": 0}
        headers["Retry-After"] = _header("Seconds until it makes sense again.", seconds)
    if code == 429:
        headers |= _rates(facts)
    return headers


def _rates(facts: OperationFacts) -> dict[str, Header]:
    if not facts.is_counted:
        return {}
    return {
        "RateLimit-Policy": _header("Calls in a window of seconds: `q` and `w`."),
        "RateLimit": _header("Calls that remain for how many seconds: `r` and `t`."),
    }


def _header(description: str, schema: dict[str, Any] = TEXT) -> Header:
    return {"description": description, "schema": schema}
