"""The text of an API token and its digest. Pure, but for the randomness."""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import Final

PREFIX: Final = "mh_"
ALPHABET: Final = string.digits + string.ascii_letters
RANDOM_BYTES: Final = 32
LENGTH: Final = len(PREFIX) + 43
"""62 to the power of 43 just holds 32 bytes."""
SHOWN: Final = 8
"""So much of its beginning is kept, to tell tokens apart."""


def new_token_text() -> str:
    """`mh_` and 32 random bytes in base62, always of the same length."""
    number = int.from_bytes(secrets.token_bytes(RANDOM_BYTES), "big")
    digits = []
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return PREFIX + "".join(digits).rjust(LENGTH - len(PREFIX), ALPHABET[0])


def token_digest(text: str) -> str:
    """What is stored in place of the token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
