"""Records stand one after the other in a file, and spoilt ones take no other along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.recording.frames import MARK, MAX_BODY, frame, parse

BODIES = st.lists(st.one_of(st.binary(max_size=40), st.just(MARK * 3)), max_size=8)


@given(BODIES)
def test_what_was_framed_is_parsed(bodies):
    data = b"".join(map(frame, bodies))

    parsed = parse(data, is_end=True)

    assert (parsed.bodies, parsed.consumed, parsed.skipped) == (bodies, len(data), 0)


@given(BODIES, st.integers(min_value=1, max_value=60))
def test_reading_in_chunks_finds_the_same(bodies, chunk):
    data = b"".join(map(frame, bodies))
    found, position, size = [], 0, chunk

    while position < len(data):
        piece = data[position : position + size]
        parsed = parse(piece, is_end=position + len(piece) >= len(data))
        found += parsed.bodies
        position += parsed.consumed
        size = chunk if parsed.consumed else size + chunk

    assert found == bodies


@given(st.lists(st.binary(min_size=5, max_size=40), min_size=3, max_size=6), st.data())
def test_a_spoilt_record_takes_no_other_along(bodies, data):
    frames = [frame(body) for body in bodies]
    spoilt = data.draw(st.integers(0, len(frames) - 1))
    place = data.draw(st.integers(0, len(frames[spoilt]) - 1))
    broken = bytearray(frames[spoilt])
    broken[place] ^= 0x10
    frames[spoilt] = bytes(broken)

    parsed = parse(b"".join(frames), is_end=True)

    assert parsed.bodies == bodies[:spoilt] + bodies[spoilt + 1 :]
    assert parsed.skipped == len(broken)


def test_a_torn_end_is_left_while_the_file_may_grow():
    data = frame(b"one") + frame(b"two")[:-1]

    growing, ended = parse(data, is_end=False), parse(data, is_end=True)

    assert (growing.bodies, growing.consumed) == ([b"one"], len(frame(b"one")))
    assert (ended.bodies, ended.consumed) == ([b"one"], len(data))


def test_a_record_that_could_not_be_read_back_is_not_made():
    with pytest.raises(ValueError, match="too long"):
        frame(b"x" * (MAX_BODY + 1))
