"""Holds the current snapshot for a process and keeps it current: changes are announced
by the database (LISTEN), and a lost connection is made again."""

from __future__ import annotations

import logging
import os
import random
import threading
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from registry.instruments import counted, gauge
from registry.machine_probe import machine_watch
from registry.resolution.listening import Announcements
from registry.resolution.loading import (
    CATALOG_PART,
    load_snapshot,
    reload_organizations,
)
from registry.resolution.shared_listener import Connect, connect_listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.resolution.snapshot import Snapshot

log = logging.getLogger(__name__)

AWAY: Final = (DatabaseError, InterfaceError, psycopg.Error, OSError)
"""What a database raises that cannot be reached or was restarted."""
START_S: Final = 30.0
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 5.0


class ConfigurationNotLoaded(Exception):
    """The process does not know the configuration (yet); the message says why."""


class SnapshotSource:
    """The snapshot of a process. `current` is a plain attribute; reading it takes no
    lock and never waits. While the database is away, the last snapshot stays.

    `is_listening` is False while changes would not arrive; `problem` says why. One that
    `is_fixed` serves what it loaded first: of later changes it takes the API tokens
    alone, so that a revoked one is refused everywhere.
    """

    current: Snapshot

    def __init__(
        self, connect: Connect = connect_listener, *, is_fixed: bool = False
    ) -> None:
        self._connect = connect
        self.is_fixed = is_fixed
        self.is_listening = False
        self.problem = ""
        self._changed = threading.Condition()
        self._starting = threading.Lock()
        self._announcements: Announcements | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._process_id = 0
        self._loads = 0

    def __getattr__(self, name: str) -> Snapshot:
        # Called only while `current` is not set.
        if name == "current":
            message = self.problem or "the source is not started"
            raise ConfigurationNotLoaded(f"No configuration is loaded: {message}.")
        raise AttributeError(name)

    @property
    def is_running(self) -> bool:
        """Whether this very process follows the configuration."""
        # A forked child has the attribute, but not the thread.
        return (
            self._thread is not None
            and self._thread.is_alive()
            and self._process_id == os.getpid()
        )

    def start(self, timeout_s: float = START_S) -> SnapshotSource:
        """Load the configuration and go on following it, in a thread of its own. Does
        nothing where that happens already. Raises ConfigurationNotLoaded if the
        first snapshot cannot be had."""
        with self._starting:
            if self.is_running:
                return self
            self._stopping = threading.Event()
            self._announcements = Announcements(self._connect)
            self._process_id = os.getpid()
            self.problem = ""
            self._loads = 0
            self._thread = threading.Thread(
                target=self._run,
                args=(self._stopping, self._announcements),
                name="configuration",
                daemon=True,
            )
            self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._loads or self.problem, timeout_s)
        if not self._loads:
            reason = self.problem or f"it took longer than {timeout_s:g} s"
            self.stop()
            message = f"The configuration cannot be loaded: {reason}."
            raise ConfigurationNotLoaded(message)
        return self

    def stop(self) -> None:
        """End the thread and its connections. The last snapshot stays."""
        self._stopping.set()
        if self._announcements:
            self._announcements.wake()
        if self._thread and self._process_id == os.getpid():
            self._thread.join()
        self._thread = self._announcements = None
        self.is_listening = False

    def wait_until(
        self, condition: Callable[[Snapshot], bool], timeout_s: float = 5.0
    ) -> Snapshot:
        """The first snapshot that meets `condition`. Raises TimeoutError."""
        with self._changed:
            is_met = self._changed.wait_for(
                lambda: "current" in vars(self) and condition(self.current), timeout_s
            )
        if not is_met:
            raise TimeoutError(f"Not so within {timeout_s:g} s.")
        return self.current

    def wait_for(self, version: int, timeout_s: float = 5.0) -> Snapshot:
        """A snapshot of at least `version`, as of `loading.announce_all`."""
        return self.wait_until(lambda found: found.version >= version, timeout_s)

    def _run(self, stopping: threading.Event, announcements: Announcements) -> None:
        pause_s = FIRST_PAUSE_S
        while not stopping.is_set():
            try:
                announcements.listen()
                self._set(self._loaded({CATALOG_PART}))
                pause_s = FIRST_PAUSE_S
                self._follow(stopping, announcements)
            except AWAY as error:
                self._note(error)
            except Exception as error:
                # A row that nobody expected must not end the thread: what is served
                # would stay as it is for ever, and nobody would know.
                log.exception("The configuration cannot be read")
                self._note(error)
            finally:
                connection.close()
                announcements.leave()
            stopping.wait(pause_s * random.uniform(0.8, 1.2))  # noqa: S311  # no secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _follow(self, stopping: threading.Event, announcements: Announcements) -> None:
        while not stopping.is_set():
            parts = announcements.next_parts()
            if stopping.is_set():
                continue
            if not parts:
                self._look_at_machine()
                continue
            self._set(self._loaded(parts))
            connection.close()

    def _loaded(self, parts: set[str]) -> Snapshot:
        if "current" in vars(self) and self.is_fixed:
            return with_tokens_of(self.current, reload_organizations(self.current))
        if CATALOG_PART in parts:
            return load_snapshot()
        return reload_organizations(self.current)

    def _look_at_machine(self) -> None:
        """Plan anew where local models fit that did not, or the other way round."""
        machine = machine_watch().machine()
        current = self.current
        if machine.rounded() != current.machine.rounded():
            self._set(replace(current, machine=machine, plans={}))

    def _set(self, snapshot: Snapshot) -> None:
        with self._changed:
            if self.problem:
                log.warning("The configuration is followed again.")
            self.current = snapshot
            self._loads += 1
            self.problem = ""
            self.is_listening = True
            self._changed.notify_all()
        counted(lambda: _note_loaded(snapshot))

    def _note(self, error: Exception) -> None:
        """Say once that changes do not arrive, in the log and to whoever waits."""
        problem = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        with self._changed:
            if not self.problem:
                log.warning("Changes of the configuration do not arrive: %s", problem)
            self.problem = problem
            self.is_listening = False
            self._changed.notify_all()
        counted(lambda: _note_listening(False))


@cache
def snapshot_source() -> SnapshotSource:
    """The source of this process, not started: call `start()`, which does nothing the
    second time."""
    return SnapshotSource(is_fixed=not settings.MODELHUB_HOT_SWITCHING)


def _note_loaded(snapshot: Snapshot) -> None:
    gauge("modelhub_process_snapshot_version", "Version that each process serves.").set(
        snapshot.version
    )
    gauge(
        "modelhub_process_snapshot_loaded_timestamp_seconds",
        "When each process loaded what it serves.",
    ).set(snapshot.loaded_at.timestamp())
    _note_listening(True)


def _note_listening(is_listening: bool) -> None:
    gauge(
        "modelhub_process_snapshot_current",
        "1 while changes arrive at the process, 0 while they do not.",
    ).set(is_listening)


def with_tokens_of(fixed: Snapshot, newer: Snapshot) -> Snapshot:
    """`fixed` with the tokens that hold now; those it knows stay as they are."""
    known = fixed.configuration.tokens
    tokens = {
        digest: known.get(digest, token)
        for digest, token in newer.configuration.tokens.items()
    }
    configuration = replace(fixed.configuration, tokens=tokens)
    return replace(fixed, configuration=configuration)
