"""Records calls without making anybody wait.

`record` puts a call into this process's spool file and returns; a thread writes what is
there to PostgreSQL, several times a second. See `analytics.spool` for what survives
what. While the database is away calls stay in the spool; while the spool cannot be
written either, a bounded number stays in memory, and what no longer fits is counted as
lost, aloud.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from analytics.call_counting import note_call
from analytics.recording.calls import Call, Payload, encode
from analytics.recording.database_link import usage_connection
from analytics.recording.frames import frame
from analytics.recording.losses import note_losses
from analytics.recording.sink import UsageSink
from analytics.recording.writer import Connect, DatabaseAway, UsageWriter
from analytics.spool import SpoolFile
from analytics.usage_row import UsageRow

INTERVAL_S: Final = 0.1
"""How long calls are gathered before they are written together."""
ADOPT_EVERY_S: Final = 5.0
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 15.0
COMPLAIN_EVERY_S: Final = 60.0
HELD_IN_MEMORY: Final = 2000
"""Calls, while the spool cannot be written."""
logger = logging.getLogger("modelhub.usage")


@dataclass(frozen=True)
class RecorderState:
    """Counts since this process started. `waiting` calls are not in the database yet;
    `problem` says why, if anything is wrong."""

    recorded: int
    waiting: int
    written: int
    rejected: int
    lost: int
    problem: str


class Recorder:
    """One for each process; safe to use from any thread, and after a fork."""

    def __init__(self, folder: Path, connect: Connect) -> None:
        self.folder = folder
        self._sink = UsageSink(folder, UsageWriter(connect))
        self._problem = self._spool_problem = ""
        self._complained_at = float("-inf")
        self._lost = self._lost_noted = 0
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._done = threading.Condition()
        self._current: SpoolFile | None = None
        self._draining: SpoolFile | None = None
        self._held: deque[bytes] = deque()
        self._thread: threading.Thread | None = None
        self._is_idle = self._is_stopping = False
        self._recorded = self._settled = 0
        self._pause_s = 0.0
        self._adopted_at = float("-inf")

    def record(self, row: UsageRow, payload: Payload | None = None) -> None:
        """Keep a call. Takes microseconds, never waits for the database and never
        raises for want of a disk. `payload` is given only where the organisation
        keeps prompts and answers."""
        body = encode(Call(row, payload))
        data = frame(body)
        note_call(row)
        with self._lock:
            try:
                self._open_current().append(data)
                self._recorded += 1
            except OSError as error:
                self._hold(body, error)
        if self._is_idle:
            self._wake.set()
        elif self._thread is None:
            self.start()

    def start(self) -> None:
        """Begin to write, also what dead processes left behind. Doing it twice does
        nothing; recording starts it too."""
        with self._lock:
            if self._thread is not None:
                return
            self._is_stopping = False
            self._thread = threading.Thread(
                target=self._run, name="usage-recorder", daemon=True
            )
            self._thread.start()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything recorded so far is settled: written, or put aside.
        False if that takes longer."""
        target = self._recorded
        if self._thread is None:
            return self._settled >= target
        self._hurry.set()
        self._wake.set()
        with self._done:
            return self._done.wait_for(lambda: self._settled >= target, timeout_s)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Flush and end the thread. What could not be written stays in the spool for
        the next process; False says that there is such."""
        is_flushed = self.flush(timeout_s)
        thread, self._is_stopping = self._thread, True
        if thread is None:
            return is_flushed
        self._hurry.set()
        self._wake.set()
        thread.join(timeout_s)
        if thread.is_alive():
            # It hangs in the database and may still come back to its files.
            return False
        with self._lock:
            self._give_up_files()
        return is_flushed

    @property
    def state(self) -> RecorderState:
        return RecorderState(
            recorded=self._recorded,
            waiting=max(self._recorded - self._settled, 0),
            written=self._sink.written,
            rejected=self._sink.rejected,
            lost=self._lost,
            problem=self._all_problems,
        )

    @property
    def _all_problems(self) -> str:
        return " ".join(filter(None, (self._spool_problem, self._problem)))

    def forget_parent(self) -> None:
        """In a forked child: files, connection and thread are the parent's."""
        for file in (self._draining, self._current):
            if file is not None:
                file.forget()
        self._sink.writer.forget()
        self._begin()

    def _open_current(self) -> SpoolFile:
        if self._current is None:
            self._current = SpoolFile.create(self.folder)
        return self._current

    def _hold(self, body: bytes, error: OSError) -> None:
        self._spool_problem = f"The usage spool cannot be written: {error}"
        if len(self._held) < HELD_IN_MEMORY:
            self._held.append(body)
            self._recorded += 1
        else:
            self._lost += 1

    def _give_up_files(self) -> None:
        for file in (self._draining, self._current):
            if file is not None:
                file.release()
        self._lost += len(self._held)
        self._held.clear()
        self._note_losses()
        self._current = self._draining = self._thread = None
        self._settled = self._recorded

    # From here on: the thread's work.

    def _run(self) -> None:
        while True:
            self._rest()
            is_last = self._is_stopping
            self._hurry.clear()
            try:
                self._work()
            except DatabaseAway as error:
                self._back_off(f"Usage records wait for the database: {error}")
            except OSError as error:
                self._back_off(f"The usage spool cannot be read: {error}")
            except Exception:
                # Without this thread nothing would be recorded any more.
                logger.exception("Writing usage records failed; it is tried again.")
                self._back_off("Writing usage records failed; see the log.")
            else:
                self._go_on()
            self._complain()
            if is_last:
                self._sink.writer.close()
                return

    def _rest(self) -> None:
        """Sleep while there is nothing to do, then gather for a moment."""
        if self._pause_s:
            self._hurry.wait(self._pause_s)
            return
        self._is_idle = True
        quiet_s = self._adopted_at + ADOPT_EVERY_S - time.monotonic()
        if self._settled >= self._recorded and quiet_s > 0 and not self._is_stopping:
            self._wake.wait(quiet_s)
        self._is_idle = False
        self._wake.clear()
        if not self._is_stopping:
            self._hurry.wait(INTERVAL_S)

    def _work(self) -> None:
        self._swap()
        file = self._draining
        if file is not None and not file.is_drained:
            while not file.is_drained:
                self._settle(self._sink.drain_some(file))
            file.clear()
        while self._held:
            self._sink.store([self._held[0]])
            self._held.popleft()
            self._settle(1)
        if time.monotonic() >= self._adopted_at + ADOPT_EVERY_S:
            self._sink.adopt_orphans()
            self._adopted_at = time.monotonic()

    def _swap(self) -> None:
        """Let callers go on in the other file, so that this one can be emptied."""
        with self._lock:
            current, other = self._current, self._draining
            if current is None or not current.size:
                return
            if other is not None and not other.is_drained:
                return
            if other is not None and other.is_gone:
                other.release()
                other = None
            self._current, self._draining = other, current
            if other is not None:
                other.clear()

    def _settle(self, count: int) -> None:
        with self._done:
            self._settled += count
            self._done.notify_all()

    def _back_off(self, problem: str) -> None:
        self._problem = problem
        self._pause_s = min(self._pause_s * 2 or FIRST_PAUSE_S, LONGEST_PAUSE_S)
        for file in (self._draining, self._current):
            if file is not None and not file.is_drained:
                file.sync()

    def _go_on(self) -> None:
        if self._problem:
            logger.warning("Usage records are written again.")
        self._pause_s, self._problem = 0.0, ""

    def _complain(self) -> None:
        """About what is wrong, once a minute."""
        problem = self._all_problems
        is_due = time.monotonic() - self._complained_at > COMPLAIN_EVERY_S
        if not problem or not is_due:
            return
        self._complained_at = time.monotonic()
        state = self.state
        logger.error("%s (%d wait, %d lost)", problem, state.waiting, state.lost)
        self._note_losses()
        self._spool_problem = ""

    def _note_losses(self) -> None:
        if self._lost > self._lost_noted and note_losses(
            self.folder, self._lost - self._lost_noted, self._spool_problem
        ):
            self._lost_noted = self._lost


@cache
def recorder() -> Recorder:
    """The recorder of this process, started."""
    one = Recorder(settings.MODELHUB_SPOOL, usage_connection)
    reference = weakref.ref(one)
    os.register_at_fork(after_in_child=lambda: _forget_parent(reference))
    atexit.register(one.stop, 2.0)
    one.start()
    return one


def _forget_parent(reference: weakref.ref[Recorder]) -> None:
    one = reference()
    if one is not None:
        one.forget_parent()
