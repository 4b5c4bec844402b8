"""A backup is restored whole, into nothing or over everything, or not at all."""

import datetime
import os
import stat
import subprocess
import sys
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from analytics.services.partitions import ensure_partitions
from modelhub import backup
from registry.audit import record_change
from registry.key_ring import encrypt
from registry.models import Connection, Organization
from tests.analytics.records import record
from tests.factories import ConnectionFactory, FeatureFactory, OrganizationFactory
from tests.migrated import database_url
from tests.modelhub.embedding import REPOSITORY

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-planted-in-the-backup"


@pytest.fixture
def filled():
    """Rows of many kinds, with calls in two partitions and in the default one."""
    organization = OrganizationFactory(name="Ünïcode \\ 'quoted'")
    feature = FeatureFactory(organization=organization)
    ConnectionFactory(organization=organization, encrypted_key=encrypt(KEY))
    record_change(
        organization=organization,
        actor=None,
        action="feature.edited",
        target=feature,
        before={"name": "a"},
        after={"name": "b\n\t\\"},
    )
    ensure_partitions()
    now = datetime.datetime.now(datetime.UTC)
    for at in (now, now + datetime.timedelta(days=33), now.replace(year=2001)):
        record(organization, started_at=at)
    return organization


@pytest.fixture
def empty():
    """The name of a database without a table."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restore(name: str, *words: str, **variables: str):
    return subprocess.run(
        [sys.executable, "manage.py", "restore", *words],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "modelhub.settings",
            "DATABASE_URL": database_url(name),
            "SECRET_KEY": "for-this-test-only",
            "MODELHUB_ENCRYPTION_KEYS": settings.MODELHUB_ENCRYPTION_KEYS[0],
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def content(name: str) -> dict[str, tuple[int, str]]:
    """Of every table, partitions one by one: how many rows, and a sum over them."""
    with psycopg.connect(database_url(name)) as database:
        tables = database.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace AND n.nspname = 'public'"
            " WHERE c.relkind IN ('r', 'p') ORDER BY 1"
        ).fetchall()
        return {
            table: database.execute(
                f"SELECT count(*), md5(coalesce(string_agg(r::text, '|' ORDER BY"
                f" r::text), '')) FROM \"{table}\" r"
            ).fetchone()
            for (table,) in tables
        }


def test_a_round_trip_brings_back_every_row(filled, empty, tmp_path):
    file = tmp_path / "hub.backup"
    out = StringIO()

    call_command("backup", str(file), stdout=out)
    done = restore(empty, str(file))

    assert done.returncode == 0, done.stderr
    assert content(empty) == content(connection.settings_dict["NAME"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Not in it: the encryption keys" in out.getvalue()
    assert "cannot be decrypted" not in done.stdout
    calls = {
        name: count
        for name, (count, _) in content(empty).items()
        if name.startswith("analytics_usagerecord_") and count
    }
    assert len(calls) == 3, "two months and the default partition"
    with psycopg.connect(database_url(empty)) as database:
        # What the database itself forbids is forbidden there too.
        with pytest.raises(psycopg.Error, match="append-only"):
            database.execute("DELETE FROM registry_auditentry")
        database.rollback()
        database.execute(
            "INSERT INTO registry_organization SELECT"
            " (jsonb_populate_record(o, jsonb_build_object('id',"
            " nextval('registry_organization_id_seq'), 'slug', 'next'))).*"
            " FROM registry_organization o LIMIT 1"
        )


def test_what_is_there_is_replaced_only_by_force(filled, empty, tmp_path):
    file = tmp_path / "hub.backup"
    call_command("backup", str(file), stdout=StringIO())
    with psycopg.connect(database_url(empty)) as database:
        database.execute("CREATE TABLE precious (x int)")
        database.execute("CREATE TABLE registry_user (x int)")

    refused = restore(empty, str(file))
    assert refused.returncode == 1
    assert "not empty (2 tables). --force replaces all" in refused.stderr
    assert list(content(empty)) == ["precious", "registry_user"]

    done = restore(empty, str(file), "--force")
    assert done.returncode == 0, done.stderr
    assert content(empty) == content(connection.settings_dict["NAME"])


def test_a_damaged_file_leaves_what_was_there(filled, empty, tmp_path):
    file = tmp_path / "hub.backup"
    call_command("backup", str(file), stdout=StringIO())
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with psycopg.connect(database_url(empty)) as database:
        database.execute("CREATE TABLE precious (x int)")

    done = restore(empty, str(file), "--force")

    assert done.returncode == 1
    assert "pg_restore failed" in done.stderr
    assert list(content(empty)) == ["precious"]


def test_a_database_in_use_and_a_strange_file_are_refused(filled, empty, tmp_path):
    strange = tmp_path / "notes.txt"
    strange.write_text("hello")
    file = tmp_path / "hub.backup"
    call_command("backup", str(file), stdout=StringIO())

    assert "is no backup of ModelHub" in restore(empty, str(strange)).stderr
    assert "cannot be read" in restore(empty, str(tmp_path / "none")).stderr
    with psycopg.connect(database_url(empty)):
        assert "Stop ModelHub" in restore(empty, str(file)).stderr


def test_a_backup_under_other_keys_says_what_to_enter_again(filled, empty, tmp_path):
    file = tmp_path / "hub.backup"
    call_command("backup", str(file), stdout=StringIO())
    other = "b3RoZXIta2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMhISE="

    done = restore(empty, str(file), MODELHUB_ENCRYPTION_KEYS=other)

    assert done.returncode == 0, done.stderr
    assert "1 of 1 stored keys of connections cannot be decrypted" in done.stdout


def test_keys_are_written_only_where_asked_for(filled, tmp_path):
    file = tmp_path / "hub.backup"
    out = StringIO()
    ring = settings.MODELHUB_ENCRYPTION_KEYS[0]

    call_command("backup", str(file), stdout=out)
    assert ring.encode() not in file.read_bytes()
    assert KEY.encode() not in file.read_bytes()
    assert not (tmp_path / "hub.backup.keys").exists()

    call_command("backup", str(file), "--force", "--with-keys", stdout=out)
    keys = tmp_path / "hub.backup.keys"
    assert keys.read_text().split() == settings.MODELHUB_ENCRYPTION_KEYS
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert ring not in out.getvalue()


def test_an_older_file_is_kept(filled, tmp_path, monkeypatch):
    file = tmp_path / "hub.backup"
    file.write_bytes(b"the backup of yesterday")

    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(file), stdout=StringIO())
    monkeypatch.setattr(backup, "fitting", lambda name: "/bin/false")
    with pytest.raises(CommandError, match="failed"):
        call_command("backup", str(file), "--force", stdout=StringIO())

    assert file.read_bytes() == b"the backup of yesterday"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", "/nowhere/hub.backup", stdout=StringIO())


def test_a_program_older_than_the_server_is_not_used(db, monkeypatch):
    monkeypatch.setattr(backup, "_major", lambda path: 9)

    with pytest.raises(CommandError, match="install PostgreSQL's client programs"):
        backup.fitting("pg_dump")
    assert Organization.objects.count() == Connection.objects.count() == 0
