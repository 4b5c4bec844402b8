"""modelhub serve: database, broker, web server, worker and scheduler on one machine."""

import http.client
import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from modelhub.embedded.postgres import embedded_database
from modelhub.embedded.sharing import Share
from modelhub.embedded.valkey import embedded_broker
from modelhub.env import env_int, env_text
from modelhub.serving import processes
from modelhub.serving.address import (
    AddressError,
    only_server,
    open_socket,
    web_address,
    write_note,
)
from modelhub.serving.preparation import begin_counting, prepare
from modelhub.serving.supervisor import Supervisor, SupervisorError
from modelhub.sign_in_link import sign_in_link

LOOK_SECONDS = 2.0


class Command(BaseCommand):
    help = "Serve ModelHub until Ctrl-C: everything it needs on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=None, help="default: HOST or 127.0.0.1")
        parser.add_argument("--port", type=port, help="default: PORT or 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        host = options["host"] or env_text("HOST") or "127.0.0.1"
        number = options["port"]
        number = port(str(env_int("PORT", 8000))) if number is None else number
        try:
            with only_server(settings.LAYOUT), open_socket(host, number) as listener:
                self.serve(listener)
        except (AddressError, SupervisorError) as error:
            raise CommandError(str(error)) from error

    def serve(self, listener: socket.socket) -> None:
        address = web_address(listener)
        layout = settings.LAYOUT
        write_note(layout, address)
        with ExitStack() as parts:
            database = parts.enter_context(embedded_database(layout, say=self.say))
            broker = parts.enter_context(embedded_broker(layout, say=self.say))
            administrator = prepare(layout, self.say)
            begin_counting()
            lines = [f"ModelHub is running at {address}"]
            if administrator is not None:
                link = sign_in_link(administrator, address)
                lines.append(f"Sign in with this link, once: {link}")
            connections.close_all()
            children = [
                *processes.web_servers(listener),
                processes.worker(),
                processes.scheduler(layout),
            ]
            supervisor = Supervisor(children, self.say)
            supervisor.run(Watch(address, lines, self.say, [database, broker]).look)
        self.say("Stopped.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


class Watch:
    """Says the address as soon as the web server answers, and looks after the
    embedded parts."""

    def __init__(
        self,
        address: str,
        lines: list[str],
        say: Callable[[str], None],
        shares: list[Share | None],
    ) -> None:
        self.address = address
        self.lines = lines
        self.say = say
        self.shares = [share for share in shares if share is not None]
        self.next_look = 0.0

    def look(self) -> None:
        if self.lines and answers(self.address):
            self.say("\n".join(self.lines))
            self.lines = []
        if time.monotonic() > self.next_look:
            for share in self.shares:
                share.ensure()
            self.next_look = time.monotonic() + LOOK_SECONDS


def answers(address: str) -> bool:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=0.5
    )
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def port(text: str) -> int:
    """A port number from the command line; 0 is any free one."""
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65535:
        raise CommandError(f"{text!r} is no port; it is a number up to 65535.")
    return number
