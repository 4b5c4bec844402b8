"""People mark answers right or wrong; judges are held against them."""

import pytest
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from analytics.models import BenchmarkVerdict
from analytics.queries.benchmark_verdicts import against_people
from analytics.services.benchmark_summaries import refresh
from analytics.services.benchmark_verdicts import say_of
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import UserFactory

JUDGE = "test/judge"


def judged(run, values):
    """Gives each answer the value of one judge, in their order."""
    for result, value in zip(run.results.order_by("pk"), values, strict=True):
        judges = [{"model": JUDGE, "value": value, "reason": "", "note": ""}]
        result.scores = [
            {"kind": "judge", "value": value, "details": {"judges": judges}}
        ]
        result.save()


@pytest.fixture
def run(organization):
    run = a_run(a_suite(organization, 40))
    answered(run, {"test/one": [1.0] * 39 + [None]})
    judged(run, [0.9] * 25 + [0.2] * 15)
    return run


def results_of(run):
    return list(run.results.order_by("pk"))


def page(run) -> str:
    return f"/benchmarks/runs/{run.number}/results/"


def mark(client, run, result, verdict):
    at = f"/benchmarks/runs/{run.number}/answers/{result.pk}/verdict/"
    return client.post(at, {"verdict": verdict}, follow=True)


def test_an_answer_is_marked_changed_and_taken_back(editor, run):
    result = results_of(run)[0]

    shown = mark(editor, run, result, "right")
    assert "People: 1 right" in shown.text
    assert shown.redirect_chain[-1][0].endswith(f"#answer-{result.pk}")
    assert "People: 1 wrong" in mark(editor, run, result, "wrong").text
    assert "People:" not in mark(editor, run, result, "nothing").text
    assert not BenchmarkVerdict.objects.exists()


def test_what_is_no_verdict_or_no_answer_is_refused_in_words(editor, run):
    given, failed = results_of(run)[0], results_of(run)[-1]

    assert "Say whether the answer is right" in mark(editor, run, given, "maybe").text
    assert "no answer to judge" in mark(editor, run, failed, "right").text
    assert not BenchmarkVerdict.objects.exists()


def test_others_mark_nothing(viewer, stranger, run):
    result = results_of(run)[0]

    assert mark(viewer, run, result, "right").status_code == 403
    assert mark(stranger, run, result, "right").status_code == 404
    case = f"/benchmarks/runs/{run.number}/cases/{result.case_id}/"
    assert "Is it right?" not in viewer.get(case).text


def test_a_judge_is_held_against_people_as_statsmodels_does(run):
    person = UserFactory()
    for number, result in enumerate(results_of(run)[:39]):
        say_of(result=result, person=person, is_right=number < 28)

    found = against_people(run)

    name, agreement = found.lines[0]
    assert (name, agreement.count, found.judged) == (JUDGE, 39, 39)
    low, high = proportion_confint(36, 39, method="wilson")
    assert agreement.rate.low == pytest.approx(low)
    assert agreement.rate.high == pytest.approx(high)
    kappa = cohens_kappa([[25, 0], [3, 11]]).kappa
    assert agreement.kappa == pytest.approx(kappa)
    assert agreement.is_enough


def test_answers_on_which_people_are_even_count_for_nobody(run):
    result = results_of(run)[0]
    say_of(result=result, person=UserFactory(), is_right=True)
    say_of(result=result, person=UserFactory(), is_right=False)

    assert against_people(run).judged == 0


def test_the_results_say_how_far_judges_agree_with_people(editor, run):
    refresh(run)
    assert (
        "Nobody has marked an answer right or wrong yet" in editor.get(page(run)).text
    )

    mark(editor, run, results_of(run)[0], "right")
    said = editor.get(page(run)).text

    assert f"{JUDGE} and people" in said
    assert "They agree on 100% of 1" in said
    assert "too few to rely on, 29 more needed" in said


def test_two_judges_are_held_against_each_other(editor, run):
    for result in results_of(run):
        judges = [{"model": f"test/{name}", "value": 1.0} for name in ("a", "b")]
        result.scores = [{"kind": "judge", "value": 1.0, "details": {"judges": judges}}]
        result.save()
    refresh(run)

    said = editor.get(page(run)).text

    assert "test/a and test/b" in said
    assert "They agree on 100% of 39" in said


def test_a_run_without_judges_speaks_of_none(editor, organization):
    run = a_run(a_suite(organization, 2))
    answered(run, {"test/one": [1.0, 0.0]})
    refresh(run)

    assert "Judges and people" not in editor.get(page(run)).text
