"""The same code on a PostgreSQL server and a broker of one's own: a task goes through
the broker to a worker, which loads the catalogue into the database."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from kombu import Connection

from tests.modelhub.embedding import eventually

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = "postgresql://postgres@127.0.0.1:5432"
BROKERS = {
    "redis": (6379, "redis://127.0.0.1:6379/15"),
    "rabbitmq": (5672, "amqp://guest:guest@127.0.0.1:5672//"),
}


def need(service: str, port: int) -> None:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        pytest.skip(f"no {service} answers on 127.0.0.1:{port}")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of a new database with tables on the machine's own PostgreSQL."""
    need("PostgreSQL", 5432)
    name = f"modelhub_service_{uuid4().hex[:8]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        address = f"{POSTGRES}/{name}"
        environment = environment_of(address)
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        yield address
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.service("postgresql")
@pytest.mark.parametrize(
    "broker",
    [pytest.param(name, marks=pytest.mark.service(name)) for name in BROKERS],
)
def test_a_task_goes_through_the_broker_into_the_database(database, broker, tmp_path):
    port, address = BROKERS[broker]
    need(broker, port)
    queue = f"modelhub-{uuid4().hex[:8]}"
    environment = environment_of(database)
    environment |= {"CELERY_BROKER_URL": address, "MODELHUB_VAR": str(tmp_path)}
    forget_models(database)
    run(environment, "-c", f"{ENQUEUE}.apply_async(queue={queue!r})")

    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "modelhub", "worker"]
        + ["--pool", "solo", "--queues", queue, "--loglevel", "error"],
        cwd=ROOT,
        env=environment,
    )
    try:
        assert eventually(lambda: synced_models(database) > 2_000, seconds=60)
    finally:
        worker.terminate()
        worker.wait(timeout=20)
        with Connection(address) as connection:
            connection.default_channel.queue_delete(queue)


ENQUEUE = (
    "import django; django.setup()\n"
    "from registry.tasks import sync_catalog\n"
    "sync_catalog"
)


def environment_of(database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "modelhub.settings",
        "SECRET_KEY": "service-tests-only",
    }


def run(environment: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, check=True, timeout=180
    )


def forget_models(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("TRUNCATE registry_aimodel CASCADE")


def synced_models(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM registry_aimodel").fetchone()
    return row[0] if row else 0
