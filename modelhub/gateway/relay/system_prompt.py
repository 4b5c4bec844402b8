"""The assignment's system prompt in a body that is relayed. Only the field that it goes
into is touched, and of that only the first message or block."""

from __future__ import annotations

from typing import Final

import msgspec

from modelhub.gateway.relay.body import raw
from modelhub.gateway.relay.parameters import Fitting
from modelhub.gateway.system_prompt import in_front


class Speaker(msgspec.Struct):
    """Of a message only who speaks: the rest may be long."""

    role: object = None


SPEAKER: Final = msgspec.json.Decoder(Speaker)
LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
INSTRUCTING: Final = frozenset({"system", "developer"})


def add_to_chat(fitting: Fitting) -> None:
    """OpenAI: the first message. It joins a system message that stands there already:
    some servers take one only, and only in front."""
    messages = _entries(fitting, "messages")
    if not fitting.candidate.system or messages is None:
        return
    if messages and _is_instructing(messages[0]):
        first = msgspec.json.decode(messages[0])
        first["content"] = _joined(fitting, first.get("content"))
        messages[0] = raw(first)
    else:
        own = {"role": "system", "content": fitting.candidate.system}
        messages.insert(0, raw(own))
    fitting.fields["messages"] = raw(messages)


def add_to_messages(fitting: Fitting) -> None:
    """Anthropic: the field `system`, a text or blocks."""
    if fitting.candidate.system:
        own = fitting.body.value("system")
        fitting.fields["system"] = raw(_joined(fitting, own))


def _is_instructing(message: msgspec.Raw) -> bool:
    try:
        return SPEAKER.decode(message).role in INSTRUCTING
    except (msgspec.DecodeError, TypeError):
        return False


def _joined(fitting: Fitting, own: object) -> object:
    """The system prompt in front of `own`, in the shape of that. Blocks stay apart, so
    that what a client marks to be cached still is."""
    system = fitting.candidate.system
    if isinstance(own, list):
        return [{"type": "text", "text": system}, *own]
    return in_front(fitting.candidate, own if isinstance(own, str) else "")


def _entries(fitting: Fitting, name: str) -> list[msgspec.Raw] | None:
    """None for what is no list: the provider says what is wrong with it."""
    value = fitting.fields.get(name)
    try:
        return None if value is None else LIST.decode(value)
    except msgspec.DecodeError:
        return None
