import os
import signal
import subprocess

import psutil
import psycopg
import pytest

from modelhub.embedded.failure import EmbeddedError
from modelhub.embedded.layout import Layout
from modelhub.embedded.postgres import Postgres, embedded_database
from modelhub.embedded.sharing import is_kept
from tests.modelhub.embedding import eventually, hold


def run(layout: Layout, statement: str) -> None:
    with psycopg.connect(layout.database_url, autocommit=True) as connection:
        connection.execute(statement)


def answer(layout: Layout, query: str) -> object:
    with psycopg.connect(layout.database_url) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def server_pid(layout: Layout) -> int:
    return int((layout.postgres_data / "postmaster.pid").read_text().split()[0])


def test_it_runs_inside_the_block_only(layout):
    with embedded_database(layout):
        assert answer(layout, "SELECT current_database()") == "modelhub"
        pid = server_pid(layout)

    assert not psutil.pid_exists(pid)
    assert not is_kept(Postgres(layout))


def test_it_speaks_utf8_and_listens_on_no_port(layout):
    with embedded_database(layout):
        assert answer(layout, "SHOW server_encoding") == "UTF8"
        assert answer(layout, "SHOW listen_addresses") == ""


def test_its_folders_are_private(layout):
    with embedded_database(layout):
        modes = {
            path.stat().st_mode & 0o777
            for path in (layout.postgres_data, layout.socket_dir)
        }

    assert modes == {0o700}


def test_a_database_of_the_environment_takes_its_place(layout, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/modelhub")

    with embedded_database(layout) as share:
        assert share is None

    assert not layout.var.exists()


def test_an_exception_inside_the_block_stops_it_too(layout):
    with pytest.raises(RuntimeError), embedded_database(layout):
        raise RuntimeError

    assert not is_kept(Postgres(layout))
    assert not Postgres(layout).answers()


def test_a_second_process_shares_it_and_the_last_one_stops_it(layout):
    with embedded_database(layout):
        pid = server_pid(layout)
        other = hold(layout, "database")
        assert server_pid(layout) == pid

    assert psutil.pid_exists(pid)
    other.communicate("\n")
    assert other.returncode == 0
    assert not psutil.pid_exists(pid)


def test_a_killed_user_leaves_nothing_running(layout):
    other = hold(layout, "database")
    pid = server_pid(layout)

    other.kill()
    other.communicate()

    assert eventually(lambda: not psutil.pid_exists(pid))
    assert eventually(lambda: not is_kept(Postgres(layout)))


def test_a_killed_server_comes_back_with_its_rows(layout):
    with embedded_database(layout):
        run(layout, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(server_pid(layout), signal.SIGKILL)
        assert eventually(lambda: Postgres(layout).answers())
        assert answer(layout, "SELECT n FROM kept") == 7

    with embedded_database(layout):
        assert answer(layout, "SELECT n FROM kept") == 7


def test_a_killed_keeper_takes_the_server_with_it_and_can_be_replaced(layout):
    with embedded_database(layout) as share:
        first = server_pid(layout)
        keeper = psutil.Process(first).parent()
        assert keeper is not None
        keeper.kill()
        assert eventually(lambda: not is_kept(Postgres(layout)))

        assert share is not None
        share.ensure()

        assert answer(layout, "SELECT 1") == 1
        assert server_pid(layout) != first


@pytest.mark.parametrize(
    "pid", [2**22 - 3, os.getpid()], ids=["of nobody", "of somebody else"]
)
def test_a_stale_pid_file_is_no_obstacle(layout, pid):
    with embedded_database(layout):
        lines = (layout.postgres_data / "postmaster.pid").read_text().splitlines()
    stale = "\n".join([str(pid), *lines[1:]]) + "\n"
    (layout.postgres_data / "postmaster.pid").write_text(stale)
    (layout.socket_dir / ".s.PGSQL.5432.lock").write_text(stale)

    with embedded_database(layout):
        assert answer(layout, "SELECT 1") == 1


def test_a_stale_pid_of_the_same_user_is_no_obstacle(layout, as_nobody):
    first = hold(layout, "database", *as_nobody)
    lines = (layout.postgres_data / "postmaster.pid").read_text().splitlines()
    first.communicate("\n")
    bystander = subprocess.Popen([*as_nobody, "sleep", "60"])
    stale = "\n".join([str(bystander.pid), *lines[1:]]) + "\n"
    (layout.postgres_data / "postmaster.pid").write_text(stale)

    second = hold(layout, "database", *as_nobody)
    second.communicate("\n")

    assert second.returncode == 0
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_an_ordinary_user_can_run_it(layout, as_nobody):
    other = hold(layout, "database", *as_nobody)
    owner = psutil.Process(server_pid(layout)).uids().real
    other.communicate("\n")

    assert owner != 0
    assert layout.postgres_data.stat().st_uid == owner


def test_two_checkouts_do_not_meet(layout):
    second = Layout(layout.var.parent / "second" / "var")
    with embedded_database(layout), embedded_database(second):
        run(layout, "CREATE TABLE mine AS SELECT 1 AS n")
        with pytest.raises(psycopg.errors.UndefinedTable):
            answer(second, "SELECT n FROM mine")


@pytest.mark.parametrize("folder", ["x" * 120, "a b, c%ü"])
def test_a_long_or_odd_path_works(layout, folder):
    odd = Layout(layout.var.parent / folder / "var")
    with embedded_database(odd):
        assert answer(odd, "SELECT 1") == 1

    assert not odd.socket_dir.is_relative_to(odd.var)
    odd.socket_dir.rmdir()


def test_an_interrupted_first_start_is_begun_again(layout):
    draft = layout.postgres_data.with_name("postgres.new")
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")

    with embedded_database(layout):
        assert answer(layout, "SELECT 1") == 1


def test_a_server_that_cannot_start_says_why_in_one_line(layout):
    with (
        pytest.raises(EmbeddedError, match="PostgreSQL does not start: .*nonsense"),
        embedded_database(layout, options=("nonsense=1",)),
    ):
        pass


def test_a_slow_start_says_what_it_waits_for(layout, monkeypatch):
    monkeypatch.setattr("modelhub.embedded.sharing.PATIENCE_SECONDS", 0.1)
    said: list[str] = []

    with embedded_database(layout, say=said.append):
        pass

    begins = [line for line in said if line.startswith("Waiting for PostgreSQL;")]
    assert len(begins) == 1


def test_a_start_that_never_ends_is_given_up(layout, monkeypatch):
    monkeypatch.setattr("modelhub.embedded.sharing.START_SECONDS", 0.1)

    with (
        pytest.raises(EmbeddedError, match="Gave up after"),
        embedded_database(layout),
    ):
        pass

    assert eventually(lambda: not is_kept(Postgres(layout)))


def test_a_socket_folder_of_somebody_else_is_refused(layout):
    layout.socket_dir.mkdir(parents=True)
    os.chown(layout.socket_dir, 12345, 12345)

    with (
        pytest.raises(EmbeddedError, match="belongs to another user"),
        embedded_database(layout),
    ):
        pass
