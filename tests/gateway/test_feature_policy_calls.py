"""A call of a feature whose model is chosen, over real HTTP to fake providers."""

import pytest

from analytics.models import BudgetPeriod
from analytics.services.budget_definitions import create_budget
from modelhub.gateway import ModelRequest, Options, generate_sync
from modelhub.gateway.background import background
from modelhub.gateway.choosing import MOST_A_SECOND, TaskNotes
from recommender.routing.analysis import Complexity
from recommender.routing.task_codes import kind_of
from registry.providers.messages import Message, Role
from registry.services.automatic_choices import set_automatic_choice
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
    """`chat` is assigned to a strong model, with a fair one for a twentieth behind."""
    with gateway_here():
        made = Stage(OrganizationFactory())
        made.add(ratings=rated(1530), rates=DEAR)
        made.add(ratings=rated(1280))
        made.assign()
        know()
        yield made
    made.close()


def rated(score):
    return {name: {"score": score} for name in ("hard_prompts", "coding", "writing")}


def rule(stage, document):
    set_automatic_choice(feature=stage.feature, document=document, actor=None)
    know()


def ask(stage, request=EASY):
    options = Options(organization=stage.organization.slug)
    return generate_sync(request, "feature:chat", options)


def test_the_assignment_answers_until_somebody_asks_for_a_choice(stage):
    assert ask(stage).reference == "acme-1/model-1"
    rule(stage, {"policy": "cheapest"})
    assert ask(stage).reference == "acme-2/model-2"
    assert ask(stage, HARD).reference == "acme-1/model-1"
    rule(stage, None)
    assert ask(stage).reference == "acme-1/model-1"


def test_why_stands_in_the_trace_and_in_the_record(stage):
    rule(stage, {"policy": "cheapest"})
    response = ask(stage)
    chosen = "Chosen: acme-2/model-2 before 1 more, the cheapest that is good enough"
    assert any(line.startswith(chosen) for line in response.trace)
    (row,) = stage.rows()
    assert chosen in row.trace
    assert row.feature_id == stage.feature.pk
    assert kind_of(row.task_code) == ("refactoring", Complexity.LOW)


def test_the_kind_of_work_is_noted_for_an_assigned_model_too(stage):
    ask(stage)
    ask(stage, HARD)
    easy, hard = stage.rows()
    assert kind_of(easy.task_code) == ("refactoring", Complexity.LOW)
    assert kind_of(hard.task_code).complexity is Complexity.HIGH


def test_only_so_many_a_second_are_looked_at():
    notes = TaskNotes(clock_s=lambda: 7.5)
    looked = [notes._may_look() for _ in range(MOST_A_SECOND + 5)]
    assert looked.count(True) == MOST_A_SECOND
    notes.clock_s = lambda: 8.0
    assert notes._may_look()


def test_when_the_chosen_one_fails_the_next_answers(stage):
    rule(stage, {"policy": "cheapest"})
    stage.places[1].upstream.stop()
    assert ask(stage).reference == "acme-1/model-1"


def test_limits_that_leave_nobody_leave_the_assignment(stage):
    rule(stage, {"policy": "cheapest", "max_request_usd": "0"})
    response = ask(stage)
    assert response.reference == "acme-1/model-1"
    assert any("the assignment goes on answering" in line for line in response.trace)


def test_every_enabled_model_may_be_chosen_where_the_rules_say_so(stage):
    stage.add(
        ratings=rated(1290),
        rates={"standard": {"input_mtok": "0", "output_mtok": "0"}},
    )
    rule(stage, {"policy": "cheapest"})
    assert ask(stage).reference == "acme-2/model-2"
    rule(stage, {"policy": "cheapest", "pool": "enabled"})
    assert ask(stage).reference == "acme-3/model-3"


def test_a_conversation_stays_with_its_model(stage):
    rule(stage, {"policy": "best"})
    said = (Message.of(Role.USER, "Plan a trip to Rome. " + "word " * 2_000),)
    first = ask(stage, ModelRequest(messages=said))
    assert first.reference == "acme-1/model-1"
    selector = background().submit(background().parts()).result(30).selector
    ((_, feature_id, _),) = selector.conversations._known
    assert feature_id == stage.feature.pk


def test_once_too_much_of_a_budget_is_spent_the_choice_is_cheap(stage):
    create_budget(
        organization=stage.organization,
        actor=None,
        name="Chat",
        scope_kind="feature",
        scope_id=stage.feature.pk,
        amount_usd="5",
        period=BudgetPeriod.MONTH,
    )
    rule(stage, {"policy": "best", "scarce_percent": 100})
    # What is left is known with the first lease: nobody asks the database for it.
    first, second = ask(stage), ask(stage)
    assert first.reference == "acme-1/model-1"
    assert second.reference == "acme-2/model-2"
    assert any("of the budget is left" in line for line in second.trace)
