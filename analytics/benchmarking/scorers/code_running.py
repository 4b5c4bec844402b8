"""Runs a program of unknown make in a process of its own, guarded and bounded."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

GUARD: Final = Path(__file__).with_name("code_guard.py")
MEGABYTE: Final = 1024 * 1024
OUTPUT_BYTES: Final = MEGABYTE
LONGEST_TOLD: Final = 600


@dataclass(frozen=True)
class Ran:
    """`is_passed` None: it could not be run safely, and `note` says why."""

    is_passed: bool | None
    note: str


def run_program(answer: str, tests: str, *, timeout_s: float, memory_mb: int) -> Ran:
    """Whether `tests` run to their end after `answer`, both Python. The program has no
    environment, network, other process or file outside its folder, and at most 1 MB of
    output."""
    token = secrets.token_hex(16)
    listening, speaking = os.pipe()
    job = {
        "answer": answer,
        "tests": tests,
        "token": token,
        "channel": speaking,
        "cpu_s": int(timeout_s) + 1,
        "memory_bytes": memory_mb * MEGABYTE,
        "output_bytes": OUTPUT_BYTES,
    }
    try:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
            is_late = _run(json.dumps(job), speaking, folder, said, timeout_s)
            os.close(speaking)
            speaking = -1
            heard = os.read(listening, 1000).decode(errors="replace")
            return _ran(heard, token, _tail(said), timeout_s if is_late else None)
    finally:
        os.close(listening)
        if speaking >= 0:
            os.close(speaking)


def _run(
    job: str, speaking: int, folder: str, said: IO[bytes], timeout_s: float
) -> bool:
    """Whether it had to be ended. It cannot begin others, so it alone is to be."""
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", "-B", str(GUARD)],
            input=job.encode("utf-8", "surrogatepass"),
            stdout=said,
            stderr=said,
            cwd=folder,
            env={},
            pass_fds=(speaking,),
            start_new_session=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return False


def _ran(heard: str, token: str, told: str, late_s: float | None) -> Ran:
    if not heard.startswith("guarded\n"):
        reason = told.splitlines()[-1] if told else "the guard did not start"
        return Ran(None, f"Programs cannot be run safely here: {reason}.")
    if late_s is not None:
        return Ran(False, f"It did not end within {late_s:g} s.")
    if heard.endswith(token):
        return Ran(True, "")
    return Ran(False, told or "It ended before the tests did.")


def _tail(said: IO[Any]) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - LONGEST_TOLD))
    if size >= OUTPUT_BYTES:
        return "It wrote more than 1 MB."
    return str(said.read(LONGEST_TOLD).decode(errors="replace")).strip()
