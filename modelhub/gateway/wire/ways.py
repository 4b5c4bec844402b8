"""Which ways a client's request takes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from modelhub.gateway.pieces import Ways
from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.relay.client import RelayClient
from modelhub.gateway.translated import Adapters
from modelhub.gateway.wire.client_ways import ClientWays
from modelhub.gateway.wire.formats import Format


def ways_of(
    wire: Format,
    body: ClientBody,
    client_headers: Mapping[str, str],
    request_id: uuid.UUID,
    relay: RelayClient,
    adapters: Adapters,
) -> Ways:
    """The ways of a client's request."""
    return ClientWays(wire, body, client_headers, request_id, relay, adapters)
