"""Which ways a ModelRequest takes: translated ones, and checked ones where it asks for
a structure."""

from __future__ import annotations

from modelhub.gateway.pieces import Ways
from modelhub.gateway.structured.modes import Structure, structure_of
from modelhub.gateway.structured_ways import StructuredWays
from modelhub.gateway.translated import Adapters, Rendering, TranslatedWays
from registry.providers.request import ModelRequest


def ways_for(
    request: ModelRequest,
    adapters: Adapters,
    rendering: Rendering | None = None,
    structure: Structure | None = None,
) -> Ways:
    """The ways of `request`. Its answer must follow `structure`, or else the request's
    own `response_schema`, if it has one; `rendering` is for clients over HTTP. Raises
    InvalidStructureError for a schema that cannot be used."""
    translated = TranslatedWays.of(request, adapters, rendering)
    wanted = structure or structure_of(request)
    return StructuredWays(translated, wanted) if wanted else translated
