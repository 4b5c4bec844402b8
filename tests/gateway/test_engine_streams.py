"""Streams: what a client gets when a provider fails before, in the middle of and after
the answer, by guarantee."""

import asyncio

import pytest

from analytics.usage_row import Outcome
from modelhub.gateway.call import GatewayError
from registry.providers.errors import (
    InvalidRequestError,
    ModelCallError,
    NetworkError,
    TruncatedStreamError,
)
from registry.resolution.entries import FeatureEntry
from tests.gateway.engine_kit import Told, call, candidate, kit, pieces, read

SILENT = NetworkError("No word within 5 s.", code="first_token")
CUT = TruncatedStreamError("The connection was reset.", code="reset")
HELLO = pieces("Hello", "there")
CUT_HELLO = [*HELLO[:2], CUT]


def stream(tried, **changes):
    async def run() -> str:
        return await read(tried.gateway.stream(call(**changes), tried.ways))

    return asyncio.run(run())


def test_a_stream_is_handed_on_piece_by_piece():
    tried = kit([HELLO])

    assert stream(tried) == "role Hello there fin end"
    assert tried.outcomes == [(1, Outcome.OK, "")]
    assert tried.rows[0].usage.output_tokens == 10
    assert tried.rows[0].ttft_ms > 0


def test_until_the_first_token_another_candidate_may_answer():
    tried = kit([[*HELLO[:1], CUT]], [HELLO])

    assert stream(tried) == "role Hello there fin end"
    assert [row.ai_model_id for row in tried.rows] == [1, 1, 2]


def test_a_cut_after_the_first_token_is_told():
    tried = kit([CUT_HELLO], [HELLO])
    said = []

    async def run() -> None:
        async for piece in tried.gateway.stream(call(), tried.ways):
            said.append(piece.payload)

    with pytest.raises(ModelCallError, match="reset"):
        asyncio.run(run())

    assert said == [b"role", b"Hello"]
    assert tried.outcomes == [(1, Outcome.TRUNCATED, "truncated")]
    assert tried.rows[0].cost.state == "estimated"
    assert tried.rows[0].usage.input_tokens == 100


def test_a_stream_that_just_ends_is_no_answer():
    tried = kit([pieces("Hello", is_finished=False)])

    with pytest.raises(ModelCallError, match="ended before the answer"):
        stream(tried)

    assert tried.rows[0].outcome is Outcome.TRUNCATED


def test_a_finish_reason_without_a_closing_event_is_an_answer():
    tried = kit([HELLO[:-1]])

    assert stream(tried) == "role Hello there fin"
    assert tried.outcomes == [(1, Outcome.OK, "")]


def test_an_empty_answer_is_an_answer():
    tried = kit([pieces()])

    assert stream(tried) == "role fin end"


def test_continue_goes_on_with_what_was_sent():
    tried = kit([CUT_HELLO], [pieces("world")])
    sent = []
    ways = tried.ways
    continued = ways.continued

    def noted(text):
        sent.append(text)
        return continued(text)

    ways.continued = noted

    async def run() -> str:
        asked = call(stream_guarantee="continue")
        return await read(tried.gateway.stream(asked, ways))

    assert asyncio.run(run()) == "role Hello role world fin end"
    assert sent == ["Hello"]
    assert tried.outcomes == [(1, "truncated", "truncated"), (2, "ok", "")]


def test_a_model_that_refuses_a_begun_answer_never_hides_the_cut():
    refusal = InvalidRequestError("No prefill here.", status_code=400)
    tried = kit([CUT_HELLO], [refusal])

    with pytest.raises(ModelCallError) as caught:
        stream(tried, stream_guarantee="continue")

    assert caught.value is CUT


def test_a_model_known_to_refuse_a_begun_answer_is_not_asked():
    chain = [
        candidate(1),
        candidate(2, provider="anthropic", name="claude-opus-4-6"),
        candidate(3),
    ]
    tried = kit([CUT_HELLO], [HELLO], [pieces("world")], candidates=chain)

    assert stream(tried, stream_guarantee="continue").endswith("world fin end")
    assert tried.told[2].calls == 0


def test_whole_sends_nothing_until_the_answer_is_complete():
    tried = kit([[*HELLO[:3], CUT]], [pieces("Whole")])

    assert stream(tried, stream_guarantee="whole") == "role Whole fin end"


def test_a_feature_chooses_its_guarantee():
    feature = FeatureEntry(1, "chat", 1, stream_guarantee="whole")
    tried = kit([[*HELLO[:3], CUT]], [pieces("Whole")], feature=feature)

    assert stream(tried) == "role Whole fin end"


def test_an_unknown_guarantee_is_refused():
    with pytest.raises(GatewayError, match="no stream guarantee"):
        stream(kit([HELLO]), stream_guarantee="perfect")


def test_before_the_first_piece_the_gateway_tells_why_nobody_answered():
    with pytest.raises(GatewayError) as caught:
        stream(kit([SILENT], [SILENT]))

    assert caught.value.status == 504


def test_a_client_that_leaves_closes_the_call_upstream():
    tried = kit([[*HELLO[:2], 30.0, *HELLO[2:]]])

    async def leave() -> None:
        asked = tried.gateway.stream(call(), tried.ways)
        await read(asked, until=lambda piece: piece.has_content)
        await asked.aclose()

    asyncio.run(leave())

    assert tried.told[1].closed == 1
    assert tried.outcomes == [(1, Outcome.CANCELLED, "")]
    assert tried.rows[0].usage.input_tokens == 100


def test_the_second_candidate_starts_beside_a_silent_one():
    tried = kit(Told([HELLO], pause_s=5), [pieces("Quick")])

    assert stream(tried, hedge_after_ms=20) == "role Quick fin end"
    assert tried.told[1].closed == 1
    assert sorted(tried.outcomes) == [(1, "lost_race", ""), (2, "ok", "")]
    assert all(row.cost.total_usd for row in tried.rows)


def test_a_client_that_leaves_a_race_makes_nobody_lose_it():
    tried = kit(Told([HELLO], pause_s=5), Told([HELLO], pause_s=5))

    async def leave() -> None:
        asked = tried.gateway.stream(call(hedge_after_ms=10), tried.ways)
        reading = asyncio.ensure_future(read(asked))
        while not tried.told[2].calls:
            await asyncio.sleep(0.001)
        reading.cancel()
        await asyncio.wait([reading])

    asyncio.run(leave())

    assert sorted(tried.outcomes) == [(1, "cancelled", ""), (2, "cancelled", "")]


def test_who_speaks_in_time_is_not_raced():
    tried = kit([HELLO], [pieces("Quick")])

    stream(tried, hedge_after_ms=2000)

    assert tried.told[2].calls == 0


def test_the_first_may_still_win_the_race():
    tried = kit(Told([HELLO], pause_s=0.08), Told([pieces("Slow")], pause_s=5))

    assert stream(tried, hedge_after_ms=20) == "role Hello there fin end"
    assert sorted(tried.outcomes) == [(1, "ok", ""), (2, "lost_race", "")]


def test_after_a_lost_race_the_third_is_asked():
    tried = kit(Told([SILENT], pause_s=0.05), [SILENT], [pieces("Third")])

    assert stream(tried, hedge_after_ms=10) == "role Third fin end"
    assert tried.told[2].calls == 1
