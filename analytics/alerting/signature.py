"""The signature of a webhook: HMAC-SHA256 over time and body. Pure.

    X-ModelHub-Signature: t=1764000000,v1=5257a869…

`v1` is the hexadecimal HMAC of `"{t}." + body`; while a secret is being replaced there
are two. A receiver takes the message if one of them fits and `t` is recent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

HEADER: Final = "X-ModelHub-Signature"


def signature(secrets: Iterable[str], timestamp: int, body: bytes) -> str:
    """The value of the header; `timestamp` is in Unix seconds."""
    message = str(timestamp).encode() + b"." + body
    marks = [
        hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    return ",".join([f"t={timestamp}", *(f"v1={mark}" for mark in marks)])
