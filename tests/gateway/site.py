"""A real ModelHub for tests of the gateway: uvicorn in a process of its own, a database
of its own, and fake providers on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from tests.migrated import create_migrated, database_url, drop_database
from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.server import FakeUpstream

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60


@dataclass
class GatewaySite:
    """`upstreams` are by provider: openai, acme, anthropic. `tokens` by name: token,
    gateway_only, feedback_only, stranger (of another organisation). `variables` are
    added to the environment."""

    database: str
    folder: Path
    upstreams: dict[str, FakeUpstream]
    workers: int = 1
    port: int = 0
    seeding: str = "tests.gateway.seeding"
    options: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.tokens["token"]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "modelhub.settings",
            "DATABASE_URL": database_url(self.database),
            "MODELHUB_VAR": str(self.folder),
            "SECRET_KEY": "gateway-tests-only",
            "CELERY_BROKER_URL": "memory://",
            **self.variables,
        }

    def prepare(self) -> None:
        create_migrated(self.database)
        urls = {name: address(name, one) for name, one in self.upstreams.items()}
        told = self.run("-m", self.seeding, json.dumps(urls))
        self.tokens = json.loads(told.splitlines()[-1])

    def start(self) -> None:
        """Serve, and return when the gateway answers."""
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "uvicorn", "modelhub.asgi:application"]
        command += ["--port", str(self.port), "--log-level", "warning"]
        command += ["--workers", str(self.workers), *self.options]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        deadline = time.monotonic() + READY_S
        headers = {"authorization": f"Bearer {self.token}"}
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{self.url}/v1/models", headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return
            assert self.process.poll() is None, "The server ended."
            time.sleep(0.05)
        raise AssertionError("The server does not answer.")

    def kill(self) -> None:
        """Without a word of warning, as the kernel does."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)

    def drop(self) -> None:
        drop_database(self.database)

    def run(self, *words: str) -> str:
        """Run Python beside the server, with its environment; what it printed."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, statement: str) -> list[tuple]:
        """Rows of the site's database."""
        with psycopg.connect(database_url(self.database)) as connection:
            return connection.execute(statement).fetchall()

    def quiet(self) -> None:
        """Every fake provider as new: no script, nothing received, listening."""
        handlers = {"anthropic": anthropic_wire.echo}
        for name, upstream in self.upstreams.items():
            upstream.handler = handlers.get(name, openai_wire.echo)
            upstream.script.clear()
            upstream.requests.clear()


def new_site(database: str, folder: Path, **options) -> GatewaySite:
    """Prepared, not started. The fake providers run."""
    upstreams = {
        "openai": FakeUpstream(openai_wire.echo).start(),
        "acme": FakeUpstream(openai_wire.echo).start(),
        "anthropic": FakeUpstream(anthropic_wire.echo).start(),
    }
    site = GatewaySite(database, folder, upstreams, **options)
    site.prepare()
    return site


def address(provider: str, upstream: FakeUpstream) -> str:
    return upstream.url if provider == "anthropic" else f"{upstream.url}/v1"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def database_name(kind: str) -> str:
    """One of this process of tests alone: others may run against the same server."""
    return f"modelhub_{kind}_{os.getpid()}"
