"""Identifiers that sort by time."""

import os
import random
import time
import uuid
from functools import cache

TIME_BITS = 80
CHANCE_BITS = 80


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << TIME_BITS) | _chance(os.getpid()).getrandbits(CHANCE_BITS)
    number &= ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=number | (0x7 << 76) | (0x2 << 62))


@cache
def _chance(process_id: int) -> random.Random:
    """Seeded by the system once in a process, forked ones too: asking it each time
    would let other threads in, in the middle of a request."""
    return random.Random()  # noqa: S311  # unique, not secret


def attempt_id(request_id: uuid.UUID, number: int) -> uuid.UUID:
    """The identifier of attempt `number` of a request. It follows from both, so that
    drawing random bits, which asks the system, happens once a request."""
    return uuid.UUID(int=(request_id.int + number) % 2**128)
