"""`modelhub serve` from the outside, as a process on a machine."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx
import psutil
import pytest

from modelhub.embedded.layout import Layout
from modelhub.embedded.postgres import Postgres
from modelhub.embedded.sharing import is_kept
from modelhub.embedded.valkey import Valkey
from tests.modelhub.commands import environment_for, modelhub
from tests.modelhub.embedding import REPOSITORY, eventually, new_layout

START_SECONDS = 240

pytestmark = pytest.mark.xdist_group("serve")


class Serving:
    """A running `modelhub serve` and what it has said so far."""

    def __init__(self, layout: Layout, process: subprocess.Popen[bytes]) -> None:
        self.layout = layout
        self.process = process
        self.said = ""

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read on until it has said something like `pattern`."""
        assert self.process.stdout is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if found := re.search(pattern, self.said):
                return found
            ready, _, _ = select.select([self.process.stdout], [], [], 0.1)
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            self.said += more.decode()
            assert more or self.process.poll() is None, self.said
        raise AssertionError(f"no {pattern!r} in {self.said!r}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        return next(one for one in self.family() if word in one.cmdline())

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def serving(layout: Layout) -> Iterator[Serving]:
    with subprocess.Popen(
        [sys.executable, "-u", "manage.py", "serve", "--port", "0"],
        cwd=REPOSITORY,
        env=environment_for(layout, {"LOG_LEVEL": "ERROR"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        one = Serving(layout, process)
        try:
            yield one
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            process.wait(30)


def nothing_runs(layout: Layout, family: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: (
        not any(one.is_running() and one.status() != "zombie" for one in family)
        and not is_kept(Postgres(layout))
        and not is_kept(Valkey(layout))
    )


@dataclass
class FirstStart:
    """What one saw of it; the installation is there afterwards, and stands still."""

    layout: Layout
    signed_in: httpx.Response
    again: httpx.Response
    code: int
    family: list[psutil.Process]


@pytest.fixture(scope="module")
def first_start() -> Iterator[FirstStart]:
    """Once for all that need a server: it makes tables and loads the catalogue."""
    with new_layout() as layout:
        with serving(layout) as one:
            link = one.wait_for(r"http://\S+/sign-in/link/\S+").group()
            with httpx.Client(follow_redirects=True) as browser:
                signed_in = browser.get(link)
            again = httpx.get(link)
            family = one.family()
            code = one.stop()
        yield FirstStart(layout, signed_in, again, code, family)


def test_the_first_start_prints_a_link_that_signs_in_once(first_start):
    assert first_start.signed_in.status_code == 200
    assert first_start.signed_in.url.path == "/account/password/"
    assert first_start.again.status_code == 403
    assert first_start.code == 0
    assert eventually(nothing_runs(first_start.layout, first_start.family))


def test_a_second_start_prepares_nothing_and_killed_leaves_nothing_running(first_start):
    with serving(first_start.layout) as second:
        second.wait_for(r"is running at http://\S+\n")
        assert "sign-in" not in second.said
        assert "Preparing" not in second.said
        assert "Collecting" not in second.said
        family = second.family()

        os.kill(second.process.pid, signal.SIGKILL)
        second.process.wait()

        assert eventually(nothing_runs(first_start.layout, family))


def test_one_running_server_seen_from_all_sides(first_start):
    """One start for many looks: each costs seconds."""
    layout = first_start.layout
    with serving(layout) as one:
        address = one.wait_for(r"is running at (http://\S+)\n").group(1)

        second = modelhub(layout, "serve", "--port", "0")
        assert second.returncode == 1
        assert f"ModelHub is already running at {address}." in second.stderr

        link = modelhub(layout, "login-link")
        assert link.stdout.startswith(f"{address}/sign-in/link/?sesame=")

        ready = httpx.get(f"{address}/readyz")
        assert ready.status_code == 200
        assert set(ready.json()["checks"].values()) == {"ok"}

        page = httpx.get(f"{address}/sign-in/").text
        styles = re.findall(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page)
        hashed = httpx.get(address + styles[0], headers={"Accept-Encoding": "br"})
        assert hashed.status_code == 200
        assert "immutable" in hashed.headers["Cache-Control"]
        assert hashed.headers["Content-Encoding"] == "br"

        for name in ("vendor/plotly.min.js", "django_htmx/htmx-2.min.js"):
            script = httpx.get(
                f"{address}/static/{name}", headers={"Accept-Encoding": "gzip"}
            )
            assert script.status_code == 200
            assert script.headers["Content-Encoding"] == "gzip"
            assert script.headers["Content-Type"].startswith("text/javascript")

        assert httpx.get(f"{address}/static/nothing.css").status_code == 404

        one.child("uvicorn").kill()
        one.wait_for(r"The web server stopped \(exit code -9\); starting it again\.")
        assert httpx.get(f"{address}/healthz", timeout=30).status_code == 200

        keeper = psutil.Process(
            int((layout.postgres_data / "postmaster.pid").read_text().split()[0])
        ).parent()
        assert keeper is not None
        keeper.kill()
        assert eventually(lambda: not Postgres(layout).answers())
        assert eventually(lambda: httpx.get(f"{address}/readyz").status_code == 200)

        family = one.family()
        assert one.stop(signal.SIGTERM) == 0
        assert eventually(nothing_runs(layout, family))


def test_a_taken_port_is_one_line(layout):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = modelhub(layout, "serve", "--port", str(port))

    assert result.returncode == 1
    assert result.stderr == (
        f"modelhub: Port {port} on 127.0.0.1 is taken by another program; "
        "choose another one with --port or PORT.\n"
    )
    assert not layout.postgres_data.exists()


@pytest.mark.parametrize("port", ["http", "-1", "70000"])
def test_a_port_that_is_none_is_one_line(layout, port):
    result = modelhub(layout, "serve", PORT=port)

    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert port in result.stderr


def test_an_unknown_host_is_one_line(layout):
    result = modelhub(layout, "serve", "--port", "0", "--host", "no-such-host.invalid")

    assert result.returncode == 1
    assert result.stderr == (
        "modelhub: There is no address 'no-such-host.invalid' to serve at.\n"
    )


def test_a_database_that_does_not_answer_is_one_line(layout):
    url = "postgresql://u:secret@127.0.0.1:1/x"

    result = modelhub(layout, "serve", "--port", "0", DATABASE_URL=url)

    assert result.returncode == 1
    assert result.stderr == (
        "modelhub: The database x at 127.0.0.1:1 cannot be used: Connection refused.\n"
    )
    assert not is_kept(Valkey(layout))
