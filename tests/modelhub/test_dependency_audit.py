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
Typing_Extensions==4.15.0
celery[redis]==5.6.0 ; python_version >= "3.11" \\
    --hash=sha256:00
"""


class Database(http.server.BaseHTTPRequestHandler):
    """Tells one fault a page, as OSV pages long answers."""

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        queries = json.loads(self.rfile.read(size))["queries"]
        answer = {"results": [self.found(one) for one in queries]}
        body = self.server.body or json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def found(self, query: dict) -> dict:
        ids = self.server.bad.get(query["package"]["name"], [])
        page = int(query.get("page_token") or 0)
        more = {"next_page_token": str(page + 1)} if page + 1 < len(ids) else {}
        return {"vulns": [{"id": ids[page]}], **more} if ids else {}

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def database():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Database)
    server.bad, server.body, server.status = {}, b"", 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def audit(
    tmp_path, address: object, accepted: str = "", lock: str = LOCK
) -> subprocess.CompletedProcess[str]:
    files = {"some.lock": lock, "accepted.txt": accepted}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    if not isinstance(address, str):
        address = f"http://127.0.0.1:{address.server_port}"
    locks = [str(tmp_path / name) for name in files]
    return subprocess.run(
        [sys.executable, ".ci/audit.py", "--accepted", locks[1], locks[0]],
        cwd=REPOSITORY,
        env={**os.environ, "OSV_URL": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_known_fault_fails_the_check_and_is_named(database, tmp_path):
    database.bad = {"celery": ["PYSEC-2026-1", "GHSA-2"], "typing-extensions": ["X-1"]}

    done = audit(tmp_path, database)

    assert done.returncode == 1
    assert "celery 5.6.0: GHSA-2, PYSEC-2026-1" in done.stdout
    assert "typing-extensions 4.15.0: X-1" in done.stdout
    assert "django" not in done.stdout


def test_without_faults_it_says_how_many_were_asked_about(database, tmp_path):
    done = audit(tmp_path, database)

    assert (done.returncode, done.stdout) == (0, "3 packages, no known fault.\n")


def test_a_fault_is_accepted_until_the_end_of_its_day(database, tmp_path):
    database.bad = {"celery": ["GHSA-1"]}

    holding = audit(tmp_path, database, "GHSA-1 2999-01-01 # never called\n")
    over = audit(tmp_path, database, "# Mine\n\nGHSA-1 2020-01-01 # never called\n")

    assert holding.returncode == 0
    assert holding.stdout == "3 packages, no known fault, 1 accepted.\n"
    assert over.returncode == 1
    assert "GHSA-1 (accepted until 2020-01-01)" in over.stdout


def test_an_accepted_fault_that_is_gone_is_told(database, tmp_path):
    done = audit(tmp_path, database, "GHSA-1 2999-01-01 # never called\n")

    assert done.returncode == 0
    assert "GHSA-1 is accepted and no longer found" in done.stdout


@pytest.mark.parametrize(
    "line", ["GHSA-1", "GHSA-1 # why", "GHSA-1 2027-01-01", "GHSA-1 2027-13-01 # why"]
)
def test_an_acceptance_needs_a_day_and_a_reason(database, tmp_path, line):
    done = audit(tmp_path, database, line)

    assert done.returncode == 2
    assert "accepted.txt, line 1: write the id" in done.stdout


def test_a_lock_that_cannot_be_read_is_not_one_without_faults(database, tmp_path):
    done = audit(tmp_path, database, lock="[[package]]\nname = 'django'\n")

    assert (done.returncode, "pins no package" in done.stdout) == (2, True)


def test_a_question_that_is_not_understood_is_a_failure(database, tmp_path):
    database.status = 400

    assert audit(tmp_path, database).returncode == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"down"),
        (200, b"<html>Sign in to the network</html>"),
        (200, b"[]"),
        (200, b'{"results": []}'),
        (200, b'{"results": [1, 2, 3]}'),
    ],
)
def test_whatever_else_answers_is_skipped_with_a_line(database, tmp_path, status, body):
    database.status, database.body = status, body

    done = audit(tmp_path, database)

    assert done.returncode == 0
    assert done.stdout.startswith("Skipped: ")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://osv.invalid"])
def test_without_the_database_it_is_skipped_with_a_line(tmp_path, address):
    done = audit(tmp_path, address)

    assert done.returncode == 0
    assert done.stdout.startswith("Skipped: ")
    assert done.stdout.count("\n") == 1


def test_the_locks_of_the_project_can_be_read_and_nothing_is_accepted_for_ever():
    done = subprocess.run(
        [sys.executable, ".ci/audit.py"],
        cwd=REPOSITORY,
        env={**os.environ, "OSV_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout
