"""Gets the bytes of a catalogue from a file or an address and parses them strictly."""

from __future__ import annotations

import datetime
import gzip
import json
import zlib
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx

from registry.addresses import AddressRefused, check_address
from registry.catalog.document import CatalogError

MAX_BYTES = 64 * 1024 * 1024
"""More than ten times the largest catalogue known, packed or unpacked."""
TIMEOUT_SECONDS = 30.0
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Source:
    """A parsed catalogue file and the day it is from. `is_dated` says that a person
    gave the day; otherwise a day that the content itself states is the better one."""

    label: str
    content: Any
    read_on: datetime.date
    is_dated: bool = False


def read_source(
    address: str, read_on: datetime.date | None = None, *, max_bytes: int = MAX_BYTES
) -> Source:
    """The JSON in the file or at the http(s) address, plain or gzipped.

    `read_on` is the day the content was read from its publisher. Left out, it is the
    day the file was last written, or for an address its Last-Modified day or today.
    Raises CatalogError for anything that is not one whole JSON document.
    """
    scheme = _scheme(address)
    if scheme in {"http", "https"}:
        packed, day = _download(address, max_bytes)
    elif scheme and "://" in address:
        message = f"{address}: only files and http(s) addresses can be read."
        raise CatalogError(message)
    else:
        packed, day = _open(Path(address), max_bytes)
    text = _unpacked(packed, address, max_bytes)
    return Source(
        address, parse_json(text, address), read_on or day, is_dated=read_on is not None
    )


def parse_json(text: bytes, label: str) -> Any:
    """`text` as JSON without NaN, infinities or repeated keys.

    Raises CatalogError, naming `label`, for anything else.
    """
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_unique_object
        )
    except (ValueError, RecursionError) as error:
        reason = str(error) or "nested too deeply"
        message = f"{label} is not a whole JSON document: {reason}."
        raise CatalogError(message) from error


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError as error:
        message = f"{address} is no address: {error}."
        raise CatalogError(message) from error


def _open(path: Path, max_bytes: int) -> tuple[bytes, datetime.date]:
    try:
        with path.open("rb") as file:
            packed = file.read(max_bytes + 1)
        written_at = path.stat().st_mtime
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{path} cannot be read: {reason}."
        raise CatalogError(message) from error
    return packed, datetime.datetime.fromtimestamp(written_at, datetime.UTC).date()


def _download(address: str, max_bytes: int) -> tuple[bytes, datetime.date]:
    chunks = BytesIO()
    try:
        with (
            httpx.Client(
                timeout=TIMEOUT_SECONDS,
                follow_redirects=True,
                event_hooks={"request": [_check_hop]},
            ) as client,
            client.stream("GET", address) as response,
        ):
            response.raise_for_status()
            for chunk in response.iter_bytes():
                chunks.write(chunk)
                if chunks.tell() > max_bytes:
                    break
            modified = response.headers.get("last-modified")
    except (httpx.HTTPError, httpx.InvalidURL, AddressRefused) as error:
        message = f"{address} cannot be read: {str(error).rstrip('.')}."
        raise CatalogError(message) from error
    return chunks.getvalue(), _day(modified)


def _check_hop(request: httpx.Request) -> None:
    """The address itself and each that a redirect leads to."""
    check_address(str(request.url.copy_with(query=None, fragment=None)))


def _day(http_date: str | None) -> datetime.date:
    try:
        return parsedate_to_datetime(http_date or "").date()
    except ValueError:
        return datetime.datetime.now(datetime.UTC).date()


def _unpacked(packed: bytes, label: str, max_bytes: int) -> bytes:
    if packed.startswith(GZIP_MAGIC):
        try:
            with gzip.GzipFile(fileobj=BytesIO(packed)) as file:
                text = file.read(max_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            message = f"{label} is not a whole gzip file: {error}."
            raise CatalogError(message) from error
    else:
        text = packed
    if len(text) > max_bytes:
        message = f"{label} is larger than {max_bytes // (1024 * 1024)} MB."
        raise CatalogError(message)
    return text


def _refuse_constant(word: str) -> NoReturn:
    message = f"{word} is not a number"
    raise ValueError(message)


def _unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"{twice!r} stands there twice"
        raise ValueError(message)
    return found
