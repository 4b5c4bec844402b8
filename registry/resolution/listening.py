"""Hears from the database that the configuration changed."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.db import connection

from registry.resolution.loading import CHANNEL

SETTLE_S: Final = 0.03
"""After a first announcement others are waited for, so that a burst is read once."""
PING_S: Final = 10.0
KEEPALIVE: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 5,
    "application_name": "modelhub configuration",
}


Connect = Callable[[], psycopg.Connection[Any]]


def connect_listener() -> psycopg.Connection[Any]:
    """A connection to Django's database that notices when it is cut."""
    parameters = {**connection.get_connection_params(), **KEEPALIVE}
    parameters.pop("cursor_factory", None)
    return psycopg.connect(**parameters, autocommit=True)


class Announcements:
    """A connection of its own that listens. Used by one thread; `wake` by any."""

    def __init__(self, connect: Connect, channel: str = CHANNEL) -> None:
        self._connect = connect
        self._channel = channel
        self._connection: psycopg.Connection[Any] | None = None
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)

    def listen(self) -> None:
        """Connect and listen. What is announced from now on is heard."""
        self._connection = self._connect()
        self._connection.execute(f"LISTEN {self._channel}")

    def next_parts(self) -> set[str]:
        """Wait for announcements, at most `PING_S`; which parts changed. Raises
        psycopg.Error where the connection is lost."""
        listener = self._listener()
        wake = self._here.fileno()
        ready, _, _ = select.select([listener.fileno(), wake], [], [], PING_S)
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                self._here.recv(64)
            return set()
        if not ready:
            # A connection may be gone without a word.
            listener.execute("SELECT 1")
            return self._heard(listener)
        parts = self._heard(listener)
        if parts:
            time.sleep(SETTLE_S)
            parts |= self._heard(listener)
        return parts

    def wake(self) -> None:
        """End a wait in another thread."""
        with contextlib.suppress(OSError):
            self._there.send(b".")

    def leave(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        self._here.close()
        self._there.close()

    def _listener(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            raise psycopg.OperationalError("the connection is not open")
        return self._connection

    @staticmethod
    def _heard(listener: psycopg.Connection[Any]) -> set[str]:
        return {one.payload for one in listener.notifies(timeout=0)}
