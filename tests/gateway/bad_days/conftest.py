"""A running ModelHub whose providers can be broken."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gateway.bad_days.asking import WHOLE, Asker
from tests.gateway.bad_days.workers import Workers
from tests.gateway.site import GatewaySite, database_name
from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.server import FakeUpstream

SPEAK = {
    "acme": openai_wire.echo,
    "anthropic": anthropic_wire.echo,
    "spare": openai_wire.echo,
    "openai": openai_wire.echo,
}


def new_asker(database: str, folder: Path, **options) -> Asker:
    """A prepared site, not started, and who asks it."""
    upstreams = {name: FakeUpstream(echo).start() for name, echo in SPEAK.items()}
    site = GatewaySite(
        database,
        folder,
        upstreams,
        seeding="tests.gateway.bad_days.seeding",
        **options,
    )
    site.prepare()
    return Asker.of(site)


def warm(asker: Asker) -> None:
    """Ask once each way, as a process that has just started is still importing."""
    for way in WHOLE:
        asker.ask(way)


def finish(asker: Asker) -> None:
    asker.close()
    asker.site.stop()
    asker.site.drop()
    for upstream in asker.site.upstreams.values():
        upstream.stop()


@pytest.fixture(scope="session")
def session_asker(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Asker]:
    made = new_asker(database_name("bad"), tmp_path_factory.mktemp("bad"))
    try:
        made.site.start()
        warm(made)
        yield made
    finally:
        finish(made)


@pytest.fixture
def asker(session_asker: Asker) -> Asker:
    """Every provider works again."""
    session_asker.site.quiet()
    return session_asker.begin()


@pytest.fixture(scope="session")
def session_workers(
    session_asker: Asker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workers]:
    one = session_asker.site
    folder = tmp_path_factory.mktemp("pair")
    # On a busy machine a worker that only starts would be taken for dead, and killed.
    options = ("--timeout-worker-healthcheck", "20")
    site = replace(one, workers=2, port=0, process=None, folder=folder, options=options)
    try:
        site.start()
        yield Workers(site)
    finally:
        site.stop()


@pytest.fixture
def workers(session_workers: Workers) -> Iterator[Workers]:
    """Two workers over the same database and the same providers."""
    session_workers.meet()
    yield session_workers
    session_workers.close()
