"""From an endpoint to the adapter that speaks its dialect."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

import httpx2

from registry.providers.adapter import Endpoint, ProviderAdapter

ADAPTERS: Final = {
    "openai": ("registry.providers.openai", "OpenAIAdapter"),
    "anthropic": ("registry.providers.anthropic", "AnthropicAdapter"),
    "google": ("registry.providers.google", "GoogleAdapter"),
    "ollama": ("registry.providers.ollama", "OllamaAdapter"),
}
"""Dialect → where its adapter is. Imported when first used: each SDK takes half a
second and some 40 MB, and most processes speak one dialect or none."""


def adapter_for(endpoint: Endpoint, client: httpx2.AsyncClient) -> ProviderAdapter:
    """An adapter for `endpoint`; it does not own `client`. Raises KeyError for a
    dialect that nobody speaks."""
    module, name = ADAPTERS[endpoint.dialect]
    adapter = cast(
        Callable[[Endpoint, httpx2.AsyncClient], ProviderAdapter],
        getattr(import_module(module), name),
    )
    return adapter(endpoint, client)
