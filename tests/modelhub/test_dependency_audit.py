"""Known faults of pinned packages: found, accepted, or skipped with a line."""

import http.server
import json
import os
import subprocess
import sys
import threading

import pytest

from tests.modelhub.embedding import REPOSITORY

LOCK = """\
django==5.2.19 \\
    --hash=sha256:00
celery[redis]==5.6.0 ; python_version >= "3.11" \\
    --hash=sha256:00
"""


class Database(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        queries = json.loads(self.rfile.read(size))["queries"]
        bad = self.server.bad
        results = [
            {"vulns": [{"id": bad[one["package"]["name"]]}]}
            if one["package"]["name"] in bad
            else {}
            for one in queries
        ]
        body = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def database():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Database)
    server.bad = {}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def audit(tmp_path, address: str) -> subprocess.CompletedProcess[str]:
    lock = tmp_path / "some.lock"
    lock.write_text(LOCK)
    return subprocess.run(
        [sys.executable, ".ci/audit.py", str(lock)],
        cwd=REPOSITORY,
        env={**os.environ, "OSV_URL": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_known_fault_fails_the_check_and_is_named(database, tmp_path):
    database.bad = {"celery": "PYSEC-2026-1"}

    done = audit(tmp_path, f"http://127.0.0.1:{database.server_port}")

    assert done.returncode == 1
    assert "celery 5.6.0: PYSEC-2026-1" in done.stdout
    assert "django" not in done.stdout


def test_without_faults_it_says_how_many_were_asked_about(database, tmp_path):
    done = audit(tmp_path, f"http://127.0.0.1:{database.server_port}")

    assert (done.returncode, done.stdout) == (0, "2 packages, no known fault.\n")


def test_without_the_database_it_is_skipped_with_a_line(tmp_path):
    done = audit(tmp_path, "http://127.0.0.1:9")

    assert done.returncode == 0
    assert done.stdout.startswith("Skipped: ")
    assert done.stdout.count("\n") == 1
