"""Encrypts what is stored and must be read again: keys and headers of connections,
addresses and secrets of alert channels. A model names such columns in
`ENCRYPTED_FIELDS`, by which `registry.services.key_rotation` finds them.

The ring is not SECRET_KEY and can be rotated: its first key encrypts, all of them
decrypt (`MODELHUB_ENCRYPTION_KEYS`, docs/connections.md).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from modelhub.env import list_of


class Undecryptable(Exception):
    """No key of the ring opens this."""

    def __init__(self) -> None:
        super().__init__("No key of the ring decrypts what is stored.")


class FixedKeyRing(Exception):
    """The environment holds the keys: they are changed there, not by ModelHub."""


def encrypt(text: str) -> str:
    """The text as a token for the database, under the first key of the ring."""
    return _ring(_keys()).encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """What was encrypted. Raises Undecryptable where no key of the ring opens it."""
    try:
        return _ring(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Undecryptable from error


def is_under_first_key(token: str) -> bool:
    """Whether it would be encrypted with the same key today."""
    try:
        _ring(_keys()[:1]).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def add_first_key() -> Path:
    """Put a fresh key before the others in the ring's file and return that file.

    Running processes read the file again, so that they can decrypt at once what is
    encrypted from now on. Raises FixedKeyRing where the ring is in no file of ours.
    """
    path = ring_path()
    keys = [Fernet.generate_key().decode("ascii"), *_keys()]
    # As a whole or not at all: a file cut short would cost every stored key.
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    return path


def ring_path() -> Path:
    """The file of ours that holds the ring. Raises FixedKeyRing where there is none."""
    path: Path | None = settings.MODELHUB_ENCRYPTION_KEYS_PATH
    if path is None or "MODELHUB_ENCRYPTION_KEYS_FILE" in os.environ:
        message = (
            "The encryption keys come from the environment. Put a new one before the "
            "others there, restart ModelHub, then rotate without --new-key."
        )
        raise FixedKeyRing(message)
    return path


def _keys() -> tuple[str, ...]:
    """The ring as it is now: a file may have a new key since the start."""
    path: Path | None = settings.MODELHUB_ENCRYPTION_KEYS_PATH
    if path is not None:
        try:
            written = tuple(list_of(path.read_text()))
        except OSError:
            written = ()
        if written:
            return written
    return tuple(settings.MODELHUB_ENCRYPTION_KEYS)


@lru_cache(maxsize=8)
def _ring(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
