"""Hears from the database that the configuration changed."""

from __future__ import annotations

import threading
import time
from typing import Final

import psycopg

from registry.resolution.loading import CHANNEL
from registry.resolution.shared_listener import PING_S, Connect, listener_for

SETTLE_S: Final = 0.03
"""After a first announcement others are waited for, so that a burst is read once."""


class Announcements:
    """What is announced on one channel. Used by one thread; `wake` by any. All of a
    process share one connection."""

    def __init__(self, connect: Connect, channel: str = CHANNEL) -> None:
        self.channel = channel
        self._listener = listener_for(connect)
        self._news = threading.Condition()
        self._heard: set[str] = set()
        self._lost: Exception | None = None
        self._is_woken = False

    def listen(self) -> None:
        """Connect and listen. What is announced from now on is heard."""
        with self._news:
            self._heard, self._lost = set(), None
        self._listener.join(self)

    def next_parts(self) -> set[str]:
        """Wait for announcements, at most `PING_S`; which parts changed. Raises
        psycopg.Error where the connection is lost."""
        with self._news:
            self._news.wait_for(
                lambda: self._is_woken or self._heard or self._lost, PING_S
            )
            if self._is_woken:
                self._is_woken = False
                return set()
        parts = self._taken()
        if parts:
            time.sleep(SETTLE_S)
            parts |= self._taken()
        return parts

    def wake(self) -> None:
        """End a wait in another thread."""
        with self._news:
            self._is_woken = True
            self._news.notify_all()

    def leave(self) -> None:
        """Hear no more, until `listen` is called again."""
        self._listener.leave(self)

    def hear(self, payload: str) -> None:
        with self._news:
            self._heard.add(payload)
            self._news.notify_all()

    def lose(self, error: Exception) -> None:
        with self._news:
            self._lost = error
            self._news.notify_all()

    def _taken(self) -> set[str]:
        with self._news:
            if self._lost is not None:
                raise psycopg.OperationalError(str(self._lost)) from self._lost
            heard, self._heard = self._heard, set()
            return heard
