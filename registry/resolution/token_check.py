"""Who is calling: the token of a request against the snapshot. Pure."""

from __future__ import annotations

import datetime
from typing import Final, Protocol

from registry.models.api_token import TokenScope
from registry.resolution.entries import TokenEntry
from registry.token_text import LENGTH, PREFIX, token_digest

NOBODY: Final = token_digest("")


class Tokens(Protocol):
    """Where tokens are looked up: a snapshot, usually."""

    def token(self, digest: str) -> TokenEntry | None: ...


class TokenRefused(Exception):
    """`code` is missing, malformed, unknown, expired or scope. The message is for the
    caller and repeats nothing of the token."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_token(
    snapshot: Tokens,
    text: str,
    now: datetime.datetime,
    scope: str = TokenScope.GATEWAY,
) -> TokenEntry:
    """The token with this text, if it holds at `now` (aware) and covers `scope`.
    Raises TokenRefused.

    Only the digest is looked up: how long that takes says nothing about the text.
    """
    is_well_formed = len(text) == LENGTH and text.startswith(PREFIX)
    entry = snapshot.token(token_digest(text) if is_well_formed else NOBODY)
    if not text:
        raise TokenRefused(
            "missing", "No API token was sent: send it as “Authorization: Bearer mh_…”."
        )
    if not is_well_formed:
        raise TokenRefused(
            "malformed", "This is not an API token of ModelHub: those begin with mh_."
        )
    if entry is None:
        raise TokenRefused("unknown", "This API token is not known, or was revoked.")
    if entry.expires_at is not None and entry.expires_at <= now:
        day = f"{entry.expires_at.day} {entry.expires_at:%b %Y}"
        raise TokenRefused("expired", f"This API token expired on {day}.")
    if scope not in entry.scopes:
        raise TokenRefused("scope", f"This API token may not be used for {scope}.")
    return entry
