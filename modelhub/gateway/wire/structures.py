"""The structure that a client's body asks for: a JSON Schema in the client's own words,
and, as ours, an XML Schema or a template in OpenAI's `response_format`:

    {"type": "xml_schema", "xml_schema": {"schema": "<xs:schema …>"}}
    {"type": "template", "template": {"text": "City: {{city}}"}}
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.structured.modes import Structure
from modelhub.gateway.wire.reading import Object, a_text, an_object
from registry.structured.checked import Validator
from registry.structured.json_schema import validator_of
from registry.structured.templates import TemplateValidator
from registry.structured.xml_schema import XmlSchemaValidator

CHAT_FORMAT: Final = "response_format"
NAMED_BY: Final = (CHAT_FORMAT, "output_config", "output_format")
"""Fields in which a structure can stand."""
OURS: Final = frozenset({"xml_schema", "template"})


def structure_in(body: ClientBody) -> Structure | None:
    """Raises InvalidRequestError for one that is misshapen or cannot be used."""
    chat = _object(body, CHAT_FORMAT)
    if chat:
        return _of_chat(chat)
    config = _object(body, "output_config")
    form = config.get("format") or body.value("output_format")
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return None
    schema = an_object(form.get("schema"), "output_config.format.schema")
    return Structure(validator_of(schema))


def without_ours(body: ClientBody) -> ClientBody:
    """The body as providers know it: they have no word for our kinds of structure."""
    if _object(body, CHAT_FORMAT).get("type") not in OURS:
        return body
    fields = {name: raw for name, raw in body.fields.items() if name != CHAT_FORMAT}
    return replace(body, fields=fields)


def _of_chat(form: Object) -> Structure | None:
    kind = form.get("type")
    where = f"{CHAT_FORMAT}.{kind}"
    if kind == "json_schema":
        inner = an_object(form.get(kind), where)
        schema = an_object(inner.get("schema"), f"{where}.schema")
        name = inner.get("name")
        validator: Validator = validator_of(schema)
        return Structure(validator, name if isinstance(name, str) else "answer")
    if kind == "xml_schema":
        inner = an_object(form.get(kind), where)
        return Structure(
            XmlSchemaValidator(a_text(inner.get("schema"), f"{where}.schema"))
        )
    if kind == "template":
        inner = an_object(form.get(kind), where)
        return Structure(TemplateValidator(a_text(inner.get("text"), f"{where}.text")))
    return None


def _object(body: ClientBody, name: str) -> Object:
    value = body.value(name) if body.has(name) else None
    return value if isinstance(value, dict) else {}
