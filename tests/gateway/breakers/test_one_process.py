"""A process by itself: what opens a circuit, what does not, and how it closes."""

import asyncio
import datetime

import pytest

from modelhub.gateway.breakers.breakers import SharedBreakers
from registry.providers import errors
from tests.gateway.breakers.calling import candidate, down, fail

PAIR = (1, 1)


class Clock:
    def __init__(self):
        self.now = datetime.datetime(2026, 11, 21, 12, 31, tzinfo=datetime.UTC)

    def __call__(self):
        return self.now

    def pass_s(self, seconds):
        self.now += datetime.timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breakers(clock):
    return SharedBreakers(clock)


def admit(breakers, one=None):
    return asyncio.run(breakers.admit(one or candidate(PAIR)))


def test_a_failing_model_is_not_called_and_the_reason_says_until_when(breakers):
    fail(breakers, PAIR)

    assert admit(breakers) == "has an open circuit until 12:31:05 UTC"
    assert admit(breakers, candidate((1, 2))) == ""


@pytest.mark.parametrize(
    "kind",
    [
        errors.RateLimitError,
        errors.AuthenticationError,
        errors.InvalidRequestError,
        errors.ContextLengthError,
        errors.ContentFilterError,
    ],
)
def test_what_says_nothing_of_its_health_never_opens_it(breakers, kind):
    for _ in range(50):
        breakers.failed(candidate(PAIR), kind("No."))

    assert admit(breakers) == ""


def test_half_of_the_calls_failing_opens_it_too(breakers):
    for _ in range(6):
        breakers.failed(candidate(PAIR), down())
        breakers.succeeded(candidate(PAIR))

    assert admit(breakers)


def test_a_few_failures_among_many_calls_do_not(breakers):
    for number in range(300):
        if number % 5 == 0:
            breakers.failed(candidate(PAIR), down())
        else:
            breakers.succeeded(candidate(PAIR))

    assert admit(breakers) == ""


def test_exactly_one_call_is_the_probe(breakers, clock):
    fail(breakers, PAIR)
    clock.pass_s(5)

    assert [admit(breakers) for _ in range(3)] == [
        "",
        *["has a half-open circuit with a probe on its way"] * 2,
    ]


def test_the_probe_decides_whatever_other_calls_say(breakers, clock):
    fail(breakers, PAIR)
    clock.pass_s(5)
    probe = candidate(PAIR)
    admit(breakers, probe)

    fail(breakers, PAIR, times=20)
    breakers.succeeded(candidate(PAIR))
    before = admit(breakers)
    breakers.succeeded(probe)

    assert "half-open" in before
    assert admit(breakers) == ""


@pytest.mark.parametrize("kind", [errors.RateLimitError, errors.AuthenticationError])
def test_a_probe_without_a_verdict_lets_the_next_try(breakers, clock, kind):
    fail(breakers, PAIR)
    clock.pass_s(5)
    probe = candidate(PAIR)
    admit(breakers, probe)

    breakers.failed(probe, kind("No."))

    assert admit(breakers) == ""


def test_a_client_that_leaves_ends_the_probe_without_a_verdict(breakers, clock):
    fail(breakers, PAIR)
    clock.pass_s(5)
    probe = candidate(PAIR)
    admit(breakers, probe)

    breakers.released(probe)

    assert admit(breakers) == ""


@pytest.mark.parametrize("outage_s", [1, 7, 33, 61, 119])
@pytest.mark.parametrize("fails_after_s", [0, 4, 60], ids=["at once", "slow", "silent"])
def test_it_is_closed_within_thirty_seconds_of_recovery(
    breakers, clock, outage_s, fails_after_s
):
    """A call each second; while the model is away each of them fails late."""
    fail(breakers, PAIR)
    late, second = [], 0
    while second < outage_s + 30:
        for due, one in [pair for pair in late if pair[0] <= second]:
            late.remove((due, one))
            breakers.failed(one, down())
        call = candidate(PAIR)
        if admit(breakers, call) == "":
            if second >= outage_s:
                breakers.succeeded(call)
            else:
                late.append((second + fails_after_s, call))
        clock.pass_s(1)
        second += 1

    assert admit(breakers) == ""
    assert admit(breakers) == ""
