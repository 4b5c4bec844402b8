"""A killed process, a database that is away, a disk that is full: what was recorded is
written once, and what cannot be kept is said aloud."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from analytics import recorder as recorder_module
from analytics.recorder import Recorder
from analytics.recording.calls import Call, encode
from analytics.recording.database_link import usage_connection
from analytics.recording.frames import frame
from analytics.recording.losses import lost_so_far
from analytics.spool import backlog
from tests.analytics.calls import call

ROOT = Path(__file__).resolve().parents[2]
VICTIM = """
import sys, time
from pathlib import Path
import psycopg
from analytics.recorder import Recorder
from tests.analytics.calls import call

def away():
    raise psycopg.OperationalError("away")

recorder = Recorder(Path(sys.argv[1]), away)
for _ in range(int(sys.argv[2])):
    recorder.record(call())
print("recorded", flush=True)
time.sleep(60)
"""


def away() -> psycopg.Connection:
    raise psycopg.OperationalError("the server does not answer")


def killed_recorder(spool: Path, calls: int) -> None:
    """A process that records, answers, and is killed before it could write."""
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(spool), str(calls)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == "recorded\n"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()


def until(condition) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_calls_of_a_killed_process_are_written_by_another_exactly_once(
    make_recorder, spool, stored
):
    killed_recorder(spool, 30)
    assert backlog(spool).orphans == 1

    make_recorder().start()
    make_recorder().start()

    assert until(lambda: backlog(spool).files == 0)
    assert len(stored()) == 30


def test_a_file_that_is_adopted_twice_adds_nothing(make_recorder, spool, stored):
    killed_recorder(spool, 3)
    [path] = spool.glob("*.spool")
    copy = path.read_bytes()

    make_recorder().start()
    assert until(lambda: backlog(spool).files == 0)
    path.write_bytes(copy)
    make_recorder().start()

    assert until(lambda: backlog(spool).files == 0)
    assert len(stored()) == 3


def test_a_torn_last_record_is_skipped_and_said(make_recorder, spool, stored, caplog):
    rows = [call(), call(), call()]
    data = b"".join(frame(encode(Call(row))) for row in rows)
    spool.mkdir()
    (spool / "1-dead.spool").write_bytes(data[:-7])

    make_recorder().start()

    assert until(lambda: backlog(spool).files == 0)
    assert {row[0] for row in stored()} == {row.id for row in rows[:2]}
    assert "skipped" in caplog.text


def test_a_record_that_nobody_understands_is_put_aside(make_recorder, spool, stored):
    spool.mkdir()
    bodies = [b"\xc1", encode(Call(call())), b"\x80"]
    (spool / "1-dead.spool").write_bytes(b"".join(map(frame, bodies)))
    recording = make_recorder()

    recording.start()

    assert until(lambda: backlog(spool).files == 0)
    assert len(stored()) == 1
    assert recording.state.rejected == 2


def test_calls_wait_for_the_database_and_are_written_when_it_returns(
    make_recorder, stored, monkeypatch, caplog
):
    monkeypatch.setattr(recorder_module, "FIRST_PAUSE_S", 0.02)
    doors = [away, away, away, usage_connection]
    recording = make_recorder(lambda: doors.pop(0)())

    for _ in range(5):
        recording.record(call())

    assert not recording.flush(0.05)
    assert "does not answer" in recording.state.problem
    assert until(lambda: recording.state.waiting == 0)
    assert len(stored()) == 5
    assert caplog.text.count("wait for the database") == 1
    assert "written again" in caplog.text


def test_a_broken_connection_is_replaced(recording, database, stored, monkeypatch):
    monkeypatch.setattr(recorder_module, "FIRST_PAUSE_S", 0.02)
    recording.record(call())
    assert recording.flush()

    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'modelhub usage' AND pid <> pg_backend_pid() "
        "AND datname = current_database()"
    )
    recording.record(call())

    assert recording.flush()
    assert len(stored()) == 2


def test_what_is_not_written_when_a_process_stops_is_left_to_the_next(
    make_recorder, spool, stored
):
    without = make_recorder(away)
    without.record(call())
    assert not without.stop(0.1)
    assert backlog(spool).orphans == 1

    make_recorder().start()

    assert until(lambda: backlog(spool).files == 0)
    assert len(stored()) == 1


def test_without_a_disk_calls_go_through_memory(make_recorder, tmp_path, stored):
    (tmp_path / "file").touch()
    recording = make_recorder(folder=tmp_path / "file" / "spool")

    recording.record(call())

    assert recording.flush()
    assert len(stored()) == 1
    assert recording.state.lost == 0


def test_what_fits_nowhere_is_counted_and_said(
    make_recorder, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(recorder_module, "HELD_IN_MEMORY", 2)
    folder = tmp_path / "spool"
    folder.touch()
    recording = make_recorder(away, folder)

    for _ in range(5):
        recording.record(call())

    assert recording.state.lost == 3
    assert until(lambda: "cannot be written" in caplog.text)
    folder.unlink()
    recording.stop(0.1)
    assert lost_so_far(folder) == 5


def test_a_fork_records_into_files_of_its_own(recording, spool, stored):
    recording.record(call())
    assert recording.flush()

    child = os.fork()
    if not child:
        recording.forget_parent()
        recording.record(call())
        os._exit(0 if recording.flush() else 1)

    _, status = os.waitpid(child, 0)
    recording.record(call())
    assert status == 0
    assert recording.flush()
    assert len(stored()) == 3


def test_recording_goes_on_where_the_folder_was_deleted(recording, spool, stored):
    recording.record(call())
    assert recording.flush()
    for path in spool.iterdir():
        path.unlink()
    spool.rmdir()

    for _ in range(3):
        recording.record(call())
        assert recording.flush()

    assert len(stored()) == 4
    assert list(spool.glob("*.spool"))


def test_a_recorder_does_not_start_before_it_is_needed(spool):
    Recorder(spool, away)

    assert not spool.exists()


@pytest.mark.parametrize("cut", [1, 8, 11])
def test_a_file_that_is_torn_at_its_start_holds_nothing(
    make_recorder, spool, stored, cut
):
    spool.mkdir()
    data = frame(encode(Call(call())))
    (spool / "1-dead.spool").write_bytes(data[:cut])

    make_recorder().start()

    assert until(lambda: backlog(spool).files == 0)
    assert stored() == []
