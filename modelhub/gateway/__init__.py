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
from modelhub.gateway.structured.json_schema import JsonSchemaValidator
from modelhub.gateway.structured.modes import Structure
from modelhub.gateway.structured.templates import TemplateValidator
from modelhub.gateway.structured.xml_schema import XmlSchemaValidator
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse, StreamChunk
from registry.resolution.plan import Selection

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
