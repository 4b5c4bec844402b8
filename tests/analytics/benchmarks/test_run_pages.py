"""A run on its pages: chosen, estimated, started, looked at, paused, resumed, ended."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import BenchmarkRun, BenchmarkSuite, ResultState, RunState
from analytics.services.benchmark_summaries import refresh
from registry.models import AuditEntry, ModelSetting
from tests.analytics.benchmarks.finished import a_run, answered
from tests.analytics.benchmarks.suites import make_case, make_suite
from tests.factories import ConnectionFactory, ProviderFactory, enabled_model

NEW = "/benchmarks/runs/new/"
LIVE = [RunState.WAITING, RunState.RUNNING, RunState.PAUSED]


def fragment(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def choice(*models, **given) -> dict:
    return {
        "suite": "capitals",
        "models": [one.reference for one in models],
        "repetitions": 1,
        "concurrency": 4,
        **given,
    }


@pytest.fixture
def suite(organization) -> BenchmarkSuite:
    made = make_suite(organization, "Capitals", scorers=[{"kind": "contains"}])
    for country, city in (("France", "Paris"), ("Peru", "Lima")):
        make_case(made, f"Capital of {country}?", country.lower(), expected=city)
    return made


@pytest.fixture
def models(organization) -> list:
    """Two that can be called."""
    provider = ProviderFactory(slug="acme")
    url = "http://127.0.0.1:9/v1"
    ConnectionFactory(organization=organization, provider=provider, base_url=url)
    return [
        enabled_model(organization, provider=provider, model_name=name)
        for name in ("small", "large")
    ]


@pytest.fixture
def going(suite) -> BenchmarkRun:
    """At work for half a minute: five of eight answers are there, one failed."""
    for number in (1, 2):
        make_case(suite, f"More {number}?", f"more-{number}", expected="Yes")
    began = timezone.now() - datetime.timedelta(seconds=30)
    run = a_run(suite, state=RunState.RUNNING, started_at=began, finished_at=None)
    answered(run, {"acme/small": [1, 1, 1, None], "acme/large": [1, 0, 1, 1]})
    run.results.filter(state=ResultState.FAILED).update(finished_at=timezone.now())
    left = run.results.filter(contender__position=2).values_list("pk")[:3]
    run.results.filter(pk__in=left).update(
        state=ResultState.WAITING, finished_at=None, cost_usd=None
    )
    BenchmarkRun.objects.filter(pk=run.pk).update(limit_usd=Decimal(5))
    run.refresh_from_db()
    return run


def page_of(run: BenchmarkRun, *more: str) -> str:
    return "/".join([f"/benchmarks/runs/{run.number}", *more, ""])


def test_without_a_suite_the_next_step_is_said(editor):
    assert "There is no suite yet to run." in editor.get(NEW).text


def test_the_form_offers_suites_and_enabled_models(editor, suite, models):
    said = editor.get(NEW, {"suite": "capitals", "models": "acme/large"}).text

    assert '<option value="capitals" selected>' in said
    assert 'value="acme/large" checked>' in said
    assert 'value="acme/small">' in said
    assert "2 answers: 2 cases × 1 model." in said


def test_models_are_found_and_those_chosen_stay(editor, suite, models):
    asked = {"q": "large", "models": "acme/small"}

    said = editor.get(NEW, asked, headers=fragment("run-models")).text

    assert 'value="acme/small" checked>' in said
    assert 'value="acme/large">' in said
    assert "<html" not in said


def test_the_estimate_follows_the_choice(editor, suite, models):
    given = choice(*models, repetitions=3)

    said = editor.get(NEW, given, headers=fragment("run-estimate")).text

    assert "<html" not in said
    assert "12 answers: 2 cases × 2 models × 3." in said
    assert "about $" in said
    assert "disabled" not in said


def test_a_limit_below_the_estimate_is_told_beforehand(editor, suite, models):
    given = choice(*models, limit_usd="0.0001")

    said = editor.get(NEW, given, headers=fragment("run-estimate")).text

    assert "more than the limit of $0.00" in said
    assert "disabled" in said
    refused = editor.post(NEW, given)
    assert refused.status_code == 422
    assert "more than the limit of $0.00" in refused.text
    assert not BenchmarkRun.objects.exists()


def test_a_model_that_cannot_be_called_is_told_beforehand(editor, suite, organization):
    lonely = enabled_model(organization, model_name="lonely")

    said = editor.get(NEW, choice(lonely), headers=fragment("run-estimate")).text

    assert "cannot be called" in said
    assert "disabled" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"suite": ""}, "Choose a suite"),
        ({"models": []}, "Choose at least one model"),
        ({"repetitions": 0}, "greater than or equal to 1"),
        ({"concurrency": 10_000}, "less than or equal to 256"),
        ({"limit_usd": "much"}, "Enter a number"),
        ({"models": ["acme/unknown"]}, "no model that you can see"),
    ],
    ids=["no suite", "no model", "no repetition", "too many", "no limit", "unknown"],
)
def test_a_wrong_choice_is_told_and_starts_nothing(editor, suite, models, given, said):
    response = editor.post(NEW, choice(*models) | given)

    assert response.status_code == 422
    assert said in response.text
    assert not BenchmarkRun.objects.exists()


def test_a_start_leads_to_the_page_of_the_run(editor, suite, models):
    response = editor.post(NEW, choice(*models, limit_usd="2.5"), follow=True)

    assert response.redirect_chain == [("/benchmarks/runs/1/", 302)]
    assert "waiting for a worker" in response.text
    assert "0 of 4 answers" in response.text
    run = BenchmarkRun.objects.get()
    assert (run.limit_usd, run.calls) == (Decimal("2.5"), 4)
    assert AuditEntry.objects.filter(action="benchmark_run.started").exists()


def test_two_runs_of_one_suite_go_side_by_side(editor, suite, models):
    for _ in range(2):
        assert editor.post(NEW, choice(*models)).status_code == 302

    numbers = BenchmarkRun.objects.order_by("number").values_list("number", "calls")
    assert list(numbers) == [(1, 4), (2, 4)]
    assert "0 of 4 answers" in editor.get("/benchmarks/runs/2/").text


def test_a_run_larger_than_the_budget_starts_only_if_somebody_says_so(
    editor, suite, models
):
    ModelSetting.objects.update(monthly_limit_usd=Decimal("0.0001"))

    refused = editor.post(NEW, choice(*models))

    assert refused.status_code == 422
    assert "Raise the budget" in refused.text
    assert "Start anyway" in refused.text
    assert not BenchmarkRun.objects.exists()
    allowed = editor.post(NEW, choice(*models, ignores_budgets="on"))
    assert allowed.status_code == 302


def test_a_run_is_done_again_with_the_same_choice(editor, suite, models):
    editor.post(NEW, choice(models[1], repetitions=2, limit_usd="3", temperature="0.5"))

    said = editor.get(NEW, {"from": "1"}).text

    assert 'value="acme/large" checked>' in said
    assert "4 answers: 2 cases × 1 model × 2." in said
    assert 'name="limit_usd" value="3"' in said
    assert 'name="temperature" value="0.5"' in said


def test_the_progress_says_how_far_how_quick_how_long_and_how_dear(editor, going):
    said = editor.get(page_of(going, "progress")).text

    assert "<html" not in said
    assert "5 of 8 answers" in said
    assert "62%" in said
    assert '<progress class="progress" max="8" value="5"' in said
    assert "less than a minute left" in said
    assert "a minute</span>" in said
    assert "$0.0050 of $5.00" in said or "$0.005 of $5.00" in said
    assert "1 error<" in said
    assert "every 2s" in said


def test_a_run_that_is_over_asks_for_itself_no_more(editor, going):
    BenchmarkRun.objects.filter(pk=going.pk).update(state=RunState.DONE)

    said = editor.get(page_of(going, "progress")).text

    assert "every 2s" not in said
    assert "Cancel run" not in said


def test_a_run_is_paused_and_resumed_with_another_limit(editor, going):
    editor.post(page_of(going, "pause"))
    going.refresh_from_db()
    assert going.state == RunState.PAUSED
    assert 'id="run-resume"' in editor.get(page_of(going)).text

    editor.post(page_of(going, "resume"), {"limit_usd": "9"})

    going.refresh_from_db()
    assert (going.state, going.limit_usd) == (RunState.WAITING, Decimal(9))
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert {"benchmark_run.paused", "benchmark_run.resumed"} <= set(actions)


def test_a_run_that_paused_for_money_says_so_and_asks_for_a_limit(editor, going):
    BenchmarkRun.objects.filter(pk=going.pk).update(
        state=RunState.PAUSED, problem="The limit of $5.00 is reached."
    )

    said = editor.get(page_of(going)).text

    assert "The limit of $5.00 is reached." in said
    assert 'name="limit_usd"' in said
    wrong = editor.post(page_of(going, "resume"), {"limit_usd": "lots"}, follow=True)
    assert "The limit is an amount from $0 on." in wrong.text
    going.refresh_from_db()
    assert going.state == RunState.PAUSED


def test_a_run_is_cancelled_and_what_was_answered_stays(editor, going):
    editor.post(page_of(going, "cancel"))

    going.refresh_from_db()
    assert going.state == RunState.CANCELLED
    assert going.results.filter(state=ResultState.DONE).count() == 4
    assert going.results.filter(state=ResultState.SKIPPED).count() == 3
    again = editor.post(page_of(going, "cancel"), follow=True)
    assert "This run is over already." in again.text


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_cannot_be_done_any_more_is_said(editor, going, verb):
    BenchmarkRun.objects.update(state=RunState.DONE)

    said = editor.post(page_of(going, verb), follow=True).text

    assert "This run is not" in said


def test_when_all_calls_fail_the_page_says_why(editor, suite):
    run = a_run(suite, state=RunState.FAILED, problem="No model answered. No such key.")
    answered(run, {"acme/small": [None, None]}, error="No such key.")
    refresh(run)

    said = editor.get(page_of(run)).text

    assert "No model answered. No such key." in said
    assert "2 × No such key." in said
    assert "2 errors" in said


def test_a_model_removed_in_mid_run_is_named_with_the_reason(editor, going):
    going.contenders.filter(position=2).update(
        ai_model=None, problem="acme/large is not enabled any more."
    )

    said = editor.get(page_of(going)).text

    assert "acme/large was not asked further." in said
    assert "is not enabled any more" in said


@pytest.mark.parametrize("state", LIVE)
def test_who_may_only_look_gets_no_buttons(viewer, going, state):
    BenchmarkRun.objects.update(state=state)

    said = viewer.get(page_of(going)).text

    assert "5 of 8 answers" in said
    assert "run-cancel" not in said
    assert "run-pause" not in said
    assert viewer.post(page_of(going, "cancel")).status_code == 403
    assert viewer.get(NEW).status_code == 403


def test_a_run_of_another_organisation_is_none(stranger, going):
    assert stranger.get(page_of(going)).status_code == 404
    assert stranger.get(page_of(going, "progress")).status_code == 404
    assert stranger.post(page_of(going, "pause")).status_code == 404


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_a_link_changes_nothing(editor, going, verb):
    assert editor.get(page_of(going, verb)).status_code == 405
