"""Other people's programs that stand around a ModelHub, for tests with real ones."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY_S = 20


def need(name: str) -> str:
    """Where the program is; without it the module that asks is skipped, in one line."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed", allow_module_level=True)
    return found


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """The program, while it listens at `port`."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        until = time.monotonic() + READY_S
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise AssertionError(process.communicate()[0])
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=READY_S)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def owner(path: Path) -> str:
    """The user whom `path` belongs to."""
    return pwd.getpwuid(path.stat().st_uid).pw_name
