"""What a connection keeps secret: its key and the values of its extra headers.

Whoever asks gets the secret itself: it is for calling the provider, never for a page,
a log, an export or an error.
"""

from __future__ import annotations

import json
import os
from fnmatch import fnmatchcase

from django.conf import settings

from registry.key_ring import Undecryptable, decrypt
from registry.models import Connection


class SecretError(Exception):
    """A key or header cannot be had; the message says why, without the secret."""


class KeyUnreadable(SecretError):
    """What is stored does not decrypt any more: it must be entered again."""


class KeyMissing(SecretError):
    """The environment variable is not there, or may not be read."""


def key_of(connection: Connection) -> str:
    """The key in clear; empty where the connection has none (a local server).

    Raises KeyUnreadable and KeyMissing.
    """
    if connection.key_variable:
        return _from_environment(connection.key_variable)
    if not connection.encrypted_key:
        return ""
    try:
        return decrypt(connection.encrypted_key)
    except Undecryptable as error:
        message = "The stored key cannot be read any more: enter the key again."
        raise KeyUnreadable(message) from error


def headers_of(connection: Connection) -> dict[str, str]:
    """The extra headers with their values. Raises KeyUnreadable."""
    if not connection.encrypted_headers:
        return {}
    try:
        headers: dict[str, str] = json.loads(decrypt(connection.encrypted_headers))
    except Undecryptable as error:
        message = (
            "The stored header values cannot be read any more: enter them again "
            f"({', '.join(connection.header_names)})."
        )
        raise KeyUnreadable(message) from error
    return headers


def is_variable_allowed(name: str) -> bool:
    """Whether a connection may read this variable. Whoever edits a connection also
    chooses the address to which the value is sent, so that the operator says which
    variables hold provider keys (`MODELHUB_KEY_VARIABLES`)."""
    return any(fnmatchcase(name, one) for one in settings.MODELHUB_KEY_VARIABLES)


def _from_environment(name: str) -> str:
    if not is_variable_allowed(name):
        message = (
            f"The variable {name} may not be read as a key: "
            "the operator lists it in MODELHUB_KEY_VARIABLES."
        )
        raise KeyMissing(message)
    value = os.environ.get(name, "").strip()
    if not value:
        raise KeyMissing(f"The environment variable {name} is not set.")
    return value
