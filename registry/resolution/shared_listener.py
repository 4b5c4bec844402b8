"""One connection for all that a process listens to."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from typing import Any, Final, Protocol

import psycopg
from django.conf import settings

from registry.direct_connection import connect_directly

PING_S: Final = 10.0
KEEPALIVE: Final[dict[str, Any]] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 5,
    "application_name": "modelhub configuration",
}

POOLED: Final = (
    "DATABASE_URL leads through a pooler. If it lends sessions for a transaction, "
    "changes do not arrive: set DATABASE_DIRECT_URL (docs/deploy.md)."
)
log = logging.getLogger(__name__)

Link = psycopg.Connection[Any]
Connect = Callable[[], Link]


class Ear(Protocol):
    """What hears the announcements of one channel."""

    @property
    def channel(self) -> str: ...

    def hear(self, payload: str) -> None: ...

    def lose(self, error: Exception) -> None:
        """Nothing more is heard until it joins again."""


def connect_listener() -> Link:
    """A connection to Django's database that notices when it is cut."""
    link = connect_directly(**KEEPALIVE)
    if settings.DIRECT_DATABASE is None and is_lent(link):
        log.warning(POOLED)
    return link


def is_lent(link: Link) -> bool:
    """Whether a pooler stands between: the session has another number than the server
    gave the connection."""
    row = link.execute("SELECT pg_backend_pid()").fetchone()
    return row is not None and row[0] != link.info.backend_pid


class Waker:
    """Ends the wait of a thread from another one."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self._there.setblocking(False)

    def wake(self) -> None:
        # A full pipe wakes as well.
        with contextlib.suppress(BlockingIOError):
            self._there.send(b".")

    def wait(self, number: int, timeout_s: float) -> bool:
        """Until the descriptor `number` can be read, or somebody wakes."""
        # Not select(): a server with many connections has numbers it cannot take.
        with selectors.DefaultSelector() as selector:
            selector.register(number, selectors.EVENT_READ)
            selector.register(self._here, selectors.EVENT_READ)
            ready = selector.select(timeout_s)
        with contextlib.suppress(BlockingIOError):
            self._here.recv(64)
        return bool(ready)

    def close(self) -> None:
        self._here.close()
        self._there.close()


class SharedListener:
    """A thread with a connection: begun by the first ear that joins, ended when the
    last one has left. If the connection is lost every ear is told, and the next one
    that joins has it made again."""

    def __init__(self, connect: Connect = connect_listener) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._joining: list[tuple[Ear, Future[None]]] = []
        self._ears: set[Ear] = set()
        self._thread: threading.Thread | None = None
        self._waker: Waker | None = None

    def join(self, ear: Ear) -> None:
        """What is announced from now on is heard. Raises what connecting raises."""
        joined: Future[None] = Future()
        with self._lock:
            self._joining.append((ear, joined))
            if self._waker is None:
                self._begin()
            else:
                self._waker.wake()
        joined.result()

    def leave(self, ear: Ear) -> None:
        """The connection of the last one is closed when this returns."""
        with self._lock:
            self._ears.discard(ear)
            is_last = not self._ears and not self._joining
            thread = self._thread
            if self._waker is not None:
                self._waker.wake()
        if is_last and thread is not None:
            thread.join()

    def _begin(self) -> None:
        self._waker = Waker()
        self._thread = threading.Thread(
            target=self._run, args=(self._waker,), name="announcements", daemon=True
        )
        self._thread.start()

    def _run(self, waker: Waker) -> None:
        link: Link | None = None
        while self._is_wanted():
            try:
                link = link or self._connected()
                self._welcome(link)
                self._wait(link, waker)
            except Exception as error:
                # Whatever it is, every ear tells of it in its own way.
                self._lose(error)
                if link is not None:
                    link.close()
                link = None
        waker.close()
        if link is not None:
            link.close()

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._ears or self._joining:
                return True
            self._thread = self._waker = None
            return False

    def _connected(self) -> Link:
        try:
            return self._connect()
        except Exception as error:
            self._turn_away(error)
            raise

    def _welcome(self, link: Link) -> None:
        """Listen for all who want to join."""
        with self._lock:
            joining = list(self._joining)
        try:
            for channel in {ear.channel for ear, _ in joining}:
                link.execute(f"LISTEN {channel}")
        except Exception as error:
            self._turn_away(error)
            raise
        with self._lock:
            del self._joining[: len(joining)]
            self._ears.update(ear for ear, _ in joining)
        for _, joined in joining:
            joined.set_result(None)
        self._tell(link)

    def _turn_away(self, error: Exception) -> None:
        """Nobody waits for a database that is away; they come again."""
        with self._lock:
            joining, self._joining = self._joining, []
        for _, joined in joining:
            joined.set_exception(error)

    def _wait(self, link: Link, waker: Waker) -> None:
        if not waker.wait(link.fileno(), PING_S):
            # A connection may be gone without a word.
            link.execute("SELECT 1")
        self._tell(link)

    def _tell(self, link: Link) -> None:
        for one in link.notifies(timeout=0):
            with self._lock:
                ears = [ear for ear in self._ears if ear.channel == one.channel]
            for ear in ears:
                ear.hear(one.payload)

    def _lose(self, error: Exception) -> None:
        with self._lock:
            ears, self._ears = self._ears, set()
        for ear in ears:
            ear.lose(error)


def listener_for(connect: Connect) -> SharedListener:
    """The one of this process; whoever connects in another way has one alone."""
    if connect is connect_listener:
        return _listener_of(os.getpid())
    return SharedListener(connect)


@cache
def _listener_of(process_id: int) -> SharedListener:
    # A forked child has the parent's, but not its thread: hence one for each process.
    return SharedListener()
