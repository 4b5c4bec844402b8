"""One request, the right model, an honest answer: see docs/gateway.md.

Nobody imports the gateway but its own doors; it may import every app."""

from modelhub.gateway.call import GatewayError
from modelhub.gateway.doors import (
    ModelStream,
    Options,
    generate,
    generate_sync,
    stream,
)
from modelhub.gateway.structured.modes import Structure
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.resolution.plan import Selection
from registry.structured.json_schema import JsonSchemaValidator
from registry.structured.templates import TemplateValidator
from registry.structured.xml_schema import XmlSchemaValidator

__all__ = [
    "GatewayError",
    "JsonSchemaValidator",
    "ModelRequest",
    "ModelResponse",
    "ModelStream",
    "Options",
    "Selection",
    "StreamChunk",
    "Structure",
    "TemplateValidator",
    "XmlSchemaValidator",
    "generate",
    "generate_sync",
    "stream",
]
