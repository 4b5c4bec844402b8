"""New databases with all tables, for tests that run ModelHub in processes of its own.

Migrating takes seconds of computing, and a hundred modules need a database: it is done
once, and the others are copies. What is copied stays for the next run, until the
migrations or the packages are others."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from django.conf import settings

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = 7_205_077
"""Of the advisory lock under which one worker of a run at a time makes a database."""
PREFIX: Final = "modelhub_template_"
KEPT_DAYS: Final = 14
NAMED: Final = "SELECT 1 FROM pg_database WHERE datname = %s"


def create_migrated(database: str) -> None:
    """A new database of this name, instead of one that is there."""
    template = migrated_template()
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {database} TEMPLATE {template}")


def migrated_template() -> str:
    """The name of a database to copy, which is made when first asked for."""
    template = template_name()
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not admin.execute(NAMED, [template]).fetchone():
            _drop_old_ones(admin)
            _make_template(admin, template)
    return template


def drop_database(name: str) -> None:
    """Whoever is still connected to it."""
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def template_name() -> str:
    """The same wherever the same would be made."""
    made_of = [
        *sorted(ROOT.glob("*/migrations/*.py")),
        ROOT / ".ci/requirements-dev.lock",
        Path(__file__),
    ]
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in made_of))
    return f"{PREFIX}{digest.hexdigest()[:16]}"


def database_url(name: str) -> str:
    """Of a database on the server that the tests of this run use."""
    server = settings.DATABASES["default"]
    host = quote(str(server["HOST"] or "127.0.0.1"), safe="")
    user, password = quote(str(server["USER"])), quote(str(server["PASSWORD"]))
    port = f":{server['PORT']}" if server["PORT"] else ""
    return f"postgresql://{user}:{password}@{host}{port}/{name}"


def _make_template(
    admin: psycopg.Connection[tuple[object, ...]], template: str
) -> None:
    making = f"{template}_new"
    admin.execute(f"DROP DATABASE IF EXISTS {making} WITH (FORCE)")
    admin.execute(f"CREATE DATABASE {making}")
    with tempfile.TemporaryDirectory() as var:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "modelhub.settings",
                "DATABASE_URL": database_url(making),
                "MODELHUB_VAR": var,
                "SECRET_KEY": "tests-only",
                "CELERY_BROKER_URL": "memory://",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    # Whole or not at all: a run that was stopped leaves no half one under this name.
    admin.execute(f"COMMENT ON DATABASE {making} IS '{date.today().isoformat()}'")
    admin.execute(f"ALTER DATABASE {making} RENAME TO {template}")


def _drop_old_ones(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Of branches that nobody tests any more; the comment says when each was made."""
    oldest = (date.today() - timedelta(days=KEPT_DAYS)).isoformat()
    made = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) "
    made += "AND coalesce(shobj_description(oid, 'pg_database'), '') < %s"
    for (name,) in admin.execute(made, [PREFIX, oldest]).fetchall():
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
