"""What a key, a label and an extra header of a connection look like. Pure; every
refusal is a ValidationError that repeats no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError

from registry.addresses import AddressRefused, BaseURL, parsed

KEY_LENGTH: Final = 4_000
LAST_FOUR_FROM: Final = 12
"""Of a shorter key four characters would give too much away."""
MAX_HEADERS: Final = 20
HEADER_LENGTH: Final = 2_000
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,119}")
PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
FORBIDDEN_HEADERS: Final = frozenset(
    {"accept-encoding", "connection", "content-encoding", "content-length"}
    | {"content-type", "expect", "host", "keep-alive", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "proxy-authorization", "proxy-connection"}
)
"""They belong to the connection and the body, not to whoever configures it."""


def checked_key(text: str) -> str:
    """The key without the blanks around it. Raises ValidationError."""
    key = text.strip()
    if not key:
        raise ValidationError("Enter the key.", code="required")
    if len(key) > KEY_LENGTH:
        raise ValidationError(f"A key has at most {KEY_LENGTH:,} characters.")
    if re.search(r"\s", key):
        raise ValidationError(
            "A key has no spaces or line breaks: paste it alone, without its name."
        )
    if not PRINTABLE.fullmatch(key):
        raise ValidationError("A key has only plain letters, digits and signs.")
    return key


def last_four(key: str) -> str:
    return key[-4:] if len(key) >= LAST_FOUR_FROM else ""


def checked_label(text: str) -> str:
    label = text.strip()
    if not label:
        raise ValidationError("Give it a name.", code="required")
    if len(label) > 80:
        raise ValidationError(f"At most 80 characters; these are {len(label):,}.")
    if not label.isprintable():
        raise ValidationError("A name is one line of visible characters.")
    return label


def checked_variable(text: str) -> str:
    name = text.strip()
    if name and not VARIABLE.fullmatch(name):
        raise ValidationError(
            "The name of a variable has letters, digits and underscores, "
            "like OPENAI_API_KEY."
        )
    return name


def checked_base_url(text: str) -> str:
    """In one spelling; empty stays empty. Raises ValidationError for what is no base
    URL; where it may lead is `registry.addresses.check_address`'s matter."""
    if not text.strip():
        return ""
    try:
        return str(parsed(text))
    except AddressRefused as refused:
        raise ValidationError(str(refused)) from refused


def is_other_server(before: str, after: str) -> bool:
    """Whether a key that is kept would go to another server than it was entered for.
    Both are base URLs that were checked."""
    return _origin(before) != _origin(after)


def read_headers(text: str) -> dict[str, str]:
    """Lines `name: value`. Raises ValidationError for a line that is none."""
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ValidationError(f"Line {number} does not read “name: value”.")
        if name.strip().lower() in {one.lower() for one in headers}:
            raise ValidationError(f"Line {number}: this header is there already.")
        headers[name.strip()] = value.strip()
    return headers


def checked_headers(headers: Mapping[str, str], key_header: str) -> dict[str, str]:
    """The headers as they may be sent. `key_header` carries the key and has its own
    field. Raises ValidationError that names the header and never its value."""
    if len(headers) > MAX_HEADERS:
        raise ValidationError(f"At most {MAX_HEADERS} extra headers.")
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise ValidationError(
                "The name of a header has letters, digits and hyphens, like X-Team."
            )
        if name.lower() in FORBIDDEN_HEADERS:
            raise ValidationError(f"{name} cannot be set: every call sets its own.")
        if name.lower() == key_header.lower():
            raise ValidationError(f"{name} carries the key, which has its own field.")
        if not value:
            raise ValidationError(f"{name} has no value.")
        if len(value) > HEADER_LENGTH:
            raise ValidationError(f"{name} is longer than {HEADER_LENGTH:,}.")
        if not PRINTABLE.fullmatch(value):
            raise ValidationError(
                f"The value of {name} is one line of plain letters, digits and signs."
            )
    return dict(headers)


def _origin(url: str) -> tuple[str, str, int | None]:
    base: BaseURL = parsed(url)
    return base.scheme, base.host, base.port
