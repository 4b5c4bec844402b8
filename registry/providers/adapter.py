"""The one contract of all provider adapters. They know no Django model, no settings
and no other adapter: key, base URL and HTTP client come through the constructor."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx2

from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk


@dataclass(frozen=True)
class Endpoint:
    """Where and as whom to call. `provider` is the slug for messages and records,
    `dialect` the wire format: openai, anthropic, google or ollama. `key_header` and
    `key_prefix` say how the key is sent; `quirks` are words of the provider's row."""

    provider: str
    dialect: str
    base_url: str
    api_key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    key_header: str = "Authorization"
    key_prefix: str = "Bearer "
    quirks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ModelTraits:
    """What is known of the model that is called. Empty or None: not known."""

    model_name: str
    capabilities: frozenset[str] = frozenset()
    context_window: int | None = None
    max_output_tokens: int | None = None
    family: str = ""


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds the whole call, `first_token` the silence before the
    first content of a stream, `idle` the silence between two pieces of it."""

    connect: float = 5.0
    total: float = 120.0
    first_token: float = 60.0
    idle: float = 30.0


@dataclass(frozen=True)
class OfferedModel:
    """A model as its provider lists it. None and empty: the provider does not say.

    `memory_gb` is the estimate of what it takes to run (local models), `size_bytes`
    its size on disk, `is_loaded` whether it is in memory now."""

    model_name: str
    name: str = ""
    context_window: int | None = None
    max_output_tokens: int | None = None
    capabilities: frozenset[str] | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    family: str = ""
    parameter_count_billions: float | None = None
    quantisation: str = ""
    size_bytes: int | None = None
    memory_gb: float | None = None
    is_loaded: bool | None = None
    released_on: datetime.date | None = None
    owner: str = ""


class ProviderAdapter(Protocol):
    """Every method raises errors of `registry.providers.errors` only (and
    asyncio.CancelledError). The client is of `httpx2`: the official SDKs are built on
    it, and Anthropic's takes no other."""

    def __init__(self, endpoint: Endpoint, client: httpx2.AsyncClient) -> None: ...

    async def generate(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> ModelResponse:
        """One whole answer."""

    def stream(
        self, model: ModelTraits, request: ModelRequest, timeouts: Timeouts
    ) -> AsyncIterator[StreamChunk]:
        """The answer in pieces. Closing the iterator (aclose) ends the call upstream
        at once and leaks no connection."""

    async def list_models(self, timeouts: Timeouts) -> list[OfferedModel]:
        """Everything that this endpoint offers, all pages of it."""

    async def is_available(self, timeouts: Timeouts) -> None:
        """Return if the endpoint answers and accepts the key; raise what is wrong."""

    async def model_info(
        self, model_name: str, timeouts: Timeouts
    ) -> OfferedModel | None:
        """One model, or None where it is not offered."""
