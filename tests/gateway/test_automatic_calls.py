"""A call for `auto`, over real HTTP to fake providers: the work decides who answers."""

import pytest

from modelhub.gateway import ModelRequest, Options, generate_sync
from tests.factories import OrganizationFactory
from tests.gateway.stage import Stage, gateway_here, know

DEAR = {"standard": {"input_mtok": "20", "output_mtok": "200"}}
EASY = ModelRequest(prompt="Rename the variable d to days, please.")
HARD = ModelRequest(
    prompt="Design a distributed architecture, compare two strategies and prove that "
    "no race loses an order. It must survive the loss of a node, must never block, "
    "must keep the order of a customer and must work without a new database."
)


@pytest.fixture
def stage(transactional_db):
    """A strong model for 20 times the price of a fair one."""
    with gateway_here():
        made = Stage(OrganizationFactory())
        made.add(ratings=rated(1530), rates=DEAR)
        made.add(ratings=rated(1280))
        know()
        yield made
    made.close()


def rated(score):
    return {name: {"score": score} for name in ("hard_prompts", "coding", "writing")}


def ask(stage, request):
    return generate_sync(request, "auto", Options(organization=stage.organization.slug))


def test_easy_work_goes_to_the_fair_model_and_hard_work_to_the_strong_one(stage):
    easy, hard = ask(stage, EASY), ask(stage, HARD)

    assert easy.reference == "acme-2/model-2"
    assert hard.reference == "acme-1/model-1"
    assert any("cheapest that is good enough" in line for line in easy.trace)


def test_when_the_chosen_one_fails_the_other_answers(stage):
    stage.places[1].upstream.stop()

    response = ask(stage, EASY)

    assert response.reference == "acme-1/model-1"
    assert any("Chosen: acme-2/model-2" in line for line in response.trace)
    first, second = stage.rows()
    assert (first.outcome, second.outcome) == ("error", "ok")
    assert "Chosen: acme-2/model-2" in first.trace
