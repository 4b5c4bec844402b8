"""A mail server on loopback, as far as a client of SMTP asks one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.mailbox = Mailbox(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.mailbox
        finally:
            server.shutdown()
            thread.join()


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 mail.test")
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                self.say("354 go on")
                self.take()
            elif verb == b"RCPT" and self.server.mailbox.refuses:
                self.say("550 no such mailbox")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 mail.test")

    def take(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.mailbox.taken.append(message)
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
