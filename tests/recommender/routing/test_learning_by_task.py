"""What an organisation's outcomes say of a kind of work decides who gets such work, and
only after enough of them."""

import hashlib
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.routing.analysis import Complexity
from recommender.routing.believing import (
    OVERALL_CASES,
    Believed,
    Found,
    believed_at,
)
from recommender.routing.shortlists import Known
from recommender.routing.task_codes import BY_CODE, code_of, kind_of
from recommender.scoring.evidence import Kind, Measured
from tests.recommender.routing.test_feature_policy import EASY, HARD, MODELS, Case

CODE = code_of("planning", Complexity.HIGH)
EASY_CODE = code_of("refactoring", Complexity.LOW)
FAIR = 2


def benchmark(mean, count):
    return Measured(Kind.BENCHMARK, mean, count)


def learned(**by_model):
    """A book: model_2={code: measured}."""
    found = {
        int(name.removeprefix("model_")): Found(
            by_task={code: (one,) for code, one in by_task.items()}
        )
        for name, by_task in by_model.items()
    }
    return lambda organization_id: Known(1, found)


def at(believed, *measured):
    found = {1: Found(by_task={CODE: measured})}
    return believed_at({1: believed}, found, CODE)[1]


def work_code(case, prompt):
    return case.plan(prompt).task_code


def test_without_evidence_the_model_as_a_whole_counts():
    overall = Believed(0.8, 12.0)
    assert at(overall) == overall


def test_evidence_moves_the_chance_towards_what_was_seen():
    assert at(Believed(0.8, 0.0), benchmark(0.0, 2)).chance > 0.6
    assert at(Believed(0.8, 0.0), benchmark(0.0, 60)).chance < 0.2
    seen = at(Believed(0.8, 0.0), benchmark(0.5, int(OVERALL_CASES)))
    assert seen.chance == pytest.approx(0.65)
    assert seen.alike == OVERALL_CASES


def test_more_evidence_narrows_the_interval():
    few = at(Believed(0.7, 0.0), benchmark(0.7, 5)).bounds
    many = at(Believed(0.7, 0.0), benchmark(0.7, 200)).bounds
    assert many[1] - many[0] < few[1] - few[0]


def test_that_all_models_answer_says_nothing_of_one():
    went_well = (Measured(Kind.PRODUCTION, 1.0, 400),)
    found = {pk: Found(by_task={CODE: went_well}) for pk in range(1, 9)}
    overall = {pk: Believed(0.5, 0.0) for pk in found}
    assert believed_at(overall, found, CODE)[1].chance < 0.6


@pytest.mark.parametrize("mean", [math.nan, math.inf, -math.inf, -3.0, 1e9])
def test_an_absurd_outcome_says_nothing(mean):
    overall = Believed(0.8, 0.0)
    assert at(overall, benchmark(mean, 50)) == overall
    assert at(overall, benchmark(0.5, 0)) == overall


@given(
    st.none() | st.floats(0, 1),
    st.lists(
        st.builds(
            Measured,
            st.sampled_from(list(Kind)),
            st.floats(allow_nan=True, allow_infinity=True),
            st.integers(-5, 10_000),
        ),
        max_size=4,
    ),
)
def test_a_chance_is_a_chance(prior, measured):
    found = at(Believed(prior, 0.0), *measured)
    assert found.chance is None or 0 <= found.chance <= 1
    low, high = found.bounds
    assert 0 <= low <= high <= 1


def test_a_code_keeps_its_meaning():
    assert len(BY_CODE) == 24
    assert code_of("other", Complexity.LOW) == 1
    assert code_of("documentation", Complexity.HIGH) == 31
    assert all(code_of(*kind) == code for code, kind in BY_CODE.items())
    assert [kind_of(one) for one in (None, 0, 4, 99, -1)] == [None] * 5


def test_a_cheap_model_that_fails_at_hard_work_gets_easy_work_only_after_evidence():
    before = Case(accuracy="basic")
    hard, easy = work_code(before, HARD), work_code(before, EASY)
    assert hard != easy
    assert before.order(HARD)[0] == "cheap/fair"
    assert before.order(EASY)[0] == "cheap/fair"

    outcomes = {hard: benchmark(0.1, 40), easy: benchmark(0.95, 40)}
    after = Case(accuracy="basic", found=learned(model_2=outcomes))
    assert after.order(HARD)[0] != "cheap/fair"
    assert after.order(EASY)[0] == "cheap/fair"
    assert any("40 at such work" in line for line in after.plan(EASY).trace)


def test_a_cheap_model_earns_easy_work_by_evidence():
    before = Case(accuracy="critical")
    easy = work_code(before, EASY)
    assert before.order(EASY)[0] != "cheap/fair"
    few = learned(model_2={easy: benchmark(1.0, 3)})
    assert Case(accuracy="critical", found=few).order(EASY)[0] != "cheap/fair"
    many = learned(model_2={easy: benchmark(1.0, 200)})
    assert Case(accuracy="critical", found=many).order(EASY)[0] == "cheap/fair"


def test_with_little_evidence_the_prior_rules():
    hard = work_code(Case(), HARD)
    outcomes = {hard: Measured(Kind.FEEDBACK, 0.0, 2)}
    case = Case(accuracy="basic", found=learned(model_2=outcomes))
    assert case.order(HARD)[0] == "cheap/fair"


class World:
    """Models that truly succeed at some rate, and what is learned of them."""

    def __init__(self, rates):
        self.rates = rates
        self.seen = {pk: [] for pk in rates}

    def answer(self, pk, request_id):
        digest = hashlib.sha256(f"{pk} {request_id}".encode()).digest()
        self.seen[pk].append(digest[0] / 256 < self.rates[pk])

    def book(self, code):
        found = {
            pk: Found(by_task={code: (self.measured(seen),)} if seen else {})
            for pk, seen in self.seen.items()
        }
        return Known(sum(map(len, self.seen.values())), found)

    @staticmethod
    def measured(seen):
        late = seen[-60:]
        return Measured(Kind.FEEDBACK, sum(late) / len(late), len(late))


def test_trying_out_finds_a_model_that_became_better():
    code = work_code(Case(), EASY)
    world = World({1: 0.95, 2: 0.05, 3: 0.9})
    for number in range(60):
        world.answer(2, f"old {number}")
        world.answer(1, f"old {number}")
    rules = {"tried_percent": Decimal(20), "tried_extra_usd": Decimal("0.5")}
    case = Case(1, 2, found=lambda pk: world.book(code), **rules)
    ids = {one.reference: one.id for one in MODELS}
    assert case.order(EASY)[0] == "dear/strong"

    world.rates = replace_rate(world.rates, 2, 0.98)
    world.seen[2] = world.seen[2][:8]  # most of what was seen is past its time
    for number in range(1_200):
        chosen = case.order(EASY, request_id=f"new {number}")[0]
        world.answer(ids[chosen], number)

    late = [case.order(EASY, request_id=f"late {n}")[0] for n in range(40)]
    assert late.count("cheap/fair") > 25


def replace_rate(rates, pk, rate):
    return {**rates, pk: rate}
