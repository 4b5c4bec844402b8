"""A feature may say that ModelHub chooses its model for each request, and how."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.routing.asked import Asked
from recommender.routing.believing import Found
from recommender.routing.conversations import KEPT_S, Conversations
from recommender.routing.feature_goals import BudgetLeft
from recommender.routing.selecting import NOBODY, UNKNOWN, Selector
from recommender.routing.shortlists import Known, Shortlists
from recommender.scoring.evidence import Kind, Measured
from registry.automatic_choice import ChoiceRules, Policy
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.resolution.plan import Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    NOW,
    TODAY,
    connection,
    feature,
    model,
    snapshot,
)

STRONG = replace(model(1, "dear/strong"), strengths={"reasoning": 0.95, "coding": 0.95})
FAIR = replace(model(2, "cheap/fair"), strengths={"reasoning": 0.4, "coding": 0.35})
SWIFT = replace(model(3, "swift/good"), strengths={"reasoning": 0.7, "coding": 0.7})
MODELS = [STRONG, FAIR, SWIFT]
RATES = {
    1: {"input_mtok": "20", "output_mtok": "100"},
    2: {"input_mtok": "0.5", "output_mtok": "1"},
    3: {"input_mtok": "4", "cache_read_mtok": "0.1", "output_mtok": "20"},
}
MS = {1: 4_000.0, 2: 2_000.0, 3: 300.0}
HARD = "Plan the migration of our orders to a new ledger. Compare two strategies."
EASY = "Rename the variable d to days in this function."


def price(organization_id, model_id, at):
    rates = RATES.get(model_id)
    return rates and PricePeriod(model_id, Rates({"standard": rates}), None, None)


def latencies(organization_id):
    return Known(1, {pk: Found(latency_ms=ms) for pk, ms in MS.items()})


class Case:
    """The feature `chat`, assigned to the strong model with the others behind it."""

    def __init__(self, *model_ids, found=latencies, catalog=MODELS, **rules):
        self.clock_s = 0.0
        self.loads = {}
        self.loud = set()
        self.budget = None
        rules = ChoiceRules(**rules)
        chat = feature("chat", *(model_ids or (1, 2, 3)), choice=rules)
        self.snapshot = snapshot(catalog, features=[chat])
        self.selector = Selector(
            Shortlists(price, found, now=lambda: NOW),
            is_quiet=lambda one: one.model.reference not in self.loud,
            load=lambda one: self.loads.get(one.provider, 0.0),
            budget=lambda plan, asked: self.budget,
            conversations=Conversations(lambda: self.clock_s),
        )

    def plan(self, prompt=EASY, request_id="r1", talk="", has_fallback=True, **more):
        facts = {"input_tokens": len(prompt) // 4, **more}
        asked = Asked(
            request_id=request_id, prompt=prompt, conversation=lambda: talk, **facts
        )
        return resolve(
            self.snapshot,
            ACME,
            Selection(feature="chat", has_fallback=has_fallback),
            input_tokens=facts["input_tokens"],
            today=TODAY,
            arrange=lambda plan: self.selector.arranged(plan, asked),
        )

    def order(self, *args, **more):
        return names(self.plan(*args, **more))


def names(plan):
    return [one.model.reference for one in plan.candidates]


def test_without_rules_the_assignment_decides():
    plan = resolve(
        snapshot(MODELS, features=[feature("chat", 1, 2)]),
        ACME,
        Selection(feature="chat"),
        today=TODAY,
        arrange=lambda plan: pytest.fail("nothing is to be chosen"),
    )
    assert names(plan) == ["dear/strong", "cheap/fair"]


@pytest.mark.parametrize(
    ("policy", "first"),
    [
        (Policy.CHEAPEST, "cheap/fair"),
        (Policy.BEST, "dear/strong"),
        (Policy.FASTEST, "swift/good"),
        (Policy.BALANCED, "cheap/fair"),
    ],
)
def test_each_policy_puts_another_model_first(policy, first):
    assert Case(policy=policy).order()[0] == first


def test_the_trace_says_the_policy_and_the_reason():
    trace = Case(pool="enabled").plan().trace
    assert any("is chosen for automatically (cheapest that is good" in t for t in trace)
    assert any(t.startswith("Chosen: cheap/fair before 2 more") for t in trace)


def test_the_accuracy_of_the_rules_goes_before_that_of_the_feature():
    assert Case(accuracy="basic").order(HARD)[0] == "cheap/fair"
    assert Case(accuracy="critical").order(HARD)[0] == "dear/strong"


def test_a_price_limit_leaves_models_out():
    plan = Case(policy=Policy.BEST, max_request_usd=Decimal("0.02")).plan()
    assert names(plan) == ["swift/good", "cheap/fair"]
    assert ("dear/strong", "not_chosen") in [
        (s.reference, s.code) for s in plan.skipped
    ]


def test_a_latency_limit_and_the_callers_deadline_leave_models_out():
    assert Case(max_latency_ms=1_000).order() == ["swift/good"]
    assert Case().order(timeout_ms=1_000.0) == ["swift/good"]


def test_where_nothing_may_be_chosen_the_assignment_goes_on_answering():
    plan = Case(max_request_usd=Decimal(0)).plan()
    assert names(plan) == ["dear/strong", "cheap/fair", "swift/good"]
    assert NOBODY in plan.trace


def test_where_nothing_is_known_the_order_stays():
    plain = [model(1, "b/one"), model(2, "a/two")]
    plan = Case(1, 2, catalog=plain, found=lambda pk: Known(0, {})).plan()
    assert names(plan) == ["b/one", "a/two"]
    assert UNKNOWN in plan.trace


def test_only_the_assigned_models_are_chosen_among_unless_it_says_more():
    assert Case(1, 3).order() == ["swift/good", "dear/strong"]
    assert Case(1, 3, pool="enabled").order()[0] == "cheap/fair"


def test_of_a_list_only_its_models_are_chosen_and_the_assigned_ones_come_after():
    case = Case(1, 3, pool="listed", models=("cheap/fair",))
    assert case.order() == ["cheap/fair", "dear/strong", "swift/good"]


def test_a_listed_model_that_is_gone_is_told_and_the_assignment_answers():
    plan = Case(1, pool="listed", models=("gone/model",)).plan()
    assert names(plan) == ["dear/strong"]
    assert any("gone/model" in line for line in plan.trace)


def test_a_feature_without_an_assignment_is_chosen_for():
    case = Case(pool="enabled")
    chat = feature("chat", choice=ChoiceRules(pool="enabled"))
    case.snapshot = snapshot(MODELS, features=[chat])
    assert case.order()[0] == "cheap/fair"


def test_enabled_models_must_meet_what_the_feature_requires():
    sees = replace(model(4, "sees/all", capabilities=("image_analysis",)))
    chat = feature(
        "chat",
        1,
        required_capabilities=frozenset({"image_analysis"}),
        choice=ChoiceRules(pool="enabled"),
    )
    case = Case()
    case.snapshot = snapshot([*MODELS, sees], features=[chat])
    assert "cheap/fair" not in case.order()
    assert "sees/all" in case.order()


def test_without_fallback_only_the_chosen_model_is_asked():
    assert Case().order(has_fallback=False) == ["cheap/fair"]


def test_ill_and_busy_models_are_asked_last():
    case = Case()
    case.loud.add("cheap/fair")
    assert case.order()[-1] == "cheap/fair"
    case = Case()
    case.loads["cheap"] = 0.95
    assert case.order()[-1] == "cheap/fair"


def test_load_may_be_left_out_of_account():
    case = Case(avoids_busy=False)
    case.loads["cheap"] = 0.95
    assert case.order()[0] == "cheap/fair"


def test_with_little_of_the_budget_left_the_cheapest_is_taken():
    case = Case(policy=Policy.BEST)
    case.budget = BudgetLeft(usd=5.0, share=0.05)
    assert case.order()[0] == "cheap/fair"
    assert any("5% of the budget is left" in line for line in case.plan().trace)
    case.budget = BudgetLeft(usd=5.0, share=0.5)
    assert case.order()[0] == "dear/strong"


def test_what_is_left_of_the_budget_leaves_dear_models_out():
    case = Case(policy=Policy.BEST, scarce_percent=0)
    case.budget = BudgetLeft(usd=0.001, share=0.001)
    assert "dear/strong" not in case.order()


def test_a_spent_budget_leaves_the_assignment_and_its_budget_to_answer():
    case = Case()
    case.budget = BudgetLeft(usd=0.0, share=0.0)
    plan = case.plan()
    assert NOBODY in plan.trace
    assert len(names(plan)) == 3


LONG = "Summarise this. " + "word " * 3_000
TALK = {"prompt": LONG, "talk": "t1"}


def test_a_conversation_stays_where_its_cache_is():
    case = Case(2, 3, policy=Policy.FASTEST)
    assert case.order(**TALK)[0] == "swift/good"
    case.loads["swift"] = 0.89
    again = Case(3, 2)
    again.selector.conversations.note((ACME, hash("chat"), "t1"), 3)
    RATES[3], kept = {**RATES[3], "input_mtok": "0.6", "output_mtok": "1"}, RATES[3]
    try:
        assert again.order(**TALK)[0] == "swift/good"
        assert again.order(prompt=LONG)[0] == "cheap/fair"
    finally:
        RATES[3] = kept


def test_a_conversation_is_forgotten_when_no_cache_can_hold_it():
    talks = Conversations(lambda: case.clock_s)
    case = Case()
    talks.note((1, 1, "a"), 7)
    assert talks.model_of((1, 1, "a")) == 7
    case.clock_s = KEPT_S + 1
    assert talks.model_of((1, 1, "a")) is None


def measured_first(organization_id):
    scored = Measured(Kind.BENCHMARK, 0.9, 100)
    return Known(1, {2: Found((scored,)), 3: Found((), 300.0)})


def test_of_the_requests_a_share_tries_what_is_little_known():
    case = Case(
        found=measured_first,
        tried_percent=Decimal(10),
        tried_extra_usd=Decimal("0.05"),
    )
    firsts = [case.order(request_id=f"r{n}")[0] for n in range(400)]
    tried = sum(one != "cheap/fair" for one in firsts)
    assert 20 <= tried <= 60
    assert firsts == [case.order(request_id=f"r{n}")[0] for n in range(400)]


def test_nothing_is_tried_that_costs_more_than_it_may():
    case = Case(found=measured_first, tried_percent=Decimal(20))
    firsts = {case.order(request_id=f"r{n}")[0] for n in range(100)}
    assert firsts == {"cheap/fair"}


def test_a_second_connection_that_works_keeps_a_model_healthy():
    case = Case()
    connections = [
        connection(1, "dear"),
        connection(2, "cheap"),
        connection(3, "cheap", label="spare", position=2),
        connection(4, "swift"),
    ]
    chat = feature("chat", 1, 2, 3, choice=ChoiceRules())
    case.snapshot = snapshot(MODELS, connections, features=[chat])
    case.selector.is_quiet = lambda one: one.connection.id != 2
    assert case.order()[:2] == ["cheap/fair", "cheap/fair"]


rules = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(list(Policy)),
        "accuracy": st.sampled_from(["", "basic", "standard", "high", "critical"]),
        "max_request_usd": st.none() | st.decimals(0, 1, places=4),
        "max_latency_ms": st.none() | st.integers(1, 10_000),
        "tried_percent": st.decimals(0, 20, places=1),
        "tried_extra_usd": st.decimals(0, 1, places=3),
        "scarce_percent": st.integers(0, 100),
        "pool": st.sampled_from(["assigned", "enabled", "listed"]),
        "models": st.sampled_from([(), ("cheap/fair",), ("swift/good", "gone/x")]),
    }
)


@settings(max_examples=60, deadline=None)
@given(rules, st.text(max_size=200), st.floats(0, 1), st.sets(st.integers(1, 3)))
def test_whatever_the_rules_say_somebody_answers_and_nobody_twice(
    said, prompt, share, assigned
):
    case = Case(*(sorted(assigned) or [1]), **said)
    case.budget = BudgetLeft(usd=share, share=share)
    plan = case.plan(prompt, input_tokens=len(prompt))
    found = names(plan)
    assert found
    assert len(found) == len(set(found))
    assert names(case.plan(prompt, input_tokens=len(prompt))) == found
