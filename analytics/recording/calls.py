"""One recorded call as bytes and back."""

from __future__ import annotations

from typing import Final

import msgspec

from analytics.usage_row import UsageRow

PAYLOAD_BYTES: Final = 256 * 1024


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and answered, for an organisation that keeps it for `days`.
    Made by `Payload.of`, which bounds it."""

    request: bytes
    answer: bytes
    days: int
    is_truncated: bool = False

    @classmethod
    def of(cls, request: bytes | str, answer: bytes | str, days: int) -> Payload:
        """Each of the two is cut at `PAYLOAD_BYTES`, which is then said."""
        asked, answered = _bytes_of(request), _bytes_of(answer)
        return cls(
            request=asked[:PAYLOAD_BYTES],
            answer=answered[:PAYLOAD_BYTES],
            days=days,
            is_truncated=max(len(asked), len(answered)) > PAYLOAD_BYTES,
        )


class Call(msgspec.Struct, frozen=True):
    row: UsageRow
    payload: Payload | None = None


ENCODER: Final = msgspec.msgpack.Encoder(uuid_format="bytes")
DECODER: Final = msgspec.msgpack.Decoder(Call)


def encode(call: Call) -> bytes:
    return ENCODER.encode(call)


def decode(body: bytes) -> Call:
    """Raises ValueError for bytes that are no call."""
    return DECODER.decode(body)


def readable(body: bytes) -> object:
    """A call that is none, for a person; without its payload."""
    try:
        document = msgspec.msgpack.decode(body)
    except ValueError:
        return body[:200].hex()
    row = document.get("row") if isinstance(document, dict) else document
    return msgspec.to_builtins(row)


def _bytes_of(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
