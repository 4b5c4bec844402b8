"""Where nobody names a model, the work of the request decides who is asked first."""

from dataclasses import replace

import pytest

from recommender.routing.asked import Asked
from recommender.routing.selecting import ARRANGED, Selector
from recommender.routing.shortlists import SHORTLIST, Shortlists
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.resolution.plan import Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import ACME, NOW, TODAY, model, snapshot

STRONG = replace(model(1, "dear/strong"), strengths={"reasoning": 0.95, "coding": 0.95})
FAIR = replace(model(2, "cheap/fair"), strengths={"reasoning": 0.4, "coding": 0.35})
NEW = model(3, "odd/new")
MODELS = [STRONG, FAIR, NEW]
USD_PER_MILLION = {1: "20", 2: "0.5"}
EASY = "Rename the variable d to days in this function."
HARD = (
    "Design the architecture of a distributed, consistent ledger. Compare strategies "
    "for concurrency and prove that no race loses money.\n- must survive two nodes\n"
    "- never blocks\n- at most one second\n- exactly one owner\n- without downtime\n"
    "- keep every audit row\n- must not trust clocks"
)


def price(organization_id, model_id, at):
    usd = USD_PER_MILLION.get(model_id)
    if usd is None:
        return None
    rates = Rates({"standard": {"input_mtok": usd, "output_mtok": usd}})
    return PricePeriod(model_id, rates, None, None)


def selector(loud=()):
    return Selector(
        Shortlists(price, now=lambda: NOW),
        is_quiet=lambda one: one.model.reference not in loud,
    )


def plan_for(prompt, models=MODELS, word="auto", using=None, **more):
    return resolve_with(Selection.parse(word), prompt, models, using, **more)


def resolve_with(selection, prompt, models=MODELS, using=None, known=None, **more):
    tokens = len(prompt) // 4
    asked = Asked(request_id="r1", prompt=prompt, input_tokens=tokens, **more)
    using = using or selector()
    return resolve(
        known or snapshot(models),
        ACME,
        selection,
        input_tokens=tokens,
        today=TODAY,
        arrange=lambda plan: using.arranged(plan, asked),
    )


def references(plan):
    return [one.model.reference for one in plan.candidates]


def test_easy_work_goes_to_the_cheap_model_and_hard_work_to_the_strong_one():
    assert references(plan_for(EASY)) == ["cheap/fair", "dear/strong", "odd/new"]
    assert references(plan_for(HARD))[0] == "dear/strong"


def test_the_trace_says_why():
    trace = plan_for(EASY).trace
    at = trace.index(ARRANGED)
    assert trace[at + 1].startswith("Work of low complexity")
    assert trace[at + 2].startswith("Task: refactoring")
    assert trace[at + 3].startswith(
        "Chosen: cheap/fair before 2 more, the cheapest that is good enough"
    )


def test_positions_follow_the_new_order():
    assert [one.position for one in plan_for(EASY).candidates] == [1, 2, 3]


def test_without_fallback_only_the_chosen_one_is_left():
    only = Selection(is_auto=True, has_fallback=False)
    plan = resolve_with(only, EASY)
    assert references(plan) == ["cheap/fair"]


def test_a_model_with_an_open_circuit_is_asked_last():
    plan = plan_for(EASY, using=selector(loud={"cheap/fair"}))
    assert references(plan)[-1] == "cheap/fair"


def test_models_without_any_rating_keep_their_order():
    plain = [model(1, "b/one"), model(2, "a/two")]
    plan = plan_for(EASY, plain)
    assert references(plan) == ["a/two", "b/one"]
    assert ARRANGED not in plan.trace


def test_an_assigned_model_is_never_put_elsewhere():
    plan = plan_for(EASY, word="dear/strong")
    assert references(plan) == ["dear/strong"]


@pytest.mark.parametrize("prompt", ["", "?", "\x00", "word " * 50_000])
def test_any_prompt_is_chosen_for(prompt):
    assert len(references(plan_for(prompt))) == 3


def test_of_very_many_models_only_the_best_are_weighed_anew():
    many = [
        replace(model(n, f"p/m{n:03}"), strengths={"reasoning": n / 200})
        for n in range(1, 200)
    ]
    using = selector()
    plan_for(HARD, many, using=using)
    assert all(len(one.models) == SHORTLIST for one in using.shortlists.known.values())


def test_what_is_remembered_follows_the_size_of_the_request():
    using, known = selector(), snapshot(MODELS)
    for prompt in (EASY, EASY, EASY + " Please."):
        plan_for(prompt, using=using, known=known)
    assert len(using.shortlists.known) == 1
    plan_for(EASY, using=using, known=known, max_output_tokens=4_000)
    assert len(using.shortlists.known) == 2
