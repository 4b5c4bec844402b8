"""What the HTTP application needs of a running gateway."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from modelhub.gateway.api.new_tokens import NewTokens
from modelhub.gateway.engine import Gateway
from modelhub.gateway.relay.client import RelayClient
from modelhub.gateway.translated import Adapters
from registry.resolution.snapshot import Snapshot


class RunningGateway(Protocol):
    """One process's gateway (`modelhub.gateway.process`)."""

    @property
    def gateway(self) -> Gateway: ...

    @property
    def adapters(self) -> Adapters: ...

    @property
    def snapshot(self) -> Snapshot: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What one request is answered with. `note_token` hears of each token used."""

    running: RunningGateway
    relay: RelayClient
    note_token: Callable[[int], None]
    now: Callable[[], datetime.datetime]
    new_tokens: NewTokens = field(default_factory=NewTokens)
