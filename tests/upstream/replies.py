"""What a fake provider answers, and how it fails at that."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Reply:
    """`pieces` are written one after the other, `pause_s` apart, after `delay_s`.
    `cut_after=n` resets the connection after n pieces, `silent_after=n` says nothing
    more after them; `resets_before_headers` hangs up without a word."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = ()
    is_stream: bool = False
    delay_s: float = 0
    pause_s: float = 0
    cut_after: int | None = None
    silent_after: int | None = None
    resets_before_headers: bool = False

    @property
    def content_length(self) -> int:
        return sum(map(len, self.pieces))

    def but(self, **changes) -> Reply:
        """The same reply with something else about it."""
        return replace(self, **changes)


def json_reply(document: object, status: int = 200, **headers: str) -> Reply:
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status=status,
        headers={"content-type": "application/json", **kept},
        pieces=(json.dumps(document).encode(),),
    )


def sse_reply(*events: str, **headers: str) -> Reply:
    """A server-sent stream; each event is whole, e.g. 'data: {…}'."""
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        headers={"content-type": "text/event-stream", **kept},
        pieces=tuple(f"{event}\n\n".encode() for event in events),
        is_stream=True,
    )


SILENCE = Reply(delay_s=3600)
RESET = Reply(resets_before_headers=True)
HTML = Reply(
    headers={"content-type": "text/html"},
    pieces=(b"<html><body>Bad gateway</body></html>",),
)
