"""What a process knows of all circuits: what is stored, and what it has not stored
yet. Reading takes no lock."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from registry.circuit import Circuit, Event
from registry.queries.circuits import Pair

QUIET: Final = Circuit()
MAX_QUEUED: Final = 200
"""Events kept for one circuit while the database is away; older ones are dropped."""


class Board:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stored: dict[Pair, Circuit] = {}
        self._queued: defaultdict[Pair, list[Event]] = defaultdict(list)
        self._current: dict[Pair, Circuit] = {}

    def is_quiet(self, pair: Pair) -> bool:
        return pair not in self._current

    def current(self, pair: Pair) -> Circuit:
        return self._current.get(pair, QUIET)

    def note(self, pair: Pair, event: Event) -> bool:
        """Take in an event. False if it changes nothing and need not be stored."""
        with self._lock:
            before = self.current(pair)
            after = before.after(event)
            if after == before:
                return False
            self._queued[pair].append(event)
            del self._queued[pair][:-MAX_QUEUED]
            self._show(pair, after)
            return True

    def take_queued(self) -> list[tuple[Pair, list[Event]]]:
        with self._lock:
            queued = list(self._queued.items())
            self._queued.clear()
            return queued

    def put_back(self, pair: Pair, events: list[Event]) -> None:
        """They could not be stored now."""
        with self._lock:
            self._queued[pair] = [*events, *self._queued[pair]][-MAX_QUEUED:]

    def store(self, pair: Pair, circuit: Circuit) -> None:
        """This is what the database holds."""
        with self._lock:
            self._stored[pair] = circuit
            self._refresh(pair)

    def reset(self, stored: Mapping[Pair, Circuit]) -> None:
        """The database holds these and no others."""
        with self._lock:
            self._stored = dict(stored)
            for pair in {*self._current, *stored}:
                self._refresh(pair)

    def _refresh(self, pair: Pair) -> None:
        stored = self._stored.get(pair, QUIET)
        if stored.is_quiet:
            self._stored.pop(pair, None)
        self._show(pair, stored.after_all(self._queued.get(pair, ())))

    def _show(self, pair: Pair, circuit: Circuit) -> None:
        if circuit.is_quiet:
            self._current.pop(pair, None)
        else:
            self._current[pair] = circuit
