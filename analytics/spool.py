"""Files that hold calls until they stand in the database.

Each process appends to files of its own, which it keeps locked (`flock`) for as long as
it lives. Written bytes are in the kernel's hands and survive `kill -9`; the file is
synced to disk only while the database is away, so that a power cut costs at most what
was recorded within the last fraction of a second. A file whose lock is free belongs to
nobody any more, and whoever finds it drains it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics.recording.frames import Parsed, parse

CHUNK: Final = 4 * 1024 * 1024
"""Bytes read at a time: at least one whole record."""
SUFFIX: Final = ".spool"
DRAFT: Final = ".new"


class SpoolFile:
    """An open and locked file. `position` is how far it has been drained. Its owner
    keeps appending and draining apart in time or by a lock."""

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.size = size
        self.position = 0

    @classmethod
    def create(cls, folder: Path) -> SpoolFile:
        """A new file, private to its owner. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"{os.getpid()}-{secrets.token_hex(6)}{DRAFT}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(draft, flags, 0o600)
        # Locked before it has the name under which others look for orphans.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path = draft.with_suffix(SUFFIX)
        draft.rename(path)
        return cls(path, descriptor, 0)

    @classmethod
    def adopt(cls, path: Path) -> SpoolFile | None:
        """An orphan, now ours; None where somebody holds it, it is gone, or belongs to
        another user."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        state = os.fstat(descriptor)
        if state.st_nlink == 0:
            os.close(descriptor)
            return None
        return cls(path, descriptor, state.st_size)

    @property
    def is_drained(self) -> bool:
        return self.position >= self.size

    @property
    def is_gone(self) -> bool:
        """Whether somebody has deleted it."""
        return os.fstat(self.descriptor).st_nlink == 0

    def append(self, data: bytes) -> None:
        """All of `data` or nothing. Raises OSError."""
        written = os.write(self.descriptor, data)
        if written != len(data):
            os.ftruncate(self.descriptor, self.size)
            message = f"{self.path.name}: only {written} of {len(data)} bytes fit."
            raise OSError(message)
        self.size += written

    def next_calls(self) -> Parsed:
        """The next records, a few megabytes at most. They count as drained only when
        `position` is moved on by `consumed`."""
        data = os.pread(self.descriptor, CHUNK, self.position)
        return parse(data, is_end=self.position + len(data) >= self.size)

    def clear(self) -> None:
        os.ftruncate(self.descriptor, 0)
        self.size = self.position = 0

    def sync(self) -> None:
        os.fdatasync(self.descriptor)

    def release(self) -> None:
        """Give it up: an empty file is deleted, another one is left as an orphan."""
        if self.is_drained:
            self.path.unlink(missing_ok=True)
        os.close(self.descriptor)

    def forget(self) -> None:
        """Close it in a forked child; the parent's lock stays."""
        os.close(self.descriptor)


def orphans(folder: Path) -> Iterator[SpoolFile]:
    """The files of processes that are no more, each locked while it is handed out."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        adopted = SpoolFile.adopt(path)
        if adopted is not None:
            yield adopted


@dataclass(frozen=True)
class Backlog:
    """What waits in a folder: `orphans` are files whose process is no more."""

    files: int
    size_bytes: int
    orphans: int


def backlog(folder: Path) -> Backlog:
    files = orphaned = size = 0
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            continue
        files += 1
        adopted = SpoolFile.adopt(path)
        if adopted is not None:
            orphaned += 1
            adopted.forget()
    return Backlog(files, size, orphaned)
