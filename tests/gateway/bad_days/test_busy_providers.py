"""A provider that is busy for long is asked a handful of times, with pauses."""

import time

import pytest

from tests.gateway.bad_days.asking import STREAMS, WHOLE

MOST = 5


@pytest.mark.parametrize(
    ("way", "status"), [(WHOLE[0], 429), (STREAMS[1], 503)], ids=str
)
def test_it_is_asked_a_handful_of_times_with_growing_pauses(asker, way, status):
    times = []

    def busy(received):
        times.append(time.monotonic())
        return way.wire.error(status)

    asker.upstream(way).handler = busy

    said = asker.ask(way, organization="eager")

    assert said.headers["x-modelhub-model"] == "spare/ok"
    assert 2 <= len(times) <= MOST
    pauses = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
    # A quarter of a second, doubled each time, of which up to a half is chance.
    for number, pause in enumerate(pauses):
        assert pause > 0.12 * 2**number
    asker.rows(len(times) + 1)


@pytest.mark.parametrize("way", [WHOLE[0], WHOLE[3]], ids=str)
def test_retry_after_wins(asker, way):
    times = []

    def busy_once(received):
        times.append(time.monotonic())
        if len(times) == 1:
            return way.wire.error(429, retry_after="1")
        return way.wire.completion()

    asker.upstream(way).handler = busy_once

    said = asker.ask(way)

    assert said.headers["x-modelhub-model"] == asker.model(way)
    assert 1 <= times[1] - times[0] < 3
    assert [row["outcome"] for row in asker.rows(2)] == ["error", "ok"]


@pytest.mark.parametrize("way", [WHOLE[1], WHOLE[2]], ids=str)
def test_a_client_is_told_how_long_to_wait(asker, way):
    asker.breaks(way, way.wire.error(429, retry_after="90"))

    with pytest.raises(way.errors.RateLimitError) as raised:
        asker.ask(way, fallback="off")

    assert raised.value.response.headers["retry-after"] == "90"
    asker.rows()
