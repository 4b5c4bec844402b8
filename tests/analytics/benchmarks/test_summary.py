"""A summary says what the answers of a run are worth together."""

from decimal import Decimal

import pytest

from analytics.benchmarking.answers import Answer, Asked, Entrant
from analytics.benchmarking.summary import Results, summarise


def answer(model, case, score, **facts):
    return Answer(
        **{
            "contender_id": model,
            "case_id": case,
            "state": "done" if score is not None else "failed",
            "score": score,
            "is_passed": None if score is None else score >= 0.7,
            "latency_ms": 200.0,
            "ttft_ms": 50.0,
            "output_tokens": 40,
            "cost_usd": Decimal("0.002"),
            "judge_cost_usd": None,
            "error_kind": "" if score is not None else "network",
            **facts,
        }
    )


def summary(columns, weights=None, tags=None, answers=()):
    """`columns`: scores of a model, a case each."""
    count = max(len(column) for column in columns)
    weights, tags = weights or [1.0] * count, tags or [()] * count
    made = [
        answer(model, case, score)
        for model, column in enumerate(columns, 1)
        for case, score in enumerate(column, 1)
    ]
    return summarise(
        Results(
            [Asked(n + 1, weights[n], tags[n]) for n in range(count)],
            [Entrant(n + 1, n + 1, f"test/m{n + 1}") for n in range(len(columns))],
            [*made, *answers],
        ),
        resamples=300,
    )


GOOD = [1.0] * 36 + [0.0] * 4
POOR = [1.0] * 14 + [0.0] * 26
OTHER = [0.0, 1.0] * 2 + [1.0] * 32 + [0.0] * 4


def test_models_that_cannot_be_told_apart_share_a_rank():
    made = summary([GOOD, POOR, OTHER])

    assert [one["rank"] for one in made["models"]] == [1, 3, 1]


def test_a_score_is_weighted_by_its_case():
    made = summary([[1.0, 0.0]], weights=[3.0, 1.0])

    assert made["models"][0]["score"]["value"] == pytest.approx(0.75)


def test_repetitions_of_a_case_are_one_trial():
    again = [answer(1, case, score) for case, score in enumerate(GOOD, 1)] * 4

    once, often = summary([GOOD]), summary([GOOD], answers=again)

    assert often["models"][0]["done"] == 5 * once["models"][0]["done"]
    assert often["models"][0]["score"] == once["models"][0]["score"]
    assert often["models"][0]["passed"]["count"] == 40


def test_a_call_without_answer_is_not_a_wrong_answer():
    made = summary([[1.0] * 20 + [None] * 5])
    (model,) = made["models"]

    assert model["score"]["value"] == 1
    assert (model["failed"], model["errors"]) == (5, {"network": 5})
    assert model["answered"]["share"] == pytest.approx(20 / 25)


def test_costs_are_exact_and_unknown_ones_said():
    free = [answer(1, case, 1.0, cost_usd=None) for case in (1, 2)]
    (model,) = summary([[1.0, 1.0, 0.0]], answers=free)["models"]

    assert Decimal(model["cost_usd"]) == Decimal("0.006")
    assert Decimal(model["cost_per_1000_usd"]) == 2
    assert Decimal(model["cost_per_success_usd"]) == Decimal("0.003")
    assert model["unpriced"] == 2


def test_nothing_priced_costs_nothing_known():
    made = summarise(
        Results([Asked(1)], [Entrant(1, 1, "t/m")], [answer(1, 1, 1.0, cost_usd=None)])
    )

    assert made["models"][0]["cost_usd"] is None
    assert made["front"] == []


def test_the_front_leaves_out_what_costs_more_for_less():
    dear = [answer(4, case, 0.0, cost_usd=Decimal("0.5")) for case in range(1, 41)]
    results = Results(
        [Asked(n) for n in range(1, 41)],
        [Entrant(1, 1, "a"), Entrant(4, 2, "b")],
        [answer(1, n, 1.0) for n in range(1, 41)] + dear,
    )

    assert summarise(results, 100)["front"] == [1]


def test_tags_have_scores_of_their_own():
    tags = [("maths",)] * 20 + [("words", "short")] * 20
    made = summary([GOOD, POOR], tags=tags)
    scores = {one["tag"]: one["scores"]["1"]["value"] for one in made["tags"]}

    assert scores == {"maths": 1.0, "short": 0.8, "words": 0.8}


def test_wins_are_counted_case_by_case():
    made = summary([[1.0, 0.5, 0.0, 1.0], [0.0, 0.5, 1.0, 0.0]])

    assert [one["wins"] for one in made["models"]] == [0.5, 0.25]
    assert made["ties"] == 0.25


def test_a_pair_says_how_many_more_cases_it_needs():
    (pair,) = summary([GOOD, OTHER])["pairs"]

    assert pair["difference"] == pytest.approx(0.05)
    assert pair["p_adjusted"] == 0.5
    assert 50 < pair["further_cases"] < 200


def test_a_run_without_answers_has_an_empty_summary():
    made = summarise(Results([Asked(1)], [Entrant(1, 1, "t/m")], []))

    assert made["models"][0]["score"] is None
    assert made["models"][0]["rank"] is None
    assert made["bargain"] is None
