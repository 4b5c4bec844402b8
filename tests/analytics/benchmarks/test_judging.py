"""How far judges agree is read from what each of them said."""

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from analytics.benchmarking.judging import judge_agreement
from analytics.services.benchmark_summaries import refresh
from tests.analytics.benchmarks.finished import a_run, a_suite, answered


def judged(*values, **facts):
    judges = [
        {"model": f"test/judge-{number}", "value": value, **facts}
        for number, value in enumerate(values)
    ]
    return [{"kind": "judge", "value": 1.0, "details": {"judges": judges}}]


def test_kappa_is_that_of_statsmodels():
    table = [[30, 6], [4, 20]]
    results = [judged(1.0, 1.0)] * 30 + [judged(1.0, 0.0)] * 6
    results += [judged(0.0, 1.0)] * 4 + [judged(0.0, 0.0)] * 20

    found = judge_agreement(results)

    assert found["agree"] == pytest.approx(50 / 60)
    assert found["kappa"] == pytest.approx(cohens_kappa(np.array(table)).kappa)


def test_a_verdict_that_cannot_be_read_does_not_disagree():
    found = judge_agreement([judged(1.0, None), judged(0.0, 0.2)])

    assert (found["agree"], found["unread"], found["verdicts"]) == (1, 1, 4)


def test_one_judge_agrees_with_nobody():
    found = judge_agreement([judged(1.0), judged(0.0)])

    assert (found["agree"], found["kappa"]) == (None, None)


def test_the_order_of_answers_that_changes_a_verdict_is_counted():
    results = [judged(0.5, orders=[1.0, 0.0], position_bias=True)]
    results += [judged(1.0, orders=[1.0, 1.0], position_bias=False)] * 3

    assert judge_agreement(results)["biased"] == 0.25


def test_without_judges_there_is_nothing_to_say():
    assert judge_agreement([[{"kind": "exact", "value": 1.0}], []]) == {}


def test_the_summary_of_a_run_says_how_far_its_judges_agree(organization):
    run = a_run(a_suite(organization, 12))
    answered(run, {"test/one": [1.0] * 12})
    run.results.update(scores=judged(1.0, 0.9))

    assert refresh(run)["judge"]["agree"] == 1
