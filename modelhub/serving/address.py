"""The address to serve at, and the sign that this checkout is being served already."""

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelhub.embedded.layout import Layout
from modelhub.env import env_text

BACKLOG = 512
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # only read


class AddressError(Exception):
    """This address cannot be served at; the text is one sentence for a person."""


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket. Opened before anything else is started, and kept over
    restarts of the web process, so that a taken port is known at once."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressError(f"There is no address {host!r} to serve at.") from error
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # uvicorn takes the socket over by number and so cannot tell that it is TCP: without
    # this, head and body of an answer wait 40 ms for each other on a kept connection.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(target)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressError(bind_sentence(error, host, port)) from error
    return listener


def bind_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program; "
            "choose another one with --port or PORT."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights; choose one above 1023 with --port."
    return f"Cannot serve at {host}:{port}: {error.strerror}."


def web_address(listener: socket.socket) -> str:
    """The address a browser on this machine uses."""
    host, port = listener.getsockname()[:2]
    host = EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def only_server(layout: Layout) -> Iterator[Path]:
    """Be the one `serve` of this checkout. Raises AddressError if there is one."""
    path = note_path(layout)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = running_address(layout) or "an address not known yet"
            raise AddressError(f"ModelHub is already running at {where}.") from error
        try:
            yield path
        finally:
            note.truncate(0)


def write_note(layout: Layout, address: str) -> None:
    note = {"address": address, "pid": os.getpid()}
    note_path(layout).write_text(json.dumps(note))


def running_address(layout: Layout) -> str | None:
    """Where this checkout is being served, as its `serve` has noted."""
    try:
        note = json.loads(note_path(layout).read_text())
    except (OSError, ValueError):
        return None
    return str(note["address"])


def public_address(layout: Layout) -> str:
    """The address to print in a link: MODELHUB_URL, else where it is being served."""
    return env_text("MODELHUB_URL") or running_address(layout) or DEFAULT_ADDRESS


def note_path(layout: Layout) -> Path:
    return layout.locks / "serve"
