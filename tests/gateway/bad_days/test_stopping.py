"""A server that is told to stop ends its streams honestly."""

import signal
import threading
import time
from dataclasses import replace

import pytest

from tests.gateway.bad_days.asking import STREAMS, Asker, Said, summary

GRACE_S = "1"


@pytest.fixture
def stopping(asker, tmp_path, request):
    """A server of its own, which gives running requests a second, or what is asked."""
    grace_s = getattr(request, "param", GRACE_S)
    options = ("--timeout-graceful-shutdown", grace_s)
    site = replace(asker.site, port=0, process=None, folder=tmp_path, options=options)
    site.start()
    made = Asker.of(site).begin()
    made.lane = asker.lane
    yield made
    made.close()
    site.stop()


def asking(asker, way, said: Said) -> tuple[threading.Thread, list[Exception]]:
    raised: list[Exception] = []

    def ask() -> None:
        try:
            asker.ask(way, said=said)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, raised


def test_short_streams_end_and_long_ones_with_an_error(stopping):
    relayed, translated = STREAMS[0], STREAMS[1]
    stopping.breaks(relayed, long_stream(relayed))
    stopping.breaks(translated, long_stream(translated))
    short = STREAMS[2]
    saids = [Said(), Said(), Said()]
    running = [
        asking(stopping, way, said)
        for way, said in zip((relayed, translated), saids, strict=False)
    ]
    wait_for(lambda: all(len(said.texts) > 3 for said in saids[:2]))
    stopping.breaks(short, short.wire.stream("a", "b", "c").but(pause_s=0.1))
    running.append(asking(stopping, short, saids[2]))
    wait_for(lambda: "a" in saids[2].texts)

    stopping.site.process.send_signal(signal.SIGTERM)
    for thread, _ in running:
        thread.join(10)
    stopping.site.process.wait(10)

    assert saids[2].text == "abc"
    assert saids[2].finish == "end_turn"
    assert not running[2][1]
    for way, (_, raised), said in zip(STREAMS, running[:2], saids, strict=False):
        assert raised, (str(way), len(said.texts), said.finish)
        assert isinstance(raised[0], way.errors.APIError)
        assert "stop" in str(raised[0])
        assert not said.finish
    rows = stopping.rows(3)
    assert sorted(summary(row)[1] for row in rows) == ["cancelled", "cancelled", "ok"]
    assert {row["cost_state"] for row in rows} == {"estimated", "computed"}


@pytest.mark.parametrize("stopping", ["60"], indirect=True)
def test_with_patience_every_stream_ends_whole(stopping):
    ways, saids = STREAMS[:3], [Said(), Said(), Said()]
    for way in ways:
        stopping.breaks(way, way.wire.stream(*["word "] * 60).but(pause_s=0.02))
    running = [
        asking(stopping, way, said) for way, said in zip(ways, saids, strict=True)
    ]
    wait_for(lambda: all(len(said.texts) > 3 for said in saids))

    stopping.site.process.send_signal(signal.SIGTERM)
    for thread, _ in running:
        thread.join(60)

    assert [said.text for said in saids] == ["word " * 60] * 3
    assert not any(raised for _, raised in running)
    stopping.site.process.wait(60)
    rows = stopping.rows(3)
    assert {summary(row)[1] for row in rows} == {"ok"}
    assert {row["cost_state"] for row in rows} == {"computed"}


def long_stream(way):
    return way.wire.stream(*["word "] * 500).but(pause_s=0.02)


def wait_for(claim) -> None:
    until = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < until
        time.sleep(0.01)
