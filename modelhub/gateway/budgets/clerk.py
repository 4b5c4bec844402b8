"""The thread in which budgets speak with the database."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import connection

TICK_S: Final = 0.5

logger = logging.getLogger(__name__)


class Clerk:
    """Does one job after the other, and `tick` in between, about twice a second. It
    begins with the first job."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process_id = 0

    def do(self, job: Callable[[], None]) -> None:
        """`job` catches what can go wrong itself."""
        self._jobs.put(job)
        with self._starting:
            is_ours = self._process_id == os.getpid()
            if is_ours and self._thread is not None and self._thread.is_alive():
                return
            self._process_id = os.getpid()
            self._thread = threading.Thread(
                target=self._run, name="budgets", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Return when everything is done and the thread has ended."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None and self._process_id == os.getpid():
            self._jobs.put(None)
            thread.join()

    def _run(self) -> None:
        ticked_s = time.monotonic()
        try:
            while True:
                try:
                    job = self._jobs.get(timeout=TICK_S)
                except queue.Empty:
                    job = self._tick
                if job is None:
                    return
                self._work(job)
                if time.monotonic() - ticked_s > TICK_S:
                    self._work(self._tick)
                    ticked_s = time.monotonic()
        finally:
            connection.close()

    @staticmethod
    def _work(job: Callable[[], None]) -> None:
        connection.close_if_unusable_or_obsolete()
        try:
            job()
        except Exception:
            # One job must not end the thread, on which all budgets wait.
            logger.exception("A budget cannot be worked on")
