"""A run never costs more than it may: its limit, budgets, and what judges cost."""

from decimal import Decimal

import pytest

from analytics.models import RunState
from analytics.services.benchmark_runs import RunRefused, resume
from modelhub.gateway.benchmarking.worker import perform
from registry.models import ModelSetting
from registry.services.model_settings import enable_model
from tests.factories import AIModelFactory
from tests.gateway.benchmarking.suites import new_suite, results, started, states
from tests.gateway.stage import know
from tests.upstream import openai_wire

COST = Decimal("0.0000584")


def judged_by(reference: str) -> dict:
    return {"kind": "judge", "models": [reference], "rubric": "Is it kind?"}


def test_an_estimate_above_the_limit_is_refused(staged):
    stage = staged()
    suite = new_suite(stage.organization)

    with pytest.raises(RunRefused, match=r"more than the limit of \$0\.00"):
        started(suite, *stage.places, limit_usd=Decimal("0.0001"))

    assert not suite.runs.exists()


def test_a_limit_that_nobody_can_keep_is_refused(staged):
    stage = staged()
    unpriced = AIModelFactory(
        provider=stage.places[0].ai_model.provider, model_name="unpriced"
    )
    enable_model(ai_model=unpriced, organization=stage.organization, actor=None)
    suite = new_suite(stage.organization)

    with pytest.raises(RunRefused, match="cost is not known"):
        started(suite, contenders=[unpriced.reference], limit_usd=Decimal(1))


def test_a_budget_with_less_left_is_refused_unless_somebody_says_so(staged):
    stage = staged()
    ModelSetting.objects.update(monthly_limit_usd=Decimal("0.0001"))
    suite = new_suite(stage.organization)

    with pytest.raises(RunRefused, match="Raise the budget"):
        started(suite, *stage.places)

    assert started(suite, *stage.places, ignores_budgets=True).calls == 5


def test_a_used_up_budget_pauses_the_run_and_its_rows_wait(staged):
    stage = staged()
    suite = new_suite(stage.organization)
    run = started(suite, *stage.places)
    ModelSetting.objects.update(monthly_limit_usd=Decimal("0.0001"))
    know()

    perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.PAUSED
    assert "monthly limit" in run.problem
    assert states(run) == {"waiting": 5}
    assert stage.places[0].upstream.requests == []


def test_a_limit_that_is_reached_pauses_and_a_higher_one_goes_on(staged):
    stage = staged()
    run = started(new_suite(stage.organization), *stage.places, concurrency=1)
    limit = Decimal("0.0102")
    type(run).objects.filter(pk=run.pk).update(limit_usd=limit)

    perform(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.PAUSED
    assert "is reached" in run.problem
    done = results(run, state="done")
    assert 0 < done.count() < 5
    assert sum(one.cost_usd for one in done) <= limit
    assert len(stage.places[0].upstream.requests) == done.count()

    assert resume(run, by=None, limit_usd=Decimal(1))
    perform(run.pk)

    assert states(run) == {"done": 5}
    assert len(stage.places[0].upstream.requests) == 5


def test_judges_are_asked_and_counted(staged):
    stage = staged()
    judge = stage.add()
    know()
    reference = judge.ai_model.reference
    suite = new_suite(
        stage.organization,
        3,
        scorers=[
            {"kind": "contains"},
            {"kind": "judge", "models": [reference], "rubric": "Is it kind?"},
        ],
    )
    run = started(suite, stage.places[0])

    perform(run.pk)

    assert states(run) == {"done": 3}
    assert len(judge.upstream.requests) >= 3
    one = results(run).first()
    assert one.judge_cost_usd > 0
    # “Hello there.” is no judgement: it does not count, and the other scorer does.
    assert [score["value"] for score in one.scores] == [1.0, None]
    assert one.score == 1.0


def test_what_a_judge_cost_that_gave_no_verdict_is_counted(staged, monkeypatch):
    monkeypatch.setattr("modelhub.gateway.benchmarking.fates.FIRST_WAIT_S", 0.0)
    cut = openai_wire.stream("I would", " say").but(cut_after=2)
    stage = staged()
    judge = stage.add(lambda _: cut, connection={"max_retries": 0})
    know()
    suite = new_suite(
        stage.organization, 1, scorers=[judged_by(judge.ai_model.reference)]
    )
    run = started(suite, stage.places[0])

    perform(run.pk)

    one = results(run).get()
    assert (one.state, one.score) == ("done", None)
    asked = [row for row in stage.rows() if row.ai_model_id == judge.ai_model.pk]
    assert len(asked) > 1
    assert one.judge_cost_usd == sum(row.cost_usd for row in asked) > 0


def test_what_judges_may_cost_is_in_the_estimate(staged):
    stage = staged()
    reference = stage.places[0].ai_model.reference
    plain = new_suite(stage.organization, 3)
    judged = new_suite(
        stage.organization,
        3,
        key="judged",
        scorers=[judged_by(reference)],
    )

    runs = [started(suite, *stage.places) for suite in (plain, judged)]

    assert runs[1].estimate_usd > runs[0].estimate_usd
