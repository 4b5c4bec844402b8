"""What was measured is read in the background and kept when the database is away."""

import pytest
from django.db import OperationalError

from modelhub.gateway.measured_book import REFRESH_S, MeasuredBook
from recommender.routing.believing import Found
from recommender.routing.shortlists import UNREAD

FOUND = {3: Found(latency_ms=12.0)}


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def book_of(answers, clock):
    """Reads at once, answer by answer; the last one is repeated."""
    asked = []

    def load(organization_id):
        asked.append(organization_id)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    book = MeasuredBook(load, clock)
    book.close()
    book._executor = AtOnce()
    return book, asked


class AtOnce:
    def submit(self, work, *arguments):
        work(*arguments)


def test_it_is_read_when_asked_and_not_again_for_a_while(clock):
    book, asked = book_of([FOUND], clock)
    assert book(1).by_model == FOUND
    assert book(1).by_model == FOUND
    assert asked == [1]
    clock.now_s = REFRESH_S + 1
    book(1)
    assert asked == [1, 1]


def test_what_did_not_change_keeps_its_version(clock):
    book, _ = book_of([FOUND, FOUND, {}], clock)
    first = book(1).version
    clock.now_s = REFRESH_S + 1
    assert book(1).version == first
    clock.now_s *= 3
    assert book(1).version != first


def test_what_was_known_stays_while_the_database_is_away(clock, caplog):
    book, _ = book_of([FOUND, OperationalError("gone")], clock)
    book(1)
    clock.now_s = REFRESH_S + 1
    assert book(1).by_model == FOUND
    assert "OperationalError" in caplog.text


def test_a_process_that_ends_answers_from_what_it_knows(clock):
    book = MeasuredBook(lambda organization_id: FOUND, clock)
    book.close()
    assert book(1) == UNREAD
