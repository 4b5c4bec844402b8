"""Streams that break: nothing is ever shown as complete that is not."""

import time

import pytest

from tests.gateway.bad_days.asking import STREAMS, Said, summary
from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.replies import Reply, sse_reply


def begun(way, *more: str) -> Reply:
    """A stream that said "Hello", and then what is given."""
    if way.provider == "anthropic":
        text = anthropic_wire.text_event("Hello")
        return sse_reply(*anthropic_wire.opening(), text, *more)
    return sse_reply(openai_wire.chunk(delta={"content": "Hello"}), *more)


def without_end(way) -> Reply:
    """It has neither finish reason nor closing event."""
    return begun(way)


def told_error(way) -> Reply:
    return begun(way, way.wire.error_event())


def cut(way) -> Reply:
    reply = begun(way, "data: {}")
    return reply.but(cut_after=len(reply.pieces) - 1)


def half_a_chunk(way) -> Reply:
    reply = begun(way)
    last = b'data: {"choices": [{"del'
    return reply.but(pieces=(*reply.pieces, last, b""), cut_after=len(reply.pieces) + 1)


@pytest.mark.parametrize("way", STREAMS, ids=str)
@pytest.mark.parametrize("broken", [without_end, told_error, cut, half_a_chunk])
def test_a_stream_that_breaks_after_its_beginning_is_an_error(asker, way, broken):
    asker.breaks(way, broken(way))
    said = Said()

    with pytest.raises(way.errors.APIError):
        asker.ask(way, said=said)

    assert said.text == "Hello"
    assert not said.finish
    assert said.headers["x-modelhub-model"] == asker.model(way)
    (row,) = asker.rows()
    assert (row["outcome"], row["answered"]) == ("truncated", False)
    assert (row["output_tokens"], row["cost_state"]) == (2, "estimated")


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_an_error_event_in_place_of_the_answer_leads_to_the_fallback(asker, way):
    asker.breaks(way, sse_reply(way.wire.error_event()))

    assert asker.ask(way).text == "Hello there."
    *failed, answered = asker.rows(3)
    assert {summary(row)[1:] for row in failed} == {
        ("error", "unavailable", "overloaded")
    }
    assert summary(answered) == ("spare/ok", "ok", "", "")


@pytest.mark.parametrize("way", STREAMS, ids=str)
@pytest.mark.parametrize("then", ["ends", "is silent", "is reset"])
def test_a_finish_reason_without_a_closing_event_is_complete_at_once(asker, way, then):
    reply = way.wire.stream(has_done=False)
    count = len(reply.pieces)
    if then != "ends":
        key = "silent_after" if then == "is silent" else "cut_after"
        reply = reply.but(pieces=(*reply.pieces, b": x\n\n"), **{key: count})
    asker.breaks(way, reply)
    started = time.monotonic()

    said = asker.ask(way)

    assert said.text == "Hello there."
    assert said.finish in ("stop", "end_turn")
    assert time.monotonic() - started < 15
    (row,) = asker.rows()
    assert summary(row) == (asker.model(way), "ok", "", "")
    assert (row["output_tokens"], row["cost_state"]) == (5, "computed")


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_an_event_that_is_no_json_is_skipped(asker, way):
    reply = way.wire.stream()
    middle = len(reply.pieces) // 2
    pieces = (*reply.pieces[:middle], b"data: {half\n\n", *reply.pieces[middle:])
    asker.breaks(way, reply.but(pieces=pieces))

    said = asker.ask(way)

    assert said.text == "Hello there."
    assert summary(asker.rows()[0]) == (asker.model(way), "ok", "", "")
