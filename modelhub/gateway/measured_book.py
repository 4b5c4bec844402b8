"""What organisations have found out of their models, in memory: read again in the
background while somebody asks for automatic choices; no request waits for it."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from django.db import DatabaseError, connection

from recommender.routing.believing import Found
from recommender.routing.shortlists import UNREAD, Known

REFRESH_S: Final = 300.0
MOST_ORGANIZATIONS: Final = 1_000

Load = Callable[[int], Mapping[int, Found]]

logger = logging.getLogger(__name__)


class MeasuredBook:
    """One per process. Of an organisation that was not read yet it knows nothing, and
    the choice goes by documented ratings."""

    def __init__(
        self, load: Load, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load
        self._clock_s = clock_s
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="measured")
        self._lock = threading.Lock()
        self._known: dict[int, Known] = {}
        self._asked_s: dict[int, float] = {}
        self._versions = itertools.count(1)

    def __call__(self, organization_id: int) -> Known:
        """What is known now; asks for more where that is older than five minutes."""
        now_s = self._clock_s()
        asked_s = self._asked_s.get(organization_id)
        if asked_s is None or now_s - asked_s > REFRESH_S:
            self._ask(organization_id, now_s)
        return self._known.get(organization_id, UNREAD)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _ask(self, organization_id: int, now_s: float) -> None:
        with self._lock:
            if len(self._asked_s) >= MOST_ORGANIZATIONS:
                self._asked_s.clear()
                self._known.clear()
            self._asked_s[organization_id] = now_s
        # While the process ends, requests under way go by what is known.
        with suppress(RuntimeError):
            self._executor.submit(self._read, organization_id)

    def _read(self, organization_id: int) -> None:
        try:
            found = self._load(organization_id)
        except DatabaseError as error:
            # What was known stays; the next request after a while asks again.
            logger.warning("Measured models were not read (%s).", type(error).__name__)
            return
        finally:
            connection.close()
        with self._lock:
            before = self._known.get(organization_id, UNREAD)
            if dict(before.by_model) != dict(found):
                self._known[organization_id] = Known(next(self._versions), found)
