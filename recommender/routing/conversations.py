"""Which model each conversation is with, as one process remembers it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

KEPT_S: Final = 3_600.0
"""No provider keeps a cache for longer."""
MOST: Final = 20_000

Key = tuple[int, int, str]
"""Organisation, feature (0: none), conversation."""


@dataclass(slots=True)
class Conversations:
    """The oldest are forgotten first. Usable from every thread."""

    clock_s: Callable[[], float] = time.monotonic
    _known: OrderedDict[Key, tuple[int, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def model_of(self, key: Key) -> int | None:
        """The model that the conversation is with; None: not known, or long ago."""
        with self._lock:
            found = self._known.get(key)
        if found is None or self.clock_s() - found[1] > KEPT_S:
            return None
        return found[0]

    def note(self, key: Key, model_id: int) -> None:
        with self._lock:
            self._known[key] = (model_id, self.clock_s())
            self._known.move_to_end(key)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
