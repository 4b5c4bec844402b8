"""Answers that came in order, but are empty, huge, packed, or count wrongly."""

import gzip

import pytest

from tests.gateway.bad_days.asking import STREAMS, WAYS, WHOLE, summary

WRONG = [-5, "many", 10**18, 1.5]


def empty(way):
    if not way.is_stream:
        changes = (
            {"content": [], "stop_reason": None}
            if way.provider == "anthropic"
            else {"choices": []}
        )
        return way.wire.completion(**changes)
    return way.wire.stream("", is_finished=False)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_an_empty_answer_leads_to_the_fallback(asker, way):
    asker.breaks(way, empty(way))

    assert asker.ask(way).text == "Hello there."
    *failed, answered = asker.rows(3)
    assert {row["error_kind"] for row in failed} <= {"unavailable", "truncated"}
    assert summary(answered) == ("spare/ok", "ok", "", "")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_wrong_counts_break_no_answer(asker, way):
    is_anthropic = way.provider == "anthropic"
    name = "output_tokens" if is_anthropic else "completion_tokens"
    made = way.wire.stream if way.is_stream else way.wire.completion
    for count in WRONG:
        asker.breaks(way, made(usage=way.wire.USAGE | {name: count}))

        assert asker.ask(way).text == "Hello there."

    for row in asker.rows(len(WRONG)):
        assert summary(row) == (asker.model(way), "ok", "", "")
        assert 0 <= row["output_tokens"] < 2**31
        assert row["cost_state"] in ("estimated", "computed")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_counts_at_all_are_estimated(asker, way):
    if way.is_stream:
        asker.breaks(way, way.wire.stream(usage=None))
    else:
        asker.breaks(way, way.wire.completion(usage=None))

    asker.ask(way)

    (row,) = asker.rows()
    assert row["cost_state"] == "estimated"
    assert row["output_tokens"] > 0


@pytest.mark.parametrize("way", WHOLE, ids=str)
def test_a_packed_answer_is_unpacked(asker, way):
    reply = way.wire.completion()
    packed = gzip.compress(reply.pieces[0])
    headers = reply.headers | {"content-encoding": "gzip"}
    asker.breaks(way, reply.but(pieces=(packed,), headers=headers))

    assert asker.ask(way).text == "Hello there."
    assert asker.rows()[0]["output_tokens"] == 5


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_a_packed_stream_is_unpacked(asker, way):
    reply = way.wire.stream()
    packed = gzip.compress(b"".join(reply.pieces))
    headers = reply.headers | {"content-encoding": "gzip"}
    halves = (packed[:40], packed[40:])
    asker.breaks(way, reply.but(pieces=halves, headers=headers))

    assert asker.ask(way).text == "Hello there."


@pytest.mark.parametrize("way", WHOLE, ids=str)
def test_a_broken_package_leads_to_the_fallback(asker, way):
    reply = way.wire.completion()
    packed = gzip.compress(reply.pieces[0])[:-12]
    headers = reply.headers | {"content-encoding": "gzip"}
    asker.breaks(way, reply.but(pieces=(packed,), headers=headers))

    assert asker.ask(way).headers["x-modelhub-model"] == "spare/ok"
    assert summary(asker.rows(3)[0])[2] == "unavailable"


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_ten_megabytes_arrive(asker, way):
    piece = "x" * 1_000_000
    if way.is_stream:
        asker.breaks(way, way.wire.stream(*[piece] * 10))
    else:
        asker.breaks(way, way.wire.completion(piece * 10))

    said = asker.ask(way)

    assert len(said.text) == 10_000_000
    assert asker.rows()[0]["outcome"] == "ok"
