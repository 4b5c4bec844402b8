"""Identifiers that sort by time."""

import os
import time
import uuid

TIME_BITS = 80


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << TIME_BITS) | int.from_bytes(os.urandom(10), "big")
    number &= ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=number | (0x7 << 76) | (0x2 << 62))
