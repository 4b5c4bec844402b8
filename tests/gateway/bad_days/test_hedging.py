"""A second candidate beside a silent one, where the feature says so."""

import time

import pytest

from tests.gateway.bad_days.asking import STREAMS, summary
from tests.upstream.openai_wire import stream


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_who_speaks_first_answers_and_both_are_recorded(asker, way):
    asker.breaks(way, way.wire.stream().but(delay_s=15))

    said = asker.ask(way, model=f"feature:hedged-{way.provider}")

    assert said.text == "Hello there."
    assert said.headers["x-modelhub-model"] == "spare/ok"
    lost, won = asker.rows(2)
    assert summary(lost)[1:] == ("lost_race", "", "")
    assert (lost["answered"], lost["cost_state"]) == (False, "estimated")
    assert summary(won) == ("spare/ok", "ok", "", "")
    (received,) = asker.upstream(way).requests
    assert eventually(lambda: received.was_cut)


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_the_first_answers_where_it_is_quicker_after_all(asker, way):
    asker.breaks(way, way.wire.stream("It", " is", " me").but(delay_s=0.25))
    spare = asker.site.upstreams["spare"]
    spare.handler = lambda received: stream().but(delay_s=15)

    said = asker.ask(way, model=f"feature:hedged-{way.provider}")

    assert said.text == "It is me"
    won, lost = asker.rows(2)
    assert summary(won)[1:] == ("ok", "", "")
    assert summary(lost) == ("spare/ok", "lost_race", "", "")
    assert eventually(lambda: spare.requests[0].was_cut)


@pytest.mark.parametrize("way", [STREAMS[0], STREAMS[1]], ids=str)
def test_who_is_quick_enough_answers_alone(asker, way):
    asker.ask(way, model=f"feature:hedged-{way.provider}")

    assert len(asker.rows()) == 1
    assert not asker.site.upstreams["spare"].requests


def eventually(claim) -> bool:
    until = time.monotonic() + 20
    while not claim() and time.monotonic() < until:
        time.sleep(0.01)
    return claim()
