"""Server-sent events out of the bytes of a stream: what every streaming provider but
Ollama speaks. Pure; a broken event is the caller's to judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.providers.errors import ModelUnavailableError
from registry.providers.response import MAX_ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name (empty: none) and its data, lines joined."""

    name: str
    data: bytes


@dataclass(slots=True)
class EventReader:
    """Takes bytes as they arrive and gives the events that are complete. Line ends are
    LF, CRLF or CR, even where a CRLF falls between two pieces. Comments (keep-alives)
    are no events. Raises ModelUnavailableError for an event without end."""

    _rest: bytearray = field(default_factory=bytearray)
    _name: str = ""
    _data: list[bytes] = field(default_factory=list)
    _size: int = 0
    _after_cr: bool = False
    comments: int = 0

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that `piece` completes."""
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
        if piece:
            self._after_cr = piece.endswith(b"\r")
        self._rest += piece
        self._check_size()
        if not (b"\n" in piece or b"\r" in piece):
            return
        *lines, rest = (
            bytes(self._rest).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        )
        self._rest = bytearray(rest)
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event

    def close(self) -> Iterator[Event]:
        """The event that was complete but for its last empty line."""
        if self._rest:
            event = self._line(bytes(self._rest))
            self._rest.clear()
            if event is not None:
                yield event
        event = self._line(b"")
        if event is not None:
            yield event

    def _line(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not name:
            self.comments += 1
        elif name == b"data":
            self._data.append(value)
            self._size += len(value)
            self._check_size()
        elif name == b"event":
            self._name = value.decode(errors="replace")
        return None

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], "", 0
        return Event(name, b"\n".join(data)) if data else None

    def _check_size(self) -> None:
        if len(self._rest) + self._size > MAX_ANSWER_BYTES:
            raise ModelUnavailableError(
                "The provider sent an event without end.", code="malformed"
            )
