"""Finished runs are evidence about models, case by case."""

import pytest
from django.urls import reverse

from analytics.models import RunState
from analytics.queries.benchmark_evidence import model_evidence, pair_evidence
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import AIModelFactory, OrganizationFactory

GOOD = [1.0] * 18 + [0.5, None]
POOR = [0.5] * 20


@pytest.fixture
def models(db):
    return AIModelFactory(model_name="good"), AIModelFactory(model_name="poor")


def finished(organization, scores, tags=(), **facts):
    run = a_run(a_suite(organization, 20, tags), **facts)
    answered(run, scores)
    return run


def test_a_pair_is_compared_over_shared_cases(organization, models):
    good, poor = models
    finished(organization, {good: GOOD, poor: POOR})

    found = pair_evidence(organization, good, poor)

    assert found.cases == 19
    assert found.difference == pytest.approx(9 / 19)
    assert 0 < found.low < found.difference < found.high
    assert found.p_value < 0.01
    assert len(found.suites) == 1


def test_the_other_way_round_has_the_other_sign(organization, models):
    good, poor = models
    finished(organization, {good: GOOD, poor: POOR})

    there = pair_evidence(organization, good, poor)
    back = pair_evidence(organization, poor, good)

    assert back.difference == pytest.approx(-there.difference)
    assert back.low == pytest.approx(-there.high, abs=0.03)


def test_models_of_two_runs_are_paired_by_the_content_of_cases(organization, models):
    good, poor = models
    finished(organization, {good: GOOD})
    finished(organization, {poor: POOR})

    assert pair_evidence(organization, good, poor).cases == 19


def test_edited_cases_are_other_cases(organization, models):
    good, poor = models
    finished(organization, {good: GOOD})
    run = finished(organization, {poor: POOR})
    for case in run.suite.cases.all():
        run.suite.cases.filter(pk=case.pk).update(digest=f"{case.pk:064d}")

    assert pair_evidence(organization, good, poor) is None


@pytest.mark.parametrize(
    "state", [RunState.RUNNING, RunState.CANCELLED, RunState.FAILED, RunState.PAUSED]
)
def test_only_finished_runs_count(organization, models, state):
    finished(organization, {models[0]: GOOD}, state=state)

    assert model_evidence(organization, models[0]) is None


def test_another_organisation_tells_nothing(organization, models):
    finished(organization, {models[0]: GOOD, models[1]: POOR})
    other = OrganizationFactory()

    assert model_evidence(other, models[0]) is None
    assert pair_evidence(other, *models) is None


def test_a_model_is_known_by_tag_and_suite(organization, models):
    run = finished(organization, {models[0]: GOOD}, ["a", "b"])

    assert model_evidence(organization, models[0], tag="a").cases == 9
    assert model_evidence(organization, models[0], suite=run.suite.key).cases == 19
    assert model_evidence(organization, models[0], suite="other") is None


def test_several_runs_of_a_case_are_one_case(organization, models):
    suite = a_suite(organization, 20)
    for scores in ([1.0] * 20, [0.0] * 20):
        answered(a_run(suite), {models[0]: scores})

    found = model_evidence(organization, models[0])

    assert (found.cases, found.runs) == (20, 2)
    assert found.score.value == pytest.approx(0.5)
    assert found.speed > 0


def test_the_model_page_shows_documented_beside_measured(viewer, organization, models):
    finished(organization, {models[0]: GOOD})
    address = reverse("analytics:model_performance", args=["openai", "good"])

    shown = viewer.get(address).content.decode()

    assert "Accuracy, documented" in shown
    assert "97.4 of 100" in shown
    assert "Reliability, in benchmarks" in shown


def test_a_model_that_was_never_benchmarked_says_nothing_of_it(viewer, models):
    address = reverse("analytics:model_performance", args=["openai", "poor"])

    assert "documented" not in viewer.get(address).content.decode()
