"""Who is asked next after an error, and when."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelhub.gateway.chain import HANDFUL, Chain, Next, delay_before, retries_for
from modelhub.gateway.deadline import Deadline
from registry.providers.errors import (
    AuthenticationError,
    ContentFilterError,
    ContextLengthError,
    InvalidRequestError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
    TruncatedStreamError,
)
from registry.resolution.entries import RetryPolicy
from tests.gateway.engine_kit import candidate


def chain(*windows: int | None, total_s: float = 60) -> Chain:
    candidates = [
        candidate(number, window=window)
        for number, window in enumerate(windows or (1000, 1000), start=1)
    ]
    return Chain(candidates, Deadline(total_s), random.Random(1))


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("The key is wrong.", status_code=401),
        InvalidRequestError("No such parameter.", status_code=400),
        ContentFilterError("Refused.", status_code=400),
    ],
)
def test_what_would_fail_everywhere_ends_the_request(error):
    assert chain().after(error).what is Next.STOP


@pytest.mark.parametrize("code", ["silence", "first_token", "idle", "connect_timeout"])
def test_who_stayed_silent_is_not_asked_again(code):
    asked = chain()

    assert asked.after(NetworkError("Silence.", code=code)).what is Next.NEXT
    assert asked.current.model.id == 2
    assert asked.after(NetworkError("Silence.", code=code)).what is Next.STOP


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailableError("500", status_code=500, code="server_error"),
        NetworkError("Reset.", code="reset"),
        ModelUnavailableError("HTML.", status_code=200, code="malformed"),
        TruncatedStreamError("Cut."),
    ],
)
def test_a_reset_or_a_500_is_tried_once_more_at_the_same_place(error):
    asked = chain()

    steps = [asked.after(error).what for _ in range(2)]

    assert steps == [Next.RETRY, Next.NEXT]


def test_a_busy_provider_is_asked_a_handful_of_times():
    asked = chain(1000)
    busy = ModelUnavailableError("Overloaded.", status_code=529, code="overloaded")

    steps = [asked.after(busy) for _ in range(4)]

    assert [step.what for step in steps] == [
        Next.RETRY,
        Next.RETRY,
        Next.STOP,
        Next.STOP,
    ]
    assert 0 < steps[0].delay_s < steps[1].delay_s * 3


def test_retry_after_wins_over_our_own_pause():
    limited = RateLimitError("Slow down.", status_code=429, retry_after_s=1.5)

    delay = delay_before(1, limited, RetryPolicy(), random.Random(1))

    assert 1.5 <= delay <= 1.75


def test_nobody_waits_long_while_another_candidate_is_there():
    limited = RateLimitError("Slow down.", status_code=429, retry_after_s=15)

    assert chain(1000, 1000).after(limited).what is Next.NEXT
    assert chain(1000).after(limited).what is Next.RETRY


def test_a_very_long_pause_is_left_to_the_client():
    limited = RateLimitError("Slow down.", status_code=429, retry_after_s=21)

    assert chain(1000).after(limited).what is Next.STOP


def test_a_wait_beyond_the_deadline_is_not_begun():
    limited = RateLimitError("Slow down.", status_code=429, retry_after_s=15)

    assert chain(1000, total_s=10).after(limited).what is Next.STOP


def test_an_exhausted_quota_is_not_asked_again():
    quota = RateLimitError("No credit.", status_code=429, code="quota")

    assert chain().after(quota).what is Next.NEXT


def test_a_context_error_goes_on_with_a_larger_window_only():
    asked = chain(1000, 500, None, 8000)

    step = asked.after(ContextLengthError("Too long.", status_code=400))

    assert step.what is Next.NEXT
    assert asked.current.model.id == 4


def test_a_context_error_ends_the_request_where_no_window_is_larger():
    asked = chain(1000, 1000)

    assert asked.after(ContextLengthError("Too long.")).what is Next.STOP


def test_a_refused_connection_is_tried_again_only_when_nobody_else_is_left():
    refused = NetworkError("Refused.", code="refused")

    assert chain(1000, 1000).after(refused).what is Next.NEXT
    assert chain(1000).after(refused).what is Next.RETRY


def test_a_linear_policy_grows_by_equal_steps():
    policy = RetryPolicy(max_retries=4, is_linear=True)
    busy = ModelUnavailableError("Busy.", status_code=503)
    longest = [
        max(delay_before(n, busy, policy, random.Random(seed)) for seed in range(200))
        for n in (1, 2, 3)
    ]

    assert longest == pytest.approx([0.5, 1.0, 1.5], rel=0.05)


@given(st.integers(0, 50), st.sampled_from([429, 500, 503, 529]), st.booleans())
def test_no_policy_asks_more_than_a_handful_of_times(retries, status, has_next):
    error = ModelUnavailableError("Busy.", status_code=status)

    allowed = retries_for(error, RetryPolicy(max_retries=retries), has_next=has_next)

    assert allowed <= HANDFUL
