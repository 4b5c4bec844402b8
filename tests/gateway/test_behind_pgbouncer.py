"""ModelHub on a PostgreSQL that is reached through pgbouncer, which lends a session for
each transaction, as docs/deploy has it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from django.conf import settings

from tests.gateway.programs import need, owner, running
from tests.gateway.site import ROOT, GatewaySite, database_name, free_port, new_site
from tests.migrated import create_migrated, database_url, drop_database
from tests.modelhub.embedding import eventually

pytestmark = pytest.mark.service("pgbouncer")
PGBOUNCER = need("pgbouncer")
CHAT = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}
SESSIONS = 3
"""Of the server, for all processes together: they have to share."""
PAST = {"modelhub configuration", "modelhub usage"}
"""What the server keeps sessions of its own for."""
CALLS = 24
WORK = """
import sys, django
django.setup()
from modelhub.gateway.background import close_background
from modelhub.gateway.benchmarking.worker import perform
perform(int(sys.argv[1]))
close_background()
"""
LISTEN = """
import django
django.setup()
from registry.resolution.shared_listener import connect_listener
connect_listener().close()
"""
SWITCH = """
import django
django.setup()
from registry.models import AIModel, Assignment
from registry.services.assignments import assign_model
assignment = Assignment.objects.get(feature__key="chat")
assign_model(
    feature=assignment.feature,
    ai_model=AIModel.objects.get(model_name="gpt-y"),
    actor=None,
    actor_label="test",
    expected_revision=assignment.revision_number,
)
"""


@pytest.fixture(scope="module")
def pooler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A new database behind pgbouncer: the variables that lead there."""
    program, name = PGBOUNCER, database_name("pooled")
    create_migrated(name)
    port, folder = free_port(), tmp_path_factory.mktemp("pgbouncer")
    written = folder / "pgbouncer.ini"
    written.write_text(configuration(name, port))
    host = str(settings.DATABASES["default"]["HOST"])
    user = owner(Path(host)) if host.startswith("/") else "nobody"
    who = ["-u", user] if os.getuid() == 0 else []
    with running([program, *who, str(written)], port):
        yield {
            "DATABASE_URL": f"postgresql://any@127.0.0.1:{port}/{name}",
            "DATABASE_DIRECT_URL": database_url(name),
            "DATABASE_POOL_SIZE": "8",
        }
    drop_database(name)


def configuration(name: str, port: int) -> str:
    """The example, for a server that trusts everybody, and with few sessions."""
    example = (ROOT / "docs/deploy/pgbouncer.ini").read_text()
    assert "pool_mode = transaction" in example
    server = settings.DATABASES["default"]
    where = f"host={server['HOST'] or '127.0.0.1'} port={server['PORT'] or 5432}"
    for pattern, here in {
        r"(?m)^modelhub = .*$": (
            f"{name} = {where} dbname={name} user={server['USER']}"
        ),
        r"(?m)^listen_port = .*$": f"listen_port = {port}\nunix_socket_dir =",
        r"(?m)^auth_type = .*$": "auth_type = any",
        r"(?m)^auth_file = .*\n": "",
        r"(?m)^default_pool_size = .*$": f"default_pool_size = {SESSIONS}",
    }.items():
        example, count = re.subn(pattern, here, example)
        assert count == 1, pattern
    return example


@pytest.fixture(scope="module")
def site(pooler, tmp_path_factory) -> Iterator[GatewaySite]:
    name = urlsplit(pooler["DATABASE_URL"]).path[1:]
    made = new_site(name, tmp_path_factory.mktemp("pooled"), variables=pooler)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        for upstream in made.upstreams.values():
            upstream.stop()


@pytest.fixture
def client(site) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {site.token}"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=20) as one:
        yield one


def test_calls_are_answered_and_recorded(site, client):
    count = "SELECT count(*) FROM analytics_usagerecord WHERE source = 'gateway'"
    before = site.query(count)[0][0]

    answers = [client.post("/v1/chat/completions", json=CHAT) for _ in range(CALLS)]

    assert {one.status_code for one in answers} == {200}
    assert eventually(lambda: site.query(count)[0][0] == before + CALLS, seconds=20)


def test_a_change_reaches_the_gateway(site, client):
    assert model_of(client) == "openai/gpt-x"

    site.run("-c", SWITCH)

    assert eventually(lambda: model_of(client) == "openai/gpt-y", seconds=20)


def model_of(client: httpx.Client) -> str:
    answer = client.post("/v1/chat/completions", json=CHAT)
    return answer.headers["x-modelhub-model"]


def test_a_long_list_is_streamed(site):
    words = ("--organization", "site", "--role", "admin")
    printed = site.run("manage.py", "users", "add", "pooled@example.com", *words)
    link = re.search(r"/sign-in/link/\S+", printed)
    with httpx.Client(base_url=site.url, timeout=20) as person:
        assert person.get(link.group()).status_code == 302
        with person.stream("GET", "/settings/audit/export/") as answer:
            lines = list(answer.iter_lines())

    assert answer.status_code == 200
    assert len(lines) > 5
    assert any("pooled@example.com" in line for line in lines)


def test_a_worker_does_a_benchmark(site):
    site.run("manage.py", "benchmarks", "install", "speed", "--organization", "site")
    said = site.run(
        *("manage.py", "benchmarks", "run", "speed", "--organization", "site"),
        *("--models", "openai/gpt-x", "--json"),
    )
    number = json.loads(said)["run"]
    (row,) = site.query(
        f"SELECT id FROM analytics_benchmarkrun WHERE number = {number}"
    )

    site.run("-c", WORK, str(row[0]))

    states = "SELECT state, count(*) FROM analytics_benchmarkresult GROUP BY state"
    assert [state for state, _ in site.query(states)] == ["done"]


def test_a_backup_goes_past_it(site, tmp_path):
    site.run("manage.py", "backup", str(tmp_path / "hub.backup"))

    assert (tmp_path / "hub.backup").stat().st_size > 10_000


def test_who_listens_through_it_says_so(site):
    variables = {**site.environment, "DATABASE_DIRECT_URL": ""}

    done = subprocess.run(
        [sys.executable, "-c", LISTEN],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert "set DATABASE_DIRECT_URL" in done.stderr


def test_the_server_has_few_sessions(site, client):
    client.post("/v1/chat/completions", json=CHAT)

    with psycopg.connect(database_url("postgres")) as admin:
        found = admin.execute(
            "SELECT application_name FROM pg_stat_activity WHERE datname = %s",
            [site.database],
        ).fetchall()

    names = {name for (name,) in found}
    assert names >= PAST
    assert len(found) <= SESSIONS + len(PAST)
