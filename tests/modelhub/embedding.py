"""Folders and processes for the tests of the embedded parts."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelhub.embedded.layout import Layout

REPOSITORY = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from pathlib import Path
import pytest

from modelhub.embedded.layout import Layout
from modelhub.embedded.postgres import embedded_database
from modelhub.embedded.valkey import embedded_broker
part = {"database": embedded_database, "broker": embedded_broker}[sys.argv[2]]
with part(Layout(Path(sys.argv[1])), say=sys.stderr.write):
    print("up", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def new_layout() -> Iterator[Layout]:
    """An installation in a new folder, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="modelhub-test-", dir="/tmp"))
    folder.chmod(0o755)
    made = Layout(folder / "var")
    yield made
    shutil.rmtree(folder)
    if not made.socket_dir.is_relative_to(folder):
        shutil.rmtree(made.socket_dir, ignore_errors=True)


def hold(layout: Layout, part: str, *prefix: str) -> subprocess.Popen[str]:
    """Another process that uses `part` until it is told to stop (or killed)."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
    }
    python = python_for(prefix)
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [*prefix, python, "-c", HOLD, str(layout.var), part],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def python_for(prefix: Sequence[str]) -> str:
    """A Python of this version that the user of `prefix` may run: that of a virtual
    environment can lie in a home folder that is closed to others."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        check = ["test", "-x", path]
        if subprocess.run([*prefix, *check], check=False).returncode == 0:
            return path
    pytest.skip(f"no {version} here that an ordinary user may run")


def eventually(claim: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return False
