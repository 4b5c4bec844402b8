"""A call is recorded at once and stands in the database a moment later."""

import datetime
import json
import threading
from decimal import Decimal

import pytest

from analytics.models import UsageRecord
from analytics.recording.calls import Payload
from analytics.recording.sink import REJECTED
from tests.analytics.calls import COMPUTED, call, failed


@pytest.mark.django_db
def test_a_recorded_call_reads_back_as_it_was(recording, database):
    row = call(
        tags={"team": "support"}, trace=("First.", "Second."), assignment_revision=12
    )

    recording.record(row)

    assert recording.flush()
    [found] = UsageRecord.objects.filter(request_id=row.request_id)
    assert found.id == row.id
    assert found.started_at == row.started_at
    assert found.usage == row.usage
    assert found.cost == COMPUTED
    assert found.cost_usd == Decimal("0.0010026")
    assert (found.ttft_ms, found.latency_ms) == (782, 1484)
    assert found.tags == {"team": "support"}
    assert found.trace == "First.\nSecond."
    assert (found.answered, found.outcome, found.attempt) == (True, "ok", 1)


def test_nothing_known_is_stored_as_nothing_known(recording, stored):
    recording.record(failed())

    assert recording.flush()
    assert stored("input_tokens", "cost_usd", "cost_state", "tags", "ttft_ms") == [
        (None, None, "unpriced", None, None)
    ]


def test_a_usual_row_takes_less_than_300_bytes(recording, database):
    recording.record(call())
    assert recording.flush()

    query = "SELECT pg_column_size(r.*) FROM analytics_usagerecord r"
    [(size,)] = database.execute(query).fetchall()

    assert size < 300


def test_many_threads_record_without_loss(recording, stored):
    def work():
        for _ in range(100):
            recording.record(call())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert recording.flush()
    assert len(stored()) == 400
    assert recording.state.written == 400


def test_two_recorders_share_a_folder(make_recorder, stored):
    first, second = make_recorder(), make_recorder()

    for _ in range(50):
        first.record(call())
        second.record(call())

    assert first.flush()
    assert second.flush()
    assert len(stored()) == 100


def test_a_row_that_breaks_a_rule_is_put_aside_and_blocks_no_other(
    recording, stored, spool
):
    good, bad = [call() for _ in range(9)], call(attempt=0, error_message="why")
    for row in (*good[:4], bad, *good[4:]):
        recording.record(row)

    assert recording.flush()
    assert {row[0] for row in stored()} == {row.id for row in good}
    [line] = (spool / REJECTED).read_text().splitlines()
    assert "usage_attempt" in json.loads(line)["reason"]
    assert json.loads(line)["row"]["id"] == str(bad.id)
    assert recording.state.rejected == 1


def test_a_row_with_a_number_too_large_is_put_aside(recording, stored):
    recording.record(call(attempt=70_000))
    recording.record(call())

    assert recording.flush()
    assert len(stored()) == 1


def test_texts_are_cut_and_cleaned(recording, stored):
    recording.record(
        call(error_message="é" * 400 + "x", error_code="a\x00b", tags={"k": "\x00"})
    )

    assert recording.flush()
    [(message, code, tags)] = stored("error_message", "error_code", "tags")
    assert message == "é" * 300
    assert code == "a\ufffdb"
    assert tags == {"k": "\ufffd"}


def test_a_payload_of_nobody_is_put_aside_without_its_words(recording, stored, spool):
    """There is no organisation 77001 that it could belong to."""
    recording.record(call(), Payload.of("secret prompt", "secret answer", 14))

    assert recording.flush()
    assert len(stored()) == 1
    assert "secret" not in (spool / REJECTED).read_text()


def test_a_row_of_any_time_is_kept(recording, stored):
    recording.record(
        call(started_at=datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC))
    )

    assert recording.flush()
    assert stored("tableoid::regclass::text") == [("analytics_usagerecord_default",)]


def test_a_stopped_recorder_leaves_no_file_behind(recording, spool):
    recording.record(call())

    assert recording.stop()
    assert list(spool.glob("*.spool")) == []


def test_a_stopped_recorder_can_be_used_again(recording, stored):
    recording.record(call())
    recording.stop()

    recording.record(call())

    assert recording.flush()
    assert len(stored()) == 2
