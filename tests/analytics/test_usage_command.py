"""`modelhub usage` writes what waits, and says how it stands."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics import tasks
from analytics.recording.calls import Call, encode
from analytics.recording.frames import frame
from analytics.recording.losses import note_losses
from analytics.services import spooling
from analytics.services.partitions import partition_names
from tests.analytics.calls import call
from tests.analytics.test_recorder_outages import away

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, spool, database):
    settings.MODELHUB_SPOOL = spool
    spool.mkdir()
    return spool


def usage(*arguments: str) -> str:
    out = StringIO()
    call_command("usage", *arguments, stdout=out)
    return out.getvalue()


def leave_behind(folder, *rows):
    data = b"".join(frame(encode(Call(row))) for row in rows)
    (folder / "1-dead.spool").write_bytes(data)
    return len(data)


def test_flush_writes_what_dead_processes_left(folder, stored):
    leave_behind(folder, call(), call(), call(attempt=0))

    said = usage("flush")

    assert said == "Wrote 2 calls of 1 files, rejected 1.\n"
    assert len(stored()) == 2
    assert usage("flush", "--json").startswith('{"files": 0, "written": 0')


def test_flush_leaves_the_files_of_living_processes_to_them(
    make_recorder, stored, folder
):
    recording = make_recorder(away)
    recording.record(call())

    flushed = spooling.flush_spool(folder)

    assert flushed.files == 0
    assert flushed.left.size_bytes > 0
    assert stored() == []


def test_flush_says_that_the_database_is_away(folder, monkeypatch, caplog):
    monkeypatch.setattr(spooling, "usage_connection", away)
    leave_behind(folder, call())

    with pytest.raises(CommandError, match="does not answer"):
        usage("flush")
    tasks.flush_spool()

    assert "waits for the database" in caplog.text
    assert list(folder.glob("*.spool"))


def test_status_tells_what_waits_and_what_went_wrong(folder):
    size = leave_behind(folder, call())
    (folder / "rejected.jsonl").write_text("{}\n{}\n")
    note_losses(folder, 7, "no disk")

    status = json.loads(usage("status", "--json"))

    assert status["backlog"] == {"files": 1, "size_bytes": size, "orphans": 1}
    assert (status["rejected"], status["lost"], status["strays"]) == (2, 7, 0)
    assert status["partitions"] == partition_names()
    assert "1 files, 1 of dead processes" in usage("status")


def test_the_nightly_task_makes_and_drops_months(settings, caplog):
    settings.MODELHUB_USAGE_RETENTION_MONTHS = 0
    tasks.tend_partitions()
    kept = partition_names()
    this = f"{datetime.datetime.now(datetime.UTC):%Y_%m}"

    settings.MODELHUB_USAGE_RETENTION_MONTHS = 1
    tasks.tend_partitions()
    tasks.purge_payloads()

    assert partition_names() == kept
    assert any(name.endswith(this) for name in kept)
