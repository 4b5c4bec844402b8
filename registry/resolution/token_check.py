"""Who is calling: the token of a request against the snapshot. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final, Protocol

from registry.models.api_token import TokenScope
from registry.resolution.entries import TokenEntry
from registry.token_text import LENGTH, PREFIX, token_digest

NOBODY: Final = token_digest("")


class Tokens(Protocol):
    """Where tokens are looked up: a snapshot, usually."""

    def token(self, digest: str) -> TokenEntry | None: ...


class TokenRefused(Exception):
    """`code` is missing, malformed, unknown, expired, scope or feature. The message is
    for the caller and repeats nothing of the token."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_token(
    snapshot: Tokens,
    text: str,
    now: datetime.datetime,
    *scopes: str,
) -> TokenEntry:
    """The token with this text, if it holds at `now` (aware) and covers one of
    `scopes` (none: that of the gateway). Raises TokenRefused.

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
    wanted = scopes or (TokenScope.GATEWAY,)
    if entry.scopes.isdisjoint(wanted):
        words = " or ".join(wanted)
        raise TokenRefused("scope", f"This API token may not be used for {words}.")
    return entry


def check_feature(entry: TokenEntry, feature: str | None) -> None:
    """Raises TokenRefused where the token is for some features only, and `feature`, a
    key, is none of them."""
    if entry.features and feature not in entry.features:
        raise TokenRefused("feature", only_for(entry.features))


def only_for(features: Iterable[str]) -> str:
    """What a token for these features is told when it asks for another thing."""
    keys = ", ".join(f"feature:{key}" for key in sorted(features))
    return f"This API token may only be used for {keys}."
