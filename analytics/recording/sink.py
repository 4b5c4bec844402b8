"""Where spooled calls end: in the database, or aside with the reason."""

from __future__ import annotations

import datetime
import json
import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from analytics.recording.breathing import gently
from analytics.recording.calls import Call, decode, readable
from analytics.recording.writer import UsageWriter
from analytics.spool import SpoolFile, orphans

REJECTED: Final = "rejected.jsonl"
BATCH: Final = 1000
Refused = tuple[object, str]
logger = logging.getLogger("modelhub.usage")


class UsageSink:
    """Counts what it has written and rejected."""

    def __init__(self, folder: Path, writer: UsageWriter) -> None:
        self.folder = folder
        self.writer = writer
        self.written = 0
        self.rejected = 0

    def store(self, bodies: list[bytes]) -> None:
        """Write encoded calls. Raises DatabaseAway; all can be stored again then."""
        refused: list[Refused] = []
        for start in range(0, len(bodies), BATCH):
            refused += self._store_batch(bodies[start : start + BATCH])
        self.written += len(bodies) - len(refused)
        self.rejected += len(refused)
        if refused:
            self._put_aside(refused)

    def drain_some(self, file: SpoolFile) -> int:
        """Write the next few thousand calls of `file` and move its position on; how
        many they were. Raises DatabaseAway and leaves the position."""
        parsed = file.next_calls()
        self.store(parsed.bodies)
        torn = parsed.skipped or (0 if parsed.consumed else file.size - file.position)
        if torn:
            logger.error(
                "Usage spool %s: skipped %d bytes that are no whole record.",
                file.path.name,
                torn,
            )
        file.position += parsed.consumed or torn
        return len(parsed.bodies)

    def adopt_orphans(self) -> int:
        """Drain and delete the files of processes that are no more; how many. Raises
        DatabaseAway."""
        count = 0
        for file in orphans(self.folder):
            try:
                while not file.is_drained:
                    self.drain_some(file)
                count += 1
            finally:
                file.release()
        return count

    def _store_batch(self, bodies: list[bytes]) -> list[Refused]:
        calls: list[Call] = []
        refused: list[Refused] = []
        for body in gently(bodies):
            try:
                calls.append(decode(body))
            except ValueError as error:
                refused.append((readable(body), str(error)))
        for one in self.writer.write(calls):
            part = "Its payload: " if one.is_payload_only else ""
            refused.append((msgspec.to_builtins(one.call.row), f"{part}{one.reason}"))
        return refused

    def _put_aside(self, refused: list[Refused]) -> None:
        """Payloads are left out: nobody would delete them here in time."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        lines = [
            json.dumps({"at": now, "reason": reason, "row": row})
            for row, reason in refused
        ]
        logger.error(
            "%d usage records were rejected, see %s; the first: %s",
            len(refused),
            self.folder / REJECTED,
            refused[0][1],
        )
        path = self.folder / REJECTED
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(path, "a", opener=_private) as file:
                file.write("\n".join(lines) + "\n")
        except OSError as error:
            logger.error("%s: %s. The records: %s", path, error, lines)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
