"""The values for a feature's system prompt that come with a request: a JSON object in
the header `x-modelhub-variables`, or, for longer ones, the field `modelhub_variables`
of the body, which wins."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec

from modelhub.gateway.api.exchange import Exchange
from modelhub.gateway.api.refusals import refused
from modelhub.gateway.relay.body import ClientBody

HEADER: Final = "x-modelhub-variables"
FIELD: Final = "modelhub_variables"

Variables = dict[str, object]


def variables_of(exchange: Exchange, body: ClientBody) -> Variables:
    """Raises a refusal for what is no JSON object."""
    return _from_header(exchange.headers.get(HEADER, "")) | _from_body(body)


def without_variables(body: ClientBody) -> ClientBody:
    """The body as providers know it."""
    if FIELD not in body.fields:
        return body
    fields = {name: raw for name, raw in body.fields.items() if name != FIELD}
    return replace(body, fields=fields)


def _from_header(text: str) -> Variables:
    if not text:
        return {}
    try:
        # A header reaches us as Latin-1; clients write UTF-8 or escapes.
        found = msgspec.json.decode(text.encode("latin-1"))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        message = f'The header {HEADER} holds a JSON object: {{"name": "value"}}.'
        raise refused(400, "invalid_header", message, HEADER)
    return found


def _from_body(body: ClientBody) -> Variables:
    if not body.has(FIELD):
        return {}
    found = body.value(FIELD)
    if not isinstance(found, dict):
        message = f'`{FIELD}` is a JSON object: {{"name": "value"}}.'
        raise refused(400, "invalid_body", message, FIELD)
    return found
