"""The key ring of stored credentials, as the environment gives it."""

import os
import re
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from modelhub.embedded.layout import Layout
from modelhub.env import env_list, list_of

NAME: Final = "MODELHUB_ENCRYPTION_KEYS"
FERNET_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=")
"""32 bytes in URL-safe base64."""


def encryption_keys_path(layout: Layout) -> Path | None:
    """The file that holds the keys; None where the environment holds them itself."""
    if os.environ.get(NAME):
        return None
    named = os.environ.get(f"{NAME}_FILE")
    return Path(named) if named else layout.encryption_keys_file


def encryption_keys(path: Path | None) -> list[str]:
    """The keys, the first of which encrypts. Raises ImproperlyConfigured for none and
    for one of the wrong form; the message tells no part of a key."""
    keys = env_list(NAME) if path is None or not path.exists() else _read(path)
    where = NAME if path is None else str(path)
    if not keys:
        message = (
            f"There is no key in {where}. `modelhub` makes one in var/encryption-keys; "
            f"start with `make run`, or set {NAME}."
        )
        raise ImproperlyConfigured(message)
    for number, key in enumerate(keys, start=1):
        if not FERNET_KEY.fullmatch(key):
            message = (
                f"Key {number} of {len(keys)} in {where} is no Fernet key: it has 44 "
                "characters, which are 32 bytes in URL-safe base64."
            )
            raise ImproperlyConfigured(message)
    return keys


def _read(path: Path) -> list[str]:
    try:
        return list_of(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        message = f"The encryption keys in {path} cannot be read: {error}."
        raise ImproperlyConfigured(message) from error
