"""Which ways a client's request takes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping

from modelhub.gateway.pieces import Ways
from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.relay.client import RelayClient
from modelhub.gateway.translated import Adapters
from modelhub.gateway.wire.checked_ways import CheckedWays
from modelhub.gateway.wire.client_ways import ClientWays
from modelhub.gateway.wire.formats import Format
from modelhub.gateway.wire.structures import NAMED_BY, structure_in, without_ours


async def ways_of(
    wire: Format,
    body: ClientBody,
    client_headers: Mapping[str, str],
    request_id: uuid.UUID,
    relay: RelayClient,
    adapters: Adapters,
) -> Ways:
    """The ways of a client's request. Raises InvalidRequestError for a structure that
    cannot be used."""
    # Aside: reading a schema may take a second, and other requests are not to wait.
    is_named = any(body.has(name) for name in NAMED_BY)
    structure = await asyncio.to_thread(structure_in, body) if is_named else None
    client = ClientWays(
        wire, without_ours(body), client_headers, request_id, relay, adapters
    )
    return CheckedWays(client, structure) if structure else client
