"""Whole answers: who answers, who is asked before, and what is recorded of it."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from analytics.usage_row import Outcome
from modelhub.gateway.call import GatewayError
from registry.cost import CostState
from registry.providers.errors import (
    AuthenticationError,
    ContextLengthError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
)
from registry.resolution.entries import FeatureEntry
from tests.gateway.engine_kit import Guards, Told, answer, call, candidate, kit

REFUSED = NetworkError("Nobody listens there.", code="refused")
SILENT = NetworkError("No word within 5 s.", code="silence")
UNREADABLE = ModelUnavailableError("Half.", status_code=200, code="malformed")
BROKEN = ModelUnavailableError("It broke.", status_code=500, code="server_error")


def ask(tried, **changes):
    return asyncio.run(tried.gateway.answer(call(**changes), tried.ways))


def test_the_first_candidate_answers():
    tried = kit([answer("Yes.")], [answer("No.")])

    result = ask(tried)

    assert result.answer.payload == b"Yes."
    assert result.reference == "acme/model-1"
    assert tried.outcomes == [(1, Outcome.OK, "")]
    assert tried.told[2].calls == 0


def test_the_fallback_answers_when_the_first_is_stopped():
    tried = kit([REFUSED], [answer("Yes.")])

    result = ask(tried)

    assert result.reference == "acme/model-2"
    assert tried.outcomes == [(1, Outcome.ERROR, "network"), (2, Outcome.OK, "")]
    assert [row.answered for row in tried.rows] == [False, True]
    assert [row.attempt for row in tried.rows] == [1, 2]
    assert "Attempt 1: acme/model-1 at place 1 failed (network" in result.trace[0]


def test_all_attempts_of_a_request_share_its_id():
    tried = kit([BROKEN], [answer()])
    asked = call()

    asyncio.run(tried.gateway.answer(asked, tried.ways))

    assert {row.request_id for row in tried.rows} == {asked.request_id}
    assert len({row.id for row in tried.rows}) == 3


def test_a_500_is_tried_once_more_before_the_next_is_asked():
    tried = kit([BROKEN, answer("Second try.")], [answer()])

    assert ask(tried).answer.payload == b"Second try."
    assert tried.told[1].calls == 2


def test_a_silent_provider_is_not_asked_again():
    tried = kit([SILENT], [answer()])

    ask(tried)

    assert tried.told[1].calls == 1


def test_a_wrong_key_fails_fast():
    tried = kit([AuthenticationError("Wrong key.", status_code=401)], [answer()])

    with pytest.raises(GatewayError) as caught:
        ask(tried)

    assert caught.value.status == 502
    assert caught.value.code == "provider_authentication"
    assert not caught.value.is_retryable
    assert tried.told[2].calls == 0


def test_a_context_error_is_answered_by_a_larger_window():
    too_long = ContextLengthError("Too long.", status_code=400)
    chain = [
        candidate(1, window=1000),
        candidate(2, window=1000),
        candidate(3, window=9000),
    ]
    tried = kit([too_long], [answer()], [answer("Long.")], candidates=chain)

    assert ask(tried).reference == "acme/model-3"
    assert tried.told[2].calls == 0


def test_the_first_real_error_is_the_one_that_is_told():
    limited = RateLimitError("Slow down.", status_code=429, retry_after_s=30)
    tried = kit([SILENT], [limited])

    with pytest.raises(GatewayError) as caught:
        ask(tried)

    assert caught.value.status == 504
    assert caught.value.cause is SILENT
    assert len(caught.value.attempts) == 2


def test_a_candidate_with_an_open_circuit_is_left_out():
    tried = kit([answer()], [answer("Two.")], guards=Guards(opened={1: "is open"}))

    result = ask(tried)

    assert result.reference == "acme/model-2"
    assert "Left out: acme/model-1 is open." in result.trace
    assert len(tried.rows) == 1
    # Nothing was counted for it: only the answer's own use.
    assert len(tried.guards.tokens) == len(tried.guards.dollars) == 1


def test_a_candidate_that_is_refused_gives_back_its_probe_and_its_hold():
    tried = kit([answer()], [answer("Two.")], guards=Guards(limited={1: 12.0}))

    ask(tried)

    assert ("released", 1) in tried.guards.verdicts
    assert tried.guards.dollars[0] == 0


def test_a_connection_at_its_limit_gives_way_to_the_next():
    tried = kit([answer()], [answer("Two.")], guards=Guards(limited={1: 12.0}))

    assert ask(tried).reference == "acme/model-2"
    assert tried.guards.dollars == [Decimal(0), tried.rows[0].cost.total_usd]


@pytest.mark.parametrize(
    ("guards", "status", "code"),
    [
        (Guards(limited={1: 12.0, 2: 7.0}), 429, "rate_limit_exceeded"),
        (
            Guards(broke={1: "has no budget", 2: "has no budget"}),
            402,
            "budget_exceeded",
        ),
        (Guards(opened={1: "is open", 2: "is open"}), 503, "circuit_open"),
    ],
)
def test_where_nobody_is_left_the_reason_is_told(guards, status, code):
    tried = kit([answer()], [answer()], guards=guards)

    with pytest.raises(GatewayError) as caught:
        ask(tried)

    assert (caught.value.status, caught.value.code) == (status, code)
    assert tried.rows == []


def test_the_shortest_wait_is_told():
    tried = kit([answer()], [answer()], guards=Guards(limited={1: 12.0, 2: 7.0}))

    with pytest.raises(GatewayError) as caught:
        ask(tried)

    assert caught.value.retry_after_s == 7.0


def test_what_was_used_is_settled_and_costed():
    tried = kit([answer()])

    result = ask(tried)

    assert result.cost.total_usd == Decimal("0.0002")
    assert tried.guards.tokens == [110]
    assert tried.guards.dollars == [Decimal("0.0002")]
    assert tried.rows[0].price_id == 7
    assert tried.guards.verdicts == [("succeeded", 1)]


def test_words_of_a_provider_are_recorded_up_to_a_length():
    endless = replace(answer(), model_name="m" * 10**7, provider_request_id="i" * 10**7)
    tried = kit([endless])

    ask(tried)

    (row,) = tried.rows
    assert len(row.model_name) == len(row.provider_request_id) == 200


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (BROKEN, CostState.COMPUTED),
        (REFUSED, CostState.COMPUTED),
        (SILENT, CostState.ESTIMATED),
        (UNREADABLE, CostState.ESTIMATED),
    ],
)
def test_only_a_refusal_is_known_to_be_free(error, state):
    tried = kit([error], [answer()])

    ask(tried)

    failed = tried.rows[0].cost
    assert (failed.state, failed.total_usd) == (state, 0)


def test_one_deadline_holds_for_all_attempts():
    feature = FeatureEntry(1, "chat", 1, timeout_s=4)
    tried = kit([SILENT], [SILENT], [answer()], feature=feature)

    ask(tried)

    totals = [tried.told[number].timeouts[0].total for number in (1, 2, 3)]
    assert totals[0] == pytest.approx(3, abs=0.1)
    assert totals[2] == pytest.approx(4, abs=0.1)


def test_a_client_that_leaves_ends_the_call_and_is_recorded():
    tried = kit(Told([answer()], pause_s=30))

    async def leave() -> None:
        asked = asyncio.ensure_future(tried.gateway.answer(call(), tried.ways))
        await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    asyncio.run(leave())

    assert tried.outcomes == [(1, Outcome.CANCELLED, "")]
    assert tried.guards.verdicts == [("released", 1)]
    assert tried.rows[0].usage.input_tokens == 100
    assert tried.rows[0].cost.state == "estimated"


def test_a_fault_of_ours_does_not_pass_for_the_clients_doing():
    tried = kit([answer()])
    tried.told[1].acts = [None]

    with pytest.raises(AttributeError):
        ask(tried)

    assert tried.outcomes == [(1, Outcome.ERROR, "error")]
    assert tried.rows[0].error_code == "internal"
