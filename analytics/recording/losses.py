"""Counts of records that could be kept nowhere, beside the spool, for all to see."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path
from typing import Final

LOSSES: Final = "lost.jsonl"


def note_losses(folder: Path, count: int, reason: str) -> bool:
    """Add a line; False where that cannot be written either (it is tried again)."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    line = {"at": now, "process": os.getpid(), "lost": count, "reason": reason}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / LOSSES).open("a") as file:
            file.write(json.dumps(line) + "\n")
    except OSError:
        return False
    return True


def lost_so_far(folder: Path) -> int:
    try:
        lines = (folder / LOSSES).read_text().splitlines()
    except FileNotFoundError:
        return 0
    return sum(int(json.loads(line)["lost"]) for line in lines)
