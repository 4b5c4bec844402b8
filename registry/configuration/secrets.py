"""Whether somebody wrote a secret into a file. Pure; never repeats what it found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.configuration.fields import Wrong
from registry.lined.document import Path

NAMES: Final = frozenset(
    {"key", "api_key", "apikey", "secret", "secret_key", "token", "access_token"}
    | {"password", "authorization", "headers"}
)
LOOKS_SECRET: Final = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|AKIA[A-Z0-9]{16}|Bearer\s+\S{16,})"
)
WHERE: Final = frozenset({"connections", "cloud_providers", "providers"})
INSTEAD: Final = (
    "Files hold no secrets. Name an environment variable as key_variable, or enter the "
    "key on the page of the connection. If this file was shared, replace the key."
)


def secrets_in(value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Where a secret stands, by its name or its look. What prompts say is left out:
    a text may speak of keys."""
    for name, part in value.items():
        if name != "prompts":
            yield from _walk(part, (name,), name in WHERE)


def _walk(value: Any, path: Path, is_named: bool) -> Iterator[Wrong]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            lowered = str(name).lower().replace("-", "_")
            if is_named and len(path) > 1 and lowered in NAMES and part:
                yield (*path, name), f"“{name}” is a secret. {INSTEAD}"
            else:
                yield from _walk(part, (*path, name), is_named)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _walk(part, (*path, place), is_named)
    elif isinstance(value, str) and LOOKS_SECRET.search(value):
        yield path, f"This looks like a secret key. {INSTEAD}"
