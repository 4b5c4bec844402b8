"""Who calls, and what for: the token of an exchange, and the call it makes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from analytics.usage_row import LONGEST_TAG, MOST_TAGS
from modelhub import request_id
from modelhub.gateway.api.exchange import Exchange
from modelhub.gateway.api.parts import Desk
from modelhub.gateway.api.refusals import refused
from modelhub.gateway.api.units import units_of
from modelhub.gateway.api.variables import variables_of
from modelhub.gateway.call import Call
from modelhub.gateway.relay.body import ClientBody
from registry.models.api_token import TokenScope
from registry.resolution.entries import TokenEntry
from registry.resolution.plan import Selection
from registry.resolution.token_check import TokenRefused, check_feature, check_token

LONGEST_TIMEOUT_S: Final = 3600
NO_PROFILE: Final = "none"
OFF: Final = frozenset({"off", "false", "0", "no"})


async def token_of(
    desk: Desk, exchange: Exchange, scope: str = TokenScope.GATEWAY
) -> TokenEntry:
    """The token of the request. Raises a refusal: 401, or 403 for another scope."""
    headers = exchange.headers
    kind, _, text = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        text = headers.get("x-api-key", "")
    text = text.strip()
    try:
        try:
            token = check_token(desk.running.snapshot, text, desk.now(), scope)
        except TokenRefused as error:
            if error.code != "unknown":
                raise
            newer = await desk.new_tokens.looked_up(text)
            token = check_token(newer, text, desk.now(), scope)
    except TokenRefused as error:
        if error.code == "scope":
            raise refused(403, "scope", error.message) from error
        raise refused(
            401, "invalid_api_key", error.message, www_authenticate="Bearer"
        ) from error
    desk.note_token(token.id)
    # The snapshot knows organisations by their number alone.
    request_id.organization.set(str(token.organization_id))
    return token


def call_of(
    exchange: Exchange, token: TokenEntry, body: ClientBody, text: bytes
) -> Call:
    """The call that the headers and the model of the body make; `text` is the body."""
    headers = exchange.headers
    selection = selection_of(body.model, token)
    if headers.get("x-modelhub-fallback", "").strip().lower() in OFF:
        selection = replace(selection, has_fallback=False)
    units = units_of(headers, body)
    profile = profile_of(headers.get("x-modelhub-profile"), token)
    if profile:
        selection = replace(selection, profile=profile)
    return Call(
        organization_id=token.organization_id,
        selection=selection,
        request_id=exchange.request_id,
        token_id=token.id,
        tags=tags_of(headers.get("x-modelhub-tags", "")),
        variables=variables_of(exchange, body),
        stream_guarantee=headers.get("x-modelhub-stream-guarantee"),
        timeout_s=_timeout_s(headers.get("x-modelhub-timeout")),
        request_text=text,
        user=units.user,
        conversation=units.conversation,
    )


def selection_of(word: str, token: TokenEntry) -> Selection:
    """What `model` asks for. Raises a refusal where the token is not for it."""
    selection = Selection.parse(word)
    try:
        check_feature(token, selection.feature)
    except TokenRefused as error:
        raise refused(403, "feature", error.message, "model") from error
    return selection


def profile_of(header: str | None, token: TokenEntry) -> str:
    """The short name of the profile of a request: what the header says, else that of
    the token. `none` in the header stands for no profile at all."""
    said = (header or "").strip()
    if said.lower() == NO_PROFILE:
        return ""
    return said or token.profile


def tags_of(text: str) -> dict[str, str]:
    """`user=42, screen=home`. Raises a refusal for what is no list of tags."""
    tags = {}
    for pair in text.split(",") if text else ():
        name, equals, value = pair.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name:
            raise _wrong("x-modelhub-tags", "key=value pairs with commas between")
        if len(name) > LONGEST_TAG or len(value) > LONGEST_TAG:
            raise _wrong("x-modelhub-tags", f"tags of up to {LONGEST_TAG} characters")
        tags[name] = value
    if len(tags) > MOST_TAGS:
        raise _wrong("x-modelhub-tags", f"at most {MOST_TAGS} tags")
    return tags


def _timeout_s(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= LONGEST_TIMEOUT_S:
        raise _wrong("x-modelhub-timeout", f"seconds, up to {LONGEST_TIMEOUT_S}")
    return seconds


def _wrong(header: str, what: str) -> Exception:
    return refused(400, "invalid_header", f"The header {header} holds {what}.", header)
