"""Work in the background that leaves room for the thread that answers clients."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

ITEMS: Final = 16
PAUSE_S: Final = 0.00005
Item = TypeVar("Item")


def gently(items: Iterable[Item]) -> Iterator[Item]:
    """The same items with short pauses. A thread that computes gives the interpreter
    away only every 5 ms, and each request in between would wait for it."""
    for number, item in enumerate(items, start=1):
        if not number % ITEMS:
            time.sleep(PAUSE_S)
        yield item
