"""Something that every process knows in memory: read once, and again whenever the
database announces a change of it. No request asks for it."""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.db import connection

from registry.resolution.listening import Announcements
from registry.resolution.shared_listener import Connect, connect_listener
from registry.resolution.source import AWAY, ConfigurationNotLoaded

START_S: Final = 30.0
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 5.0

Known = TypeVar("Known")
logger = logging.getLogger(__name__)


class AnnouncedBook(Generic[Known]):
    """`current` is a plain attribute. While the database is away, what was known last
    stays; when it is back, it is read again. `title` is its name in messages, in the
    plural; `nothing` what is known before the start."""

    def __init__(
        self,
        title: str,
        channel: str,
        load: Callable[[], Known],
        nothing: Known,
        connect: Connect = connect_listener,
    ) -> None:
        self.current = nothing
        self._title = title
        self._channel = channel
        self._read = load
        self._connect = connect
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._loaded = threading.Event()
        self._announcements: Announcements | None = None
        self._thread: threading.Thread | None = None
        self._process_id = 0
        self._is_away = False

    def start(self, timeout_s: float = START_S) -> None:
        """Know all of it, and go on following it. Raises ConfigurationNotLoaded: a
        process that does not know it would serve as if there were none."""
        with self._starting:
            is_ours = self._process_id == os.getpid()
            if is_ours and self._thread is not None and self._thread.is_alive():
                return
            self._process_id = os.getpid()
            self._stopping, self._loaded = threading.Event(), threading.Event()
            self._announcements = Announcements(self._connect, self._channel)
            self._thread = threading.Thread(
                target=self._run,
                args=(self._stopping, self._announcements),
                name=self._title,
                daemon=True,
            )
            self._thread.start()
        if not self._loaded.wait(timeout_s):
            self.stop()
            raise ConfigurationNotLoaded(f"The {self._title} cannot be read.")

    def stop(self) -> None:
        self._stopping.set()
        if self._announcements is not None:
            self._announcements.wake()
        if self._thread is not None and self._process_id == os.getpid():
            self._thread.join()
        self._thread = self._announcements = None

    def _run(self, stopping: threading.Event, announcements: Announcements) -> None:
        pause_s = FIRST_PAUSE_S
        while not stopping.is_set():
            try:
                announcements.listen()
                self._load()
                pause_s = FIRST_PAUSE_S
                while not stopping.is_set():
                    if announcements.next_parts() and not stopping.is_set():
                        self._load()
            except AWAY as error:
                self._note(error)
            except Exception as error:
                # The thread must not end: what is known would stay for ever.
                logger.exception("The %s cannot be read", self._title)
                self._note(error)
            finally:
                connection.close()
                announcements.leave()
            stopping.wait(pause_s * random.uniform(0.8, 1.2))  # noqa: S311  # no secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _load(self) -> None:
        self.current = self._read()
        connection.close()
        self._loaded.set()
        self._is_away = False

    def _note(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            words = " ".join(str(error).split())
            logger.warning("Changes of %s do not arrive: %s", self._title, words)
