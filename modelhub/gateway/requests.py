"""Which ways a ModelRequest takes."""

from __future__ import annotations

from modelhub.gateway.pieces import Ways
from modelhub.gateway.translated import Adapters, Rendering, TranslatedWays
from registry.providers.request import ModelRequest


def ways_for(
    request: ModelRequest, adapters: Adapters, rendering: Rendering | None = None
) -> Ways:
    """The ways of `request`; `rendering` is for clients over HTTP."""
    return TranslatedWays.of(request, adapters, rendering)
