"""Providers that say nothing, stop speaking, or speak very slowly."""

import time

import pytest

from tests.gateway.bad_days.asking import SOME, STREAMS, WAYS, WHOLE, Said, summary
from tests.upstream.replies import SILENCE

TIMEOUT_S = 1.6
"""Of which the first may use three quarters."""


@pytest.mark.parametrize("way", SOME, ids=str)
def test_who_stays_silent_is_asked_once_and_the_fallback_answers(asker, way):
    asker.breaks(way, SILENCE)

    said = asker.ask(way, timeout=TIMEOUT_S)

    assert said.text == "Hello there."
    assert len(asker.upstream(way).requests) == 1
    failed, answered = asker.rows(2)
    assert summary(failed) == (asker.model(way), "error", "network", "silence")
    # It may have worked all the same: what it costs is not known.
    assert failed["cost_state"] == "estimated"
    assert summary(answered) == ("spare/ok", "ok", "", "")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_silence_of_the_only_one_ends_at_the_deadline(asker, way):
    asker.breaks(way, SILENCE)
    begun = time.monotonic()

    with pytest.raises(way.errors.InternalServerError) as raised:
        asker.ask(way, timeout=0.4, fallback="off")

    assert time.monotonic() - begun >= 0.4
    assert raised.value.status_code == 504
    assert summary(asker.rows()[0])[2:] == ("network", "silence")


@pytest.mark.parametrize("way", WHOLE[2:], ids=str)
def test_silence_in_the_middle_of_a_whole_answer_leads_to_the_fallback(asker, way):
    whole = way.wire.completion()
    body = whole.pieces[0]
    asker.breaks(way, whole.but(pieces=(body[:20], body[20:]), silent_after=1))

    said = asker.ask(way, timeout=TIMEOUT_S)

    assert said.headers["x-modelhub-model"] == "spare/ok"
    assert summary(asker.rows(2)[0])[2:] == ("network", "total")


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_silence_in_mid_stream_is_told_and_recorded_as_truncated(asker, way):
    words = way.wire.stream("Hello", " there", " you")
    silent = len(words.pieces) - 4
    asker.breaks(way, words.but(silent_after=silent))
    said = Said()

    with pytest.raises(way.errors.APIError) as raised:
        asker.ask(way, said=said, timeout=1)

    assert said.text.startswith("Hello")
    assert not said.finish
    assert "did not finish" in raised.value.message
    (row,) = asker.rows()
    assert summary(row) == (asker.model(way), "truncated", "network", "total")
    assert row["cost_state"] == "estimated"
    assert row["output_tokens"] == -(-len(said.text) // 4)
    assert not row["answered"]


@pytest.mark.parametrize("way", STREAMS[:2], ids=str)
def test_silence_after_headers_leads_to_the_fallback(asker, way):
    asker.breaks(way, way.wire.stream().but(silent_after=1))

    assert asker.ask(way, timeout=TIMEOUT_S).text == "Hello there."
    assert summary(asker.rows(2)[0])[2] == "network"


@pytest.mark.parametrize("way", [STREAMS[0], STREAMS[1]], ids=str)
def test_a_stream_slower_than_one_token_a_second_arrives(asker, way):
    asker.breaks(way, way.wire.stream("Hi", is_finished=True).but(pause_s=1.05))
    if way.provider == "anthropic":
        # It has more events before and after its words.
        asker.breaks(way, way.wire.stream("Hi").but(pause_s=0.6))

    said = asker.ask(way)

    assert said.text == "Hi"
    (row,) = asker.rows()
    assert row["outcome"] == "ok"
    assert row["latency_ms"] > 2000
