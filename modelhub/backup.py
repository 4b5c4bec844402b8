"""Backs the database up into one file and restores it, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management import CommandError
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from modelhub.embedded.postgres import program
from registry.key_ring import Undecryptable, decrypt
from registry.models import Connection

MAGIC: Final = b"PGDMP"
"""How a file of `pg_dump --format=custom` begins."""
ASIDE: Final = "modelhub_before_restore"
VERSION: Final = re.compile(r"(\d+)(?:\.\d+)?")
LIBPQ: Final = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}
LIBPQ_OPTIONS: Final = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
}


@dataclass(frozen=True)
class Restored:
    """`to_apply` migrations this version has and the backup has not; `unknown` the
    other way round. `unreadable_keys` of connections are under another key ring."""

    to_apply: int
    unknown: int
    stored_keys: int
    unreadable_keys: int


def back_up(path: Path, *, is_forced: bool = False) -> int:
    """Write everything that the database holds, as of one moment. Returns the file's
    bytes. Raises CommandError; an older file stays until the new one is whole."""
    if path.exists() and not is_forced:
        raise CommandError(f"{path} is there already. Use another name, or --force.")
    part = path.with_name(f"{path.name}.part")
    try:
        # Readable by its owner alone from the first byte on.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        command = [str(fitting("pg_dump")), "--format=custom"]
        command += ["--no-owner", "--no-privileges", "--no-password"]
        _run([*command, f"--file={part}"])
        part.replace(path)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise CommandError(message) from error
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def restore(path: Path, *, is_forced: bool = False) -> Restored:
    """Put back what `back_up` wrote: all of it or nothing. Raises CommandError, also
    where the database holds something and `is_forced` is not set."""
    check_file(path)
    if others := other_sessions():
        message = (
            f"{others} other sessions use this database. Stop ModelHub on all machines "
            "first."
        )
        raise CommandError(message)
    tables = table_count()
    if tables and not is_forced:
        message = (
            f"This database is not empty ({tables} tables). --force replaces all that "
            "is in it."
        )
        raise CommandError(message)
    command = [str(fitting("pg_restore")), "--single-transaction", "--exit-on-error"]
    command += ["--no-owner", "--no-privileges", "--no-password", "--schema=public"]
    with what_was_there_aside():
        database = str(connection.settings_dict["NAME"])
        _run([*command, f"--dbname={database}", str(path)])
    return what_came()


def check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise CommandError(message) from error
    if begins != MAGIC:
        raise CommandError(f"{path} is no backup of ModelHub.")


def other_sessions() -> int:
    return _number(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


def table_count() -> int:
    return _number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")


@contextmanager
def what_was_there_aside() -> Iterator[None]:
    """The old tables wait under another name until the new ones are whole."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    # Statements of this session were prepared for the tables of before.
    connections.close_all()


def what_came() -> Restored:
    loader = MigrationLoader(connection)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    mine = {one for one in applied if one[0] in {app for app, _ in known}}
    if known - applied:
        # Tables may have another form than this version reads.
        return Restored(len(known - applied), len(mine - known), 0, 0)
    stored = Connection.objects.exclude(encrypted_key="")
    tokens = list(stored.values_list("encrypted_key", flat=True))
    unreadable = sum(not _is_readable(token) for token in tokens)
    return Restored(0, len(mine - known), len(tokens), unreadable)


def fitting(name: str) -> Path:
    """The program of PATH or of the embedded server that is not older than the server,
    and of these the oldest: a newer one may write what the server cannot read."""
    connection.ensure_connection()
    server = connection.connection.info.server_version // 10_000
    found = [Path(one) for one in (shutil.which(name), program(name)) if one]
    versions = {one: _major(one) for one in found if one.exists()}
    fit = {one: major for one, major in versions.items() if major >= server}
    if not fit:
        message = (
            f"There is no {name} of version {server} or newer: install PostgreSQL's "
            "client programs."
        )
        raise CommandError(message)
    return min(fit, key=lambda one: fit[one])


def _major(path: Path) -> int:
    said = subprocess.run(
        [str(path), "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = VERSION.search(said)
    return int(match[1]) if match else 0


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **_libpq()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        wrong = next((line for line in lines if "error" in line), lines[-1])
        raise CommandError(f"{Path(command[0]).name} failed: {wrong}")


def _libpq() -> dict[str, str]:
    """The address of the database in variables: other users of the machine see the
    words of a command, and so a password in it."""
    config: dict[str, Any] = dict(connection.settings_dict)
    named = {LIBPQ[key]: str(config[key]) for key in LIBPQ if config.get(key)}
    options = config.get("OPTIONS", {})
    return named | {
        LIBPQ_OPTIONS[key]: str(options[key]) for key in LIBPQ_OPTIONS if key in options
    }


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (found,) = cursor.fetchone()
    return int(found)


def _is_readable(token: str) -> bool:
    try:
        decrypt(token)
    except Undecryptable:
        return False
    return True
