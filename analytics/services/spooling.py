"""What waits in the spool of this machine, from outside the processes that fill it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics.recording.database_link import usage_connection
from analytics.recording.losses import lost_so_far
from analytics.recording.sink import REJECTED, UsageSink
from analytics.recording.writer import UsageWriter
from analytics.services.partitions import partition_names, stray_count
from analytics.spool import Backlog, backlog

LOOK_EVERY_S: Final = 0.05


@dataclass(frozen=True)
class Flushed:
    """`files` of dead processes were written. `left` is what living processes have
    not written themselves yet."""

    files: int
    written: int
    rejected: int
    left: Backlog


@dataclass(frozen=True)
class UsageStatus:
    """`strays` are rows in the default partition; `rejected` and `lost` count since
    their files in the spool were last removed."""

    spool: Path
    backlog: Backlog
    rejected: int
    lost: int
    partitions: list[str]
    strays: int


def flush_spool(folder: Path, patience_s: float = 0.0) -> Flushed:
    """Write what dead processes left behind; living ones write within moments, and are
    given `patience_s` for it. Raises DatabaseAway."""
    writer = UsageWriter(usage_connection)
    sink = UsageSink(folder, writer)
    try:
        files = sink.adopt_orphans()
    finally:
        writer.close()
    end = time.monotonic() + patience_s
    left = backlog(folder)
    while left.size_bytes and time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
        left = backlog(folder)
    return Flushed(files, sink.written, sink.rejected, left)


def usage_status(folder: Path) -> UsageStatus:
    return UsageStatus(
        spool=folder,
        backlog=backlog(folder),
        rejected=_lines(folder / REJECTED),
        lost=lost_so_far(folder),
        partitions=partition_names(),
        strays=stray_count(),
    )


def _lines(path: Path) -> int:
    try:
        with path.open() as file:
            return sum(1 for _ in file)
    except FileNotFoundError:
        return 0
