"""A recorder of one's own, and the database as it sees it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.recorder import Recorder
from analytics.recording.database_link import usage_connection
from analytics.recording.writer import Connect, Connection


@pytest.fixture
def database(django_db_setup) -> Iterator[Connection]:
    """A connection beside Django's transaction; recorded rows are gone afterwards."""
    with usage_connection() as connection:
        yield connection
        connection.execute("DELETE FROM analytics_usagepayload")
        connection.execute("DELETE FROM analytics_usagerecord")
        connection.execute("DELETE FROM analytics_dirtyhour")


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "usage-spool"


@pytest.fixture
def make_recorder(database, spool) -> Iterator[Callable[..., Recorder]]:
    """Recorders that are stopped at the end of the test."""
    made: list[Recorder] = []

    def make(connect: Connect = usage_connection, folder: Path = spool) -> Recorder:
        made.append(Recorder(folder, connect))
        return made[-1]

    yield make
    for one in made:
        one.stop(0.3)


@pytest.fixture
def recording(make_recorder) -> Recorder:
    return make_recorder()


@pytest.fixture
def stored(database) -> Callable[..., list[tuple]]:
    """What stands in the table, oldest first."""

    def read(*columns: str) -> list[tuple]:
        chosen = ", ".join(columns or ("id",))
        query = f"SELECT {chosen} FROM analytics_usagerecord ORDER BY started_at, id"
        return database.execute(query).fetchall()

    return read
