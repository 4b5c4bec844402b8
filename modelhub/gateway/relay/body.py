"""The client's body as the relay holds it: fields whose values stay the bytes that they
were. Only what must be exchanged is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

Fields = dict[str, msgspec.Raw]
FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class BadBody(Exception):
    """The body cannot be understood; `parameter` is the field that is wrong."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter


@dataclass(slots=True)
class ClientBody:
    """A request in the client's own wire format. `fields` are never changed."""

    fields: Fields
    model: str
    is_stream: bool
    size: int

    def value(self, name: str) -> object:
        """The decoded value of a field; None where it is absent, and its bytes where it
        is a number that nobody can hold (1e999)."""
        raw = self.fields.get(name)
        if raw is None:
            return None
        try:
            value: object = msgspec.json.decode(raw)
        except msgspec.ValidationError:
            return bytes(raw)
        return value

    def has(self, name: str) -> bool:
        """Whether the client said something: null says nothing."""
        raw = self.fields.get(name)
        return raw is not None and bytes(raw) != b"null"


def parse_body(body: bytes) -> ClientBody:
    """Raises BadBody for what is no JSON object or names no model."""
    try:
        # Values are decoded later, or never: what they are made of is checked here.
        body.decode()
        fields = FIELDS.decode(body)
    except msgspec.ValidationError as error:
        raise BadBody("The body must be a JSON object.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody(f"The body is no valid JSON: {error}") from error
    parsed = ClientBody(fields, "", False, len(body))
    model = parsed.value("model")
    if not isinstance(model, str) or not model.strip():
        raise BadBody("`model` names the feature or the model that is asked.", "model")
    is_stream = parsed.value("stream")
    if is_stream is not None and not isinstance(is_stream, bool):
        raise BadBody("`stream` is true or false.", "stream")
    parsed.model = model.strip()
    parsed.is_stream = bool(is_stream)
    return parsed


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def written(fields: Fields) -> bytes:
    return msgspec.json.encode(fields)
