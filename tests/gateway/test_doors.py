"""How Python code asks a model, over real HTTP to fake providers."""

import asyncio
import json
from decimal import Decimal

import pytest

from modelhub.gateway import (
    GatewayError,
    ModelRequest,
    Options,
    generate,
    generate_sync,
    stream,
)
from registry.models import ModelSetting, Organization
from tests.gateway.stage import gateway_here, know, new_stage
from tests.upstream import openai_wire
from tests.upstream.replies import RESET, SILENCE

COST = Decimal("0.0000584")
HELLO = ModelRequest(prompt="Hello?")


@pytest.fixture
def staged(transactional_db):
    made = []

    def make(*handlers, **facts):
        made.append(new_stage(*handlers, **facts))
        return made[-1]

    with gateway_here():
        yield make
    for stage in made:
        stage.close()


def of(stage) -> Options:
    return Options(organization=stage.organization.slug)


def test_a_feature_is_answered_by_its_model(staged):
    stage = staged()

    response = generate_sync(HELLO, "feature:chat", of(stage))

    assert response.content == "Hello there."
    assert response.reference == "acme-1/model-1"
    assert response.usage.cache_read_tokens == 4
    assert response.cost.total_usd == COST
    assert response.cost.state == "computed"
    assert response.latency_ms > 0
    assert response.provider_request_id == "req_up_1"
    assert response.trace


def test_every_attempt_is_recorded(staged):
    stage = staged(openai_wire.echo, openai_wire.echo)
    stage.places[0].upstream.stop()

    response = generate_sync(HELLO, "feature:chat", of(stage))

    rows = stage.rows()
    assert [(row.outcome, row.attempt) for row in rows] == [("error", 1), ("ok", 2)]
    assert {str(row.request_id) for row in rows} == {response.request_id}
    assert rows[0].error_kind == "network"
    assert rows[1].cost_usd == COST
    assert rows[1].feature_id == stage.feature.pk
    assert rows[1].connection_id == stage.places[1].connection.pk


def test_the_assignment_says_what_the_caller_does_not(staged):
    stage = staged()
    stage.assign(parameters={"temperature": 0.4, "max_tokens": 50})
    know()

    generate_sync(ModelRequest(prompt="Hi", max_tokens=9), "feature:chat", of(stage))

    sent = stage.places[0].upstream.requests[-1].json
    assert sent["temperature"] == 0.4
    assert sent.get("max_completion_tokens", sent.get("max_tokens")) == 9


def test_async_code_waits_without_blocking_its_loop(staged):
    stage = staged()

    async def three() -> list[str]:
        asked = [generate(HELLO, "feature:chat", of(stage)) for _ in range(3)]
        return [one.content for one in await asyncio.gather(*asked)]

    assert asyncio.run(three()) == ["Hello there."] * 3


def test_a_stream_comes_in_pieces_and_ends_with_its_response(staged):
    stage = staged()
    answer = stream(HELLO, "feature:chat", of(stage))

    texts = [chunk.text for chunk in answer if chunk.text]

    assert texts == ["Hello", " there", "."]
    assert answer.response.content == "Hello there."
    assert answer.response.cost.total_usd == COST
    assert answer.response.ttft_ms > 0


def test_an_async_stream_may_be_left(staged):
    stage = staged(lambda received: openai_wire.stream(*"abcdefgh").but(pause_s=0.2))

    async def leave() -> str:
        answer = stream(HELLO, "feature:chat", of(stage))
        async for chunk in answer:
            if chunk.text:
                await answer.aclose()
                return chunk.text
        return ""

    assert asyncio.run(leave()) == "a"
    (row,) = stage.rows()
    assert row.outcome == "cancelled"
    assert row.cost_state == "estimated"


def test_an_async_stream_may_be_left_while_it_waits(staged):
    stage = staged(lambda received: SILENCE)

    async def leave() -> None:
        waiting = anext(aiter(stream(HELLO, "feature:chat", of(stage))))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waiting, 0.3)

    asyncio.run(leave())

    (row,) = stage.rows()
    assert row.outcome == "cancelled"


def test_a_reset_before_headers_is_tried_once_more(staged):
    stage = staged()
    stage.places[0].upstream.script.append(RESET)

    assert generate_sync(HELLO, "feature:chat", of(stage)).content == "Hello there."
    assert [row.outcome for row in stage.rows()] == ["error", "ok"]


def test_a_switch_is_served_at_once(staged):
    stage = staged(openai_wire.echo, openai_wire.echo)
    generate_sync(HELLO, "feature:chat", of(stage))

    stage.places.reverse()
    stage.assign()
    know()

    response = generate_sync(HELLO, "feature:chat", of(stage))
    assert response.reference == "acme-2/model-2"


def test_an_unknown_feature_is_told(staged):
    with pytest.raises(GatewayError) as caught:
        generate_sync(HELLO, "feature:chatt", of(staged()))

    assert caught.value.status == 404
    assert "chat" in caught.value.message


def test_the_organisation_must_be_named_where_there_are_several(staged):
    staged()
    Organization.objects.create(name="Other", slug="other")
    know()

    with pytest.raises(GatewayError, match="Name the organisation"):
        generate_sync(HELLO, "feature:chat")


def test_an_error_holds_the_providers_own(staged):
    stage = staged(lambda received: openai_wire.error(401, "invalid_api_key"))

    with pytest.raises(GatewayError) as caught:
        generate_sync(HELLO, "feature:chat", of(stage))

    assert caught.value.cause.kind == "authentication"
    assert "sk-test-key" not in json.dumps([caught.value.message, *caught.value.trace])


def test_what_the_provider_charged_is_the_cost(staged):
    usage = {**openai_wire.USAGE, "cost": 0.5}
    stage = staged(
        lambda received: openai_wire.completion(usage=usage), provider="openrouter"
    )

    response = generate_sync(HELLO, "feature:chat", of(stage))

    assert (response.cost.state, response.cost.total_usd) == (
        "reported",
        Decimal("0.5"),
    )
    assert stage.rows()[0].cost_state == "reported"


def test_a_tier_without_a_price_of_its_own_is_said(staged):
    stage = staged(lambda received: openai_wire.completion(service_tier="flex"))

    response = generate_sync(HELLO, "feature:chat", of(stage))

    assert any("service_tier=flex not known" in note for note in response.cost.notes)


def test_a_model_whose_monthly_limit_is_spent_gives_way_to_the_next(staged):
    stage = staged(openai_wire.echo, openai_wire.echo)
    ModelSetting.objects.filter(ai_model=stage.places[0].ai_model).update(
        monthly_limit_usd=Decimal("0.01")
    )
    know()
    long = ModelRequest(prompt="Hello?", max_tokens=2000)

    response = generate_sync(long, "feature:chat", of(stage))

    assert response.reference == "acme-2/model-2"
    assert any("acme-1/model-1" in line and "limit" in line for line in response.trace)
    assert stage.places[0].upstream.requests == []
