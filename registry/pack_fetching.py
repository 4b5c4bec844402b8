"""Reads a pack from an address: the address is checked when it is connected to, and
neither a slow nor an endless answer holds the caller for long."""

from __future__ import annotations

import asyncio
from typing import Final

import httpx2

from registry.addresses import AddressRefused, check_address
from registry.lined.document import MAX_BYTES
from registry.packs.reading import Kind, kind_of
from registry.provider_client import provider_client, refusal_in

LONGEST_S: Final = 20.0
TIMEOUT: Final = httpx2.Timeout(10.0)
OK: Final = 200
HEADERS: Final = {"accept": "application/yaml, application/json, text/plain;q=0.9"}


class SourceFailed(Exception):
    """The document could not be had; the text says why."""


def fetch_document(url: str) -> tuple[bytes, Kind]:
    """The document at `url` and what kind it says it is. Raises SourceFailed."""
    try:
        check_address(url.partition("?")[0])
        return asyncio.run(_fetch(url))
    except AddressRefused as error:
        raise SourceFailed(str(error)) from error
    except TimeoutError as error:
        message = f"The address did not answer within {LONGEST_S:g} s."
        raise SourceFailed(message) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        refused = refusal_in(error)
        said = str(refused or error).strip() or type(error).__name__
        raise SourceFailed(f"The address cannot be read: {said}") from error


async def _fetch(url: str) -> tuple[bytes, Kind]:
    async with (
        asyncio.timeout(LONGEST_S),
        provider_client(1) as client,
        client.stream("GET", url, headers=HEADERS, timeout=TIMEOUT) as response,
    ):
        if response.status_code != OK:
            raise SourceFailed(f"The address answered {response.status_code}, not 200.")
        content = bytearray()
        async for block in response.aiter_bytes():
            content += block
            if len(content) > MAX_BYTES:
                raise SourceFailed("The document is larger than 1 MB.")
        is_json = "json" in response.headers.get("content-type", "")
    return bytes(content), "json" if is_json else kind_of(url.partition("?")[0])
