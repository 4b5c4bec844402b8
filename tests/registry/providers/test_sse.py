"""Events come whole out of bytes that arrive in any pieces."""

import pytest

from registry.providers.errors import ModelUnavailableError
from registry.providers.response import MAX_ANSWER_BYTES
from registry.providers.sse import Event, EventReader

TEXT = b'event: a\ndata: {"x":\ndata: 1}\n\n: keep-alive\n\ndata:two\r\n\r\ndata: 3\r\r'
EVENTS = [Event("a", b'{"x":\n1}'), Event("", b"two"), Event("", b"3")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 1000])
def test_events_do_not_depend_on_how_bytes_arrive(size):
    reader = EventReader()
    pieces = [TEXT[start : start + size] for start in range(0, len(TEXT), size)]

    events = [event for piece in pieces for event in reader.feed(piece)]

    assert events == EVENTS
    assert list(reader.close()) == []


def test_an_event_is_given_at_once_when_its_empty_line_came():
    reader = EventReader()

    assert list(reader.feed(b"data: 1\n")) == []
    assert list(reader.feed(b"\n")) == [Event("", b"1")]


def test_a_last_event_without_its_empty_line_is_not_lost():
    reader = EventReader()
    list(reader.feed(b"data: [DONE]"))

    assert list(reader.close()) == [Event("", b"[DONE]")]


def test_letters_cut_in_two_stay_whole():
    reader = EventReader()
    word = "data: für\n\n".encode()

    events = [*reader.feed(word[:8]), *reader.feed(word[8:])]

    assert events[0].data.decode() == "für"


def test_an_event_without_end_is_refused():
    reader = EventReader()

    with pytest.raises(ModelUnavailableError):
        list(reader.feed(b"data: " + b"x" * (MAX_ANSWER_BYTES + 1)))
