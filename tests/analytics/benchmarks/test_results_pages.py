"""The pages about what came of a run."""

import json

import pytest
from django.urls import reverse

from analytics.services.benchmark_summaries import refresh
from registry.models import AuditEntry
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import AIModelFactory

GOOD = [1.0] * 22 + [0.0, None]
POOR = [0.0] * 14 + [1.0] * 10


@pytest.fixture
def run(organization):
    run = a_run(a_suite(organization, 24, ["billing", "delivery"]))
    model = AIModelFactory(model_name="good-model")
    answered(run, {model: GOOD, "test/poor": POOR})
    refresh(run)
    return run


def page(browser, name, *arguments, **query):
    return browser.get(reverse(f"analytics:{name}", args=arguments), query)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rank", ["quality", "value", "speed", "nonsense"])
def test_the_leaderboard_ranks_as_asked(viewer, run, rank):
    response = page(viewer, "benchmark_results", run.number, rank=rank)

    assert response.status_code == 200
    assert "good-model" in text(response)
    assert "test/" in text(response)


def test_the_best_come_first_with_a_verdict(viewer, run):
    shown = text(page(viewer, "benchmark_results", run.number))

    assert shown.index("good-model") < shown.index("poor")
    assert "good-model is better than poor by" in shown
    assert "billing" in shown


def test_the_results_part_comes_alone_for_a_swap(viewer, run):
    response = viewer.get(
        reverse("analytics:benchmark_results", args=[run.number]),
        headers={"HX-Request": "true", "HX-Target": "benchmark-results"},
    )

    assert "<html" not in text(response)


def test_a_finished_run_is_not_asked_for_again(viewer, run):
    assert "every 5s" not in text(page(viewer, "benchmark_results", run.number))

    run.state = "running"
    run.save()

    assert "every 5s" in text(page(viewer, "benchmark_results", run.number))


def test_results_take_as_many_queries_for_more_answers(
    viewer, organization, run, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        page(viewer, "benchmark_results", run.number)


def test_a_run_without_a_summary_says_so(viewer, organization):
    run = a_run(a_suite(organization, 2))

    assert "No answer yet." in text(page(viewer, "benchmark_results", run.number))


def test_two_models_are_compared_in_words(viewer, run):
    shown = text(page(viewer, "benchmark_compare", run.number, a=1, b=2))

    assert "good-model is better by" in shown
    assert "good-model is not worse than poor by more than 2.0 points." in shown
    assert "exact McNemar" in shown
    assert "case-1<" in shown


def test_the_other_way_round_says_the_same(viewer, run):
    shown = text(page(viewer, "benchmark_compare", run.number, a=2, b=1, margin=5))

    assert "good-model is better by" in shown
    assert "poor may be worse than good-model by more than 5.0 points." in shown


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"a": 1, "b": 1}, 200, "One model is not two."),
        ({"a": 7, "b": 1}, 422, "This model is not in the run."),
        ({"margin": 3}, 422, ""),
        ({"after": "x"}, 422, ""),
    ],
)
def test_a_wrong_comparison_is_answered(viewer, run, query, status, words):
    response = page(viewer, "benchmark_compare", run.number, **query)

    assert response.status_code == status
    assert words in text(response)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"outcome": "unanswered"}, {"case-24"}),
        ({"outcome": "failed", "model": 1}, {"case-23"}),
        (
            {"outcome": "split", "tag": "billing"},
            {f"case-{n}" for n in range(2, 15, 2)},
        ),
    ],
)
def test_cases_are_filtered(viewer, run, query, keys):
    response = page(viewer, "benchmark_cases", run.number, **query)

    assert {line.case.key for line in response.context["page"].lines} == keys


def test_cases_come_a_page_at_a_time(viewer, run, monkeypatch):
    monkeypatch.setattr("analytics.queries.benchmark_cases.PAGE", 10)
    seen, after = [], ""
    for _ in range(3):
        shown = page(viewer, "benchmark_cases", run.number, after=after).context["page"]
        seen += [line.case.key for line in shown.lines]
        after = shown.next_after

    assert seen == [f"case-{n}" for n in range(1, 25)]
    assert after == ""


def test_a_wrong_filter_of_cases_is_answered(viewer, run):
    assert page(viewer, "benchmark_cases", run.number, after="1;2").status_code == 422


def test_a_case_shows_all_answers_and_their_difference(viewer, run):
    case = run.suite.cases.get(key="case-1")

    shown = text(page(viewer, "benchmark_case", run.number, case.pk))

    assert "openai/good-model says case-1" in shown
    assert "test/poor says case-1" in shown
    assert "<del>" in shown
    assert "Answer 1" in shown


def test_a_failed_call_says_why(viewer, run):
    case = run.suite.cases.get(key="case-24")

    assert "Gone." in text(page(viewer, "benchmark_case", run.number, case.pk))


def test_drift_compares_equal_cases_of_an_earlier_run(viewer, organization, run):
    later = a_run(run.suite)
    answered(later, {"test/poor": [1.0] * 24})
    refresh(later)

    shown = text(page(viewer, "benchmark_drift", later.number))

    assert "This run is better by" in shown
    assert "test/poor" in shown


def test_drift_leaves_out_cases_that_were_edited(viewer, run):
    later = a_run(a_suite(run.organization, 24))
    later.suite.cases.update(digest="0" * 64)
    answered(later, {"test/poor": [1.0] * 24})
    refresh(later)

    assert "No case is the same" in text(page(viewer, "benchmark_drift", later.number))


def test_drift_without_an_earlier_run_says_what_to_do(viewer, run):
    assert "No earlier run" in text(page(viewer, "benchmark_drift", run.number))
    unknown = page(viewer, "benchmark_drift", run.number, before=9)
    assert "No such earlier run" in text(unknown)


def test_every_answer_is_downloaded_and_formulas_are_harmless(viewer, run):
    run.results.filter(case__key="case-2").update(answer="=HYPERLINK(1)")

    response = page(viewer, "benchmark_download", run.number, "csv")
    lines = b"".join(response.streaming_content).decode().splitlines()

    assert lines[0].startswith("model,case,tags,weight")
    assert len(lines) == 1 + 48
    assert sum("'=HYPERLINK" in line for line in lines) == 2


def test_the_json_document_holds_exact_costs(viewer, run):
    response = page(viewer, "benchmark_download", run.number, "json")
    document = json.loads(b"".join(response.streaming_content))

    assert document["run"] == run.number
    assert len(document["results"]) == 48
    assert document["results"][0]["cost_usd"] == "0.001"


def test_a_link_is_made_seen_without_an_account_and_withdrawn(editor, client, run):
    editor.post(reverse("analytics:benchmark_share", args=[run.number]))
    run.refresh_from_db()
    address = reverse("analytics:benchmark_shared", args=[run.share_key])
    client.logout()

    shown = client.get(address)

    assert shown.status_code == 200
    assert "good-model" in text(shown)
    assert "says case-1" not in text(shown)
    assert shown["Referrer-Policy"] == "no-referrer"

    client.force_login(run.organization.memberships.first().user)
    editor.post(reverse("analytics:benchmark_unshare", args=[run.number]))
    assert client.get(address).status_code == 404
    actions = AuditEntry.objects.filter(object_type="benchmarkrun")
    assert {one.action for one in actions} == {
        "benchmark_run.shared",
        "benchmark_run.unshared",
    }
    assert str(run.share_key) not in str([one.after for one in actions])


def test_a_viewer_can_not_share(viewer, run):
    for name in ("benchmark_share", "benchmark_unshare"):
        address = reverse(f"analytics:{name}", args=[run.number])
        assert viewer.post(address).status_code == 403


PAGES = ["results", "compare", "cases", "drift"]


@pytest.mark.parametrize("name", PAGES)
def test_another_organisation_finds_nothing(stranger, run, name):
    assert page(stranger, f"benchmark_{name}", run.number).status_code == 404


def test_a_case_of_another_organisation_is_not_found(stranger, run):
    case = run.suite.cases.first()

    assert page(stranger, "benchmark_case", run.number, case.pk).status_code == 404
    assert page(stranger, "benchmark_download", run.number, "csv").status_code == 404
