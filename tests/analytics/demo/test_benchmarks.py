"""The sample data has benchmarks that people could have run."""

import pytest

from analytics.demo.benchmarked import CASES, SUITES, results
from analytics.demo.features import FEATURES, Part
from analytics.models import BenchmarkRun
from analytics.queries.benchmark_evidence import pair_evidence
from registry.models import AuditEntry
from tests.analytics.demo.conftest import ENDS_AT


@pytest.fixture
def runs(load_sample):
    return BenchmarkRun.objects.filter(organization=load_sample().organization)


def test_every_feature_has_cases_of_its_own():
    named = [key for suite in SUITES for key in suite.features]
    assert sorted(named) == sorted(one.key for one in FEATURES)


def test_the_same_seed_gives_the_same_scores():
    made = [results(SUITES[0], [Part.SMALL, Part.LARGE], 7) for _ in range(2)]
    assert made[0] == made[1]
    assert len(made[0][0]) == CASES


def test_runs_are_finished_in_the_past_with_costs_and_a_summary(runs):
    assert runs.count() == 3
    for run in runs:
        assert run.created_at < ENDS_AT
        assert run.summary["is_final"]
        assert not run.results.filter(cost_usd=None).exists()
        found = list(run.contenders.values_list("ai_model", flat=True))
        assert len(found) == len(set(found)) >= 5


def test_the_audit_log_dates_them_back(runs):
    made = AuditEntry.objects.filter(action="benchmark_suite.created")
    assert made.count() == 3
    assert all(one.at < ENDS_AT for one in made)


def test_small_models_hold_their_own_with_texts_and_fail_at_code(runs):
    names = ("openai/gpt-6-luna", "anthropic/claude-opus-5-5")
    run = runs.get(suite__key="code-and-plans")
    small, code = (run.contenders.get(reference=name).ai_model for name in names)
    organization = run.organization
    texts = pair_evidence(organization, small, code, suite="everyday-texts")
    assert texts.low > -0.02
    codes = pair_evidence(organization, small, code, suite="code-and-plans")
    assert codes.high < -0.05
