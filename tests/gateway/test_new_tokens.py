"""A token works from the moment it is shown, and wrong ones cost next to nothing."""

import asyncio

from django.db import OperationalError

from modelhub.gateway.api.new_tokens import KNOWN_S, MOST_AT_ONCE, NewTokens
from registry.resolution.entries import TokenEntry
from registry.token_text import token_digest

ENTRY = TokenEntry(5, 1, "shop", frozenset({"gateway"}))


class Stored:
    """Tokens by digest; counts how often it is asked."""

    def __init__(self, *texts: str) -> None:
        self.found = {token_digest(text): ENTRY for text in texts}
        self.asked = 0

    def __call__(self, digest: str) -> TokenEntry | None:
        self.asked += 1
        return self.found.get(digest)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def look(tokens: NewTokens, text: str) -> TokenEntry | None:
    found = asyncio.run(tokens.looked_up(text))
    return found.token(token_digest(text))


def test_a_token_that_the_snapshot_does_not_know_is_looked_up_once():
    stored = Stored("new")
    tokens = NewTokens(stored, Clock())

    assert look(tokens, "new") == ENTRY
    assert look(tokens, "new") == ENTRY
    assert stored.asked == 1


def test_what_was_found_is_looked_up_again_before_a_second_is_over():
    stored, clock = Stored("new"), Clock()
    tokens = NewTokens(stored, clock)
    look(tokens, "new")

    stored.found.clear()
    clock.now += KNOWN_S

    assert KNOWN_S < 1
    assert look(tokens, "new") is None


def test_a_flood_of_wrong_tokens_is_not_passed_on():
    stored, clock = Stored("new"), Clock()
    tokens = NewTokens(stored, clock)

    for number in range(500):
        assert look(tokens, f"wrong {number}") is None

    assert stored.asked == MOST_AT_ONCE
    clock.now += 1
    assert look(tokens, "new") == ENTRY


def test_a_database_that_is_away_knows_nobody():
    def away(digest):
        raise OperationalError

    assert look(NewTokens(away, Clock()), "new") is None
