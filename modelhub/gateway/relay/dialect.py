"""What differs between the wire formats that are relayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.relay.body import ClientBody
from registry.providers.adapter import Endpoint
from registry.providers.errors import ModelUnavailableError
from registry.providers.response import FinishReason
from registry.providers.sse import Event
from registry.providers.transport_failures import unreadable
from registry.resolution.plan import Candidate
from registry.usage import Usage

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from. `headers` are the reply's, in lower case."""

    provider: str
    headers: Mapping[str, str]
    quirks: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = ()
    provider_request_id: str = ""

    def unreadable(self, what: str, body: bytes) -> ModelUnavailableError:
        return unreadable(self.provider, what, body, self.headers, self.secrets)

    def empty(self, usage: Usage | None) -> ModelUnavailableError:
        return ModelUnavailableError(
            f"{self.provider} answered with nothing.",
            provider=self.provider,
            code="empty",
            provider_request_id=self.provider_request_id,
            usage=usage,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The body for one candidate. `hides_usage`: the client did not ask for the usage
    that the stream will tell."""

    body: bytes
    notes: tuple[str, ...] = ()
    hides_usage: bool = False


@dataclass(slots=True)
class Sent:
    """What a client has seen of a streamed message, so that another model can go on in
    it: `id` and `model` as the client knows them, and the content block that is open
    (Anthropic; `block_type` is empty between blocks)."""

    id: str = ""
    model: str = ""
    created: int = 0
    has_begun: bool = False
    block_index: int = -1
    block_type: str = ""
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class StreamReading(Protocol):
    """Reads the events of one stream."""

    @property
    def sent(self) -> Sent: ...

    @property
    def usage(self) -> Usage | None: ...

    @property
    def finish_reason(self) -> FinishReason | None: ...

    def read(self, event: Event) -> Piece | None:
        """What the event is for the client and for us; None for one that is skipped.
        Raises the error that an error event tells."""

    def closing(self) -> Piece:
        """The closing event, where the provider sent none after its finish reason."""


class Dialect(Protocol):
    """One wire format."""

    @property
    def name(self) -> str: ...

    def can_relay(self, body: ClientBody, candidate: Candidate) -> bool:
        """Whether this candidate takes this body as it is."""

    def url(self, endpoint: Endpoint) -> str: ...

    def headers(self, client_headers: Mapping[str, str]) -> Headers:
        """Those of the client's headers that go on to the provider."""

    def prepare(
        self, body: ClientBody, candidate: Candidate, *, is_stream: bool
    ) -> Prepared: ...

    def answer(self, body: bytes, source: Source) -> Answer:
        """Raises ModelUnavailableError for what is no answer, and the error that a
        body may hold in spite of its 200."""

    def reading(self, source: Source, *, hides_usage: bool) -> StreamReading: ...
