"""A schema through the whole gateway, over real HTTP, across fallbacks."""

import json

import pytest

from modelhub.gateway import (
    GatewayError,
    ModelRequest,
    Options,
    Structure,
    TemplateValidator,
    generate_sync,
    stream,
)
from tests.gateway.stage import gateway_here, new_stage
from tests.upstream import openai_wire

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["city", "people"],
    "additionalProperties": False,
}
ASKED = ModelRequest(prompt="The largest city of Norway?", response_schema=SCHEMA)
GOOD = '{"city": "Oslo", "people": 717710}'
BAD = '{"city": "Oslo", "people": "many"}'


def says(*texts):
    """A provider whose model answers with `texts` in turn, the last one for ever."""
    left = list(texts)

    def answer(received):
        text = left.pop(0) if len(left) > 1 else left[0]
        return openai_wire.completion(text, model=received.json["model"])

    return answer


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


def of(stage, **more) -> Options:
    return Options(organization=stage.organization.slug, **more)


def test_a_wrong_answer_is_mended_by_the_same_model(staged):
    stage = staged(says(BAD, GOOD))

    response = generate_sync(ASKED, "feature:chat", of(stage))

    assert response.parsed == {"city": "Oslo", "people": 717710}
    told = json.dumps(stage.places[0].upstream.requests[1].json)
    assert "is not of type 'integer'" in told
    assert [row.error_kind for row in stage.rows()] == ["schema_mismatch", ""]


def test_the_same_schema_holds_for_the_fallback(staged):
    stage = staged(says(BAD), says(GOOD))

    response = generate_sync(ASKED, "feature:chat", of(stage, max_repairs=1))

    assert response.reference == "acme-2/model-2"
    assert response.parsed["people"] == 717710
    assert len(stage.places[0].upstream.requests) == 2
    assert response.cost.total_usd == sum(row.cost_usd for row in stage.rows())


def test_a_mismatch_says_nothing_about_the_health_of_a_provider(staged):
    stage = staged(says(BAD))

    for _ in range(3):
        with pytest.raises(GatewayError, match="does not follow its schema") as caught:
            generate_sync(ASKED, "feature:chat", of(stage))

    assert caught.value.cause.last_output == BAD
    assert len(stage.places[0].upstream.requests) == 9


def test_a_stream_with_a_schema_is_sent_when_it_is_right(staged):
    stage = staged(says(BAD, GOOD))

    texts = [one.text for one in stream(ASKED, "feature:chat", of(stage)) if one.text]

    assert texts == [GOOD]


def test_a_template_is_checked_as_well(staged):
    stage = staged(says("Oslo, I think", "City: Oslo"))
    wanted = Structure(TemplateValidator("City: {{city}}"))

    response = generate_sync(
        ModelRequest(prompt="The largest city of Norway?"),
        "feature:chat",
        of(stage, structure=wanted),
    )

    assert response.parsed == {"city": "Oslo"}


def test_a_schema_that_cannot_be_used_is_refused_before_anybody_is_asked(staged):
    stage = staged(says(GOOD))
    broken = ModelRequest(prompt="Hi", response_schema={"type": "objekt"})

    with pytest.raises(GatewayError) as caught:
        generate_sync(broken, "feature:chat", of(stage))

    assert (caught.value.status, caught.value.code) == (400, "invalid_schema")
    assert stage.places[0].upstream.requests == []
