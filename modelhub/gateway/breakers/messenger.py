"""The thread between a process's board and the database: stores what happened here,
claims probes, and reads what happened elsewhere."""

from __future__ import annotations

import datetime
import logging
import os
import random
import threading
from collections import deque
from concurrent.futures import Future
from typing import Final

from django.db import connection

from modelhub.gateway.breakers.board import Board
from registry.circuit import Event
from registry.queries.circuits import Pair, all_circuits, circuit_of
from registry.resolution.listening import Announcements
from registry.resolution.shared_listener import Connect, connect_listener
from registry.resolution.source import AWAY
from registry.services.circuits import CHANNEL, apply_events, claim_probe

START_S: Final = 5.0
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 2.0

logger = logging.getLogger(__name__)

Answer = Future[bool | None]
Claim = tuple[Pair, datetime.datetime, Answer]


class Messenger:
    """While the database is away, the process goes by what it sees itself."""

    def __init__(self, board: Board, connect: Connect = connect_listener) -> None:
        self._board = board
        self._connect = connect
        self._claims: deque[Claim] = deque()
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._tried = threading.Event()
        self._announcements: Announcements | None = None
        self._thread: threading.Thread | None = None
        self._process_id = 0
        self.is_connected = False

    def start(self) -> None:
        """Know all circuits and go on following them. Returns after a few seconds
        even if the database is away. Does nothing where it runs already."""
        with self._starting:
            is_ours = self._process_id == os.getpid()
            if is_ours and self._thread is not None and self._thread.is_alive():
                return
            self._process_id = os.getpid()
            self._stopping, self._tried = threading.Event(), threading.Event()
            self._announcements = Announcements(self._connect, CHANNEL)
            self._thread = threading.Thread(
                target=self._run,
                args=(self._announcements,),
                name="circuits",
                daemon=True,
            )
            self._thread.start()
        self._tried.wait(START_S)

    def stop(self) -> None:
        """Store what is queued, if that can be done now, and end the thread."""
        self._stopping.set()
        self.wake()
        if self._thread is not None and self._process_id == os.getpid():
            self._thread.join()
        self._thread = self._announcements = None

    def wake(self) -> None:
        if self._announcements is not None:
            self._announcements.wake()

    def claim(self, pair: Pair, at: datetime.datetime) -> Answer:
        """Ask for the probe of an open circuit. None: the database is away."""
        answer: Answer = Future()
        self._claims.append((pair, at, answer))
        self.wake()
        return answer

    def _run(self, announcements: Announcements) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                announcements.listen()
                self._board.reset(all_circuits())
                self._connected()
                pause_s = FIRST_PAUSE_S
                self._follow(announcements)
            except AWAY as error:
                self._lost(error)
            except Exception:
                # The thread must not end: circuits would stay as they are for ever.
                logger.exception("Circuits cannot be followed")
            finally:
                self.is_connected = False
                self._tried.set()
                self._let_go()
                connection.close()
                announcements.leave()
            self._stopping.wait(pause_s * random.uniform(0.8, 1.2))  # noqa: S311  # no secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _follow(self, announcements: Announcements) -> None:
        while not self._stopping.is_set():
            self._work_off()
            for payload in announcements.next_parts():
                connection_id, _, ai_model_id = payload.partition(":")
                pair = (int(connection_id), int(ai_model_id))
                self._board.store(pair, circuit_of(pair))
        self._work_off()

    def _work_off(self) -> None:
        connection.close_if_unusable_or_obsolete()
        queued = self._board.take_queued()
        while queued:
            pair, events = queued[0]
            try:
                self._store(pair, events)
            except AWAY:
                for pair, events in queued:
                    self._board.put_back(pair, events)
                raise
            del queued[0]
        while self._claims:
            pair, at, answer = self._claims.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                is_ours = claim_probe(connection_id=pair[0], ai_model_id=pair[1], at=at)
                self._board.store(pair, circuit_of(pair))
            except AWAY:
                answer.set_result(None)
                raise
            answer.set_result(is_ours)

    def _store(self, pair: Pair, events: list[Event]) -> None:
        circuit = apply_events(
            connection_id=pair[0], ai_model_id=pair[1], events=events
        )
        if circuit is not None:
            self._board.store(pair, circuit)

    def _connected(self) -> None:
        self.is_connected = True
        self._tried.set()

    def _lost(self, error: Exception) -> None:
        if self.is_connected or not self._tried.is_set():
            logger.warning(
                "Circuits are not shared with other processes until the database is "
                "back: %s",
                " ".join(str(error).split()),
            )

    def _let_go(self) -> None:
        """Nobody waits for a database that is away: who asked decides by itself."""
        while self._claims:
            answer = self._claims.popleft()[2]
            if answer.set_running_or_notify_cancel():
                answer.set_result(None)
