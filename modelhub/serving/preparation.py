"""What has to be in place before the first request; each step is skipped when done."""

import hashlib
import shutil
from collections.abc import Callable
from io import StringIO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command, get_commands
from django.db import connection

from analytics.services.partitions import ensure_partitions
from modelhub.embedded.layout import Layout
from modelhub.env import env_text
from modelhub.operations import missing_migrations
from registry.direct_connection import all_direct, only_one
from registry.models import AIModel, User
from registry.services.people import add_first_administrator

OLDEST_POSTGRESQL = 150000
PREPARING = 7_205_078
"""The advisory lock under which one machine at a time prepares the database."""
FIRST_EMAIL = "admin@localhost.localdomain"
FIRST_ORGANIZATION = "My team"

Say = Callable[[str], None]


def prepare(layout: Layout, say: Say) -> User | None:
    """Bring database, static files and catalogue up to date. Returns the
    administrator if this made the first one. Machines that prepare at the same time do
    it one after the other."""
    check_version()
    collect_static(layout, say)
    with only_one(PREPARING):
        migrate(say)
        ensure_partitions()
        fill_catalog(say)
        return add_first_administrator(
            email=env_text("MODELHUB_ADMIN_EMAIL") or FIRST_EMAIL,
            organization_name=env_text("MODELHUB_ORGANIZATION") or FIRST_ORGANIZATION,
        )


def check_version() -> None:
    connection.ensure_connection()
    version = connection.connection.info.server_version
    if version < OLDEST_POSTGRESQL:
        found = version // 10000
        raise CommandError(f"ModelHub needs PostgreSQL 15 or newer; this is {found}.")


def migrate(say: Say) -> None:
    if missing_migrations():
        say("Preparing the database …")
        with all_direct():
            call_command("migrate", verbosity=0, interactive=False)


def begin_counting() -> None:
    """Nobody counts yet: files of processes that are long gone may go. To Prometheus, a
    counter that begins anew is an ordinary thing."""
    shutil.rmtree(settings.MODELHUB_METRICS_FOLDER, ignore_errors=True)


def collect_static(layout: Layout, say: Say) -> None:
    stamp = layout.var / "static.stamp"
    fingerprint = static_fingerprint()
    is_done = stamp.exists() and stamp.read_text() == fingerprint
    if is_done and (layout.var / "static").exists():
        return
    say("Collecting static files …")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Changes with every added, removed or edited static file, and with how they are
    stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = storage.path(name)
            changed = storage.get_modified_time(name).timestamp()
            digest.update(f"{path} {storage.size(name)} {changed}\n".encode())
    return digest.hexdigest()


def fill_catalog(say: Say) -> None:
    if "catalog" in get_commands() and not AIModel.objects.exists():
        say("Loading the catalogue of models …")
        call_command("catalog", "sync", verbosity=0, stdout=StringIO())
