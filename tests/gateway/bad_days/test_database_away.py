"""A gateway that has its configuration answers without the database."""

from tests.gateway.bad_days.asking import WAYS, summary


def test_every_way_serves_and_records_later(asker):
    with asker.database_away():
        for way in WAYS:
            assert asker.ask(way).text == "Hello there."

    rows = asker.rows(len(WAYS), within_s=20)
    assert {summary(row)[1] for row in rows} == {"ok"}


def test_the_fallback_still_answers(asker):
    way = WAYS[0]
    asker.breaks(way, way.wire.error(500))

    with asker.database_away():
        for _ in range(5):
            assert asker.ask(way).headers["x-modelhub-model"] == "spare/ok"

    # Five failures open the circuit of this process alone.
    assert len(asker.upstream(way).requests) < 8
    asker.rows(len(asker.upstream(way).requests) + 5, within_s=20)
