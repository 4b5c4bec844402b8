"""Tokens that are newer than the snapshot of this process. A token is committed before
its change is announced and read; whoever uses it in between must not be refused."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from django.db import Error, connection

from registry.resolution.entries import TokenEntry
from registry.resolution.loading_organizations import load_token
from registry.token_text import token_digest

log = logging.getLogger(__name__)

EVERY_S: Final = 0.2
MOST_AT_ONCE: Final = 20
"""So many look-ups may follow one another, then one each EVERY_S: a flood of wrong
tokens costs the database five small queries a second, whoever sends it."""
KNOWN_S: Final = 0.5
"""A token found is not looked up again for so long. It is short, as a token that is
revoked must be refused within a second."""
MOST_KNOWN: Final = 1000


class Known:
    """One token, or none, as `check_token` asks for it."""

    def __init__(self, entry: TokenEntry | None) -> None:
        self._entry = entry

    def token(self, digest: str) -> TokenEntry | None:
        return self._entry


class NewTokens:
    """Looks at the database for a token that the snapshot does not know, at a bounded
    rate. `looked_up` belongs to one event loop."""

    def __init__(
        self,
        load: Callable[[str], TokenEntry | None] = load_token,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._clock = clock
        self._left = float(MOST_AT_ONCE)
        self._counted_at = clock()
        self._known: dict[str, tuple[float, TokenEntry]] = {}

    async def looked_up(self, text: str) -> Known:
        """The token with this text; nobody where it is not there, where the database
        does not answer, or where too many were looked up just now."""
        digest = token_digest(text)
        now = self._clock()
        found = self._known.get(digest)
        if found is not None and now - found[0] < KNOWN_S:
            return Known(found[1])
        self._known.pop(digest, None)
        if not self._may_look(now):
            return Known(None)
        entry = await asyncio.to_thread(self._look, digest)
        if entry is not None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[digest] = (now, entry)
        return Known(entry)

    def _may_look(self, now: float) -> bool:
        gained = (now - self._counted_at) / EVERY_S
        self._left = min(float(MOST_AT_ONCE), self._left + gained)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _look(self, digest: str) -> TokenEntry | None:
        try:
            return self._load(digest)
        except Error as error:
            log.warning("A token cannot be looked up: %s", error)
            return None
        finally:
            connection.close()
