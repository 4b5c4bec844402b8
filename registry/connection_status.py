"""The state of a connection as pages show it: a word, a tone, a reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.models import Connection, ConnectionState

TONES: Final = {
    ConnectionState.UNCHECKED: "",
    ConnectionState.CONNECTED: "success",
    ConnectionState.KEY_REJECTED: "danger",
    ConnectionState.KEY_UNREADABLE: "danger",
    ConnectionState.UNREACHABLE: "danger",
    ConnectionState.FAILING: "warning",
}
NEEDS_KEY: Final = frozenset(
    {ConnectionState.KEY_REJECTED, ConnectionState.KEY_UNREADABLE}
)


@dataclass(frozen=True)
class Status:
    label: str
    tone: str
    reason: str = ""

    @property
    def is_wrong(self) -> bool:
        return self.tone in {"danger", "warning"}


def status_of(connection: Connection) -> Status:
    """A paused connection is told as paused, whatever its last check said."""
    state = ConnectionState(connection.state)
    label = str(state.label)
    if state == ConnectionState.KEY_UNREADABLE and connection.key_variable:
        label = "Key missing"
    if not connection.is_enabled:
        is_key = state == ConnectionState.KEY_UNREADABLE
        return Status("Paused", "", connection.state_reason if is_key else "")
    return Status(label, TONES[state], connection.state_reason)


def needs_key(connection: Connection) -> bool:
    """Whether entering the key again is what helps."""
    return ConnectionState(connection.state) in NEEDS_KEY
