"""The list, one recommendation taken apart, and the buttons below it."""

import csv
import io
import json

import pytest
from django.urls import reverse

from recommender.models import RecommendationState, RecommendedShare
from recommender.services.recommendation_looks import look_now
from recommender.services.recommendation_writing import write_recommendations
from registry.queries.assignments import current_revision
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import FeatureFactory
from tests.recommender.recommending.working import at_work, priced

URL = "/recommendations/"


def address(name, one):
    return reverse(f"recommender:recommendation_{name}", args=[one.pk])


def test_an_open_suggestion_stands_in_the_list_with_its_interval(editor, suggestion):
    page = editor.get(URL).text
    assert "openai/dear" in page
    assert "openai/cheap" in page
    assert f"${suggestion.saving_usd:,.2f}" in page
    assert "Not worse" in page
    assert "shown to be no worse" in page


@pytest.mark.parametrize("state", ["snoozed", "applied", "dismissed", "outdated"])
def test_other_states_have_lists_of_their_own(editor, suggestion, state):
    page = editor.get(URL, {"state": state}).text
    assert "None here." in page


def test_words_and_evidence_filter(editor, suggestion):
    assert "openai/cheap" in editor.get(URL, {"q": "support"}).text
    assert "Nothing matches." in editor.get(URL, {"q": "elsewhere"}).text
    assert "Nothing matches." in editor.get(URL, {"evidence": "untested"}).text


def test_a_filter_that_makes_no_sense_is_said(editor):
    page = editor.get(URL, {"state": "nonsense"})
    assert page.status_code == 422
    assert "State:" in page.text


def test_a_fragment_is_the_results_alone(editor, suggestion):
    headers = {"HX-Request": "true", "HX-Target": "recommendations-results"}
    page = editor.get(URL, headers=headers).text
    assert "<h1>" not in page
    assert "openai/cheap" in page


def test_no_data_at_all_says_the_next_step(editor, organization):
    assert "Nobody has looked yet." in editor.get(URL).text
    look_now(organization)
    page = editor.get(URL).text
    assert "No feature can be judged yet." in page


def test_one_model_only_has_nothing_to_change(editor, organization):
    at_work(organization, priced(organization, "only", "1", "2"))
    look_now(organization)
    page = editor.get(URL).text
    assert "Nothing to change." in page
    share = RecommendedShare.objects.get()
    assert (share.judged, share.on_recommended) == (1, 1)


def test_the_score_is_taken_apart_part_by_part(editor, suggestion):
    page = editor.get(suggestion.get_absolute_url()).text
    for part in ("Suitability", "Quality", "Latency", "Reliability", "Cost"):
        assert part in page
    assert "Not worse by more than 2.0 points" in page
    assert "Costs $" in page
    assert "every call priced anew" in page


def test_what_was_dismissed_tells_who_and_why(editor, suggestion):
    editor.post(address("dismiss", suggestion), {"reason": "Wrong tone"})
    page = editor.get(suggestion.get_absolute_url()).text
    assert "“Wrong tone”" in page
    assert "Open it again" in page


def test_apply_assigns_and_its_undo_brings_it_back(editor, suggestion, support):
    page = editor.post(address("apply", suggestion), follow=True).text
    assert f"{support.name} is on openai/cheap now." in page
    assert address("undo", suggestion) in page
    assert current_revision(support).ai_model.model_name == "cheap"
    editor.post(address("undo", suggestion))
    assert current_revision(support).ai_model.model_name == "dear"


def test_a_refusal_is_said_on_the_page(editor, suggestion, cheap):
    cheap.settings.update(is_enabled=False)
    page = editor.post(address("apply", suggestion))
    assert page.status_code == 409
    assert "openai/cheap is not enabled." in page.text


def test_dismissing_without_a_reason_is_refused(editor, suggestion):
    page = editor.post(address("dismiss", suggestion), {"reason": ""})
    assert page.status_code == 409
    assert "Say why" in page.text


def test_snoozed_and_opened_again(editor, suggestion):
    editor.post(address("snooze", suggestion), {"days": "30"})
    suggestion.refresh_from_db()
    assert suggestion.state == RecommendationState.SNOOZED
    editor.post(address("reopen", suggestion))
    suggestion.refresh_from_db()
    assert suggestion.state == RecommendationState.OPEN


@pytest.mark.parametrize("what", ["apply", "undo", "snooze", "dismiss", "reopen"])
def test_a_viewer_decides_nothing_and_a_stranger_sees_nothing(
    viewer, stranger, suggestion, what
):
    assert viewer.post(address(what, suggestion)).status_code == 403
    assert stranger.post(address(what, suggestion)).status_code == 404
    assert stranger.get(suggestion.get_absolute_url()).status_code == 404


def test_a_viewer_is_shown_no_buttons(viewer, suggestion):
    page = viewer.get(suggestion.get_absolute_url()).text
    assert address("apply", suggestion) not in page
    assert viewer.post(URL + "look/").status_code == 403


def test_a_benchmark_is_one_click_away_with_suite_and_models_chosen(
    editor, organization, support, dear, cheap
):
    suite = a_suite(organization, 12)
    write_recommendations(organization)
    one = support.recommendations.get()
    page = editor.get(URL).text
    assert "Run a benchmark" in page
    answer = editor.get(address("benchmark", one))
    assert answer.url == (
        f"/benchmarks/runs/new/?suite={suite.key}"
        "&models=openai%2Fdear&models=openai%2Fcheap"
    )
    form = editor.get(answer.url).text
    assert 'value="openai/cheap" checked' in form or "openai/cheap" in form


def test_without_a_suite_the_button_leads_to_the_suites(editor, organization, support):
    write_recommendations(organization)
    answer = editor.get(address("benchmark", support.recommendations.get()))
    assert answer.url == "/benchmarks/"


def test_downloads_have_the_same_figures(editor, suggestion):
    lines = list(csv.DictReader(io.StringIO(editor.get(URL + "export.csv").text)))
    assert lines[0]["proposed_model"] == "openai/cheap"
    assert lines[0]["saving_usd"] == str(suggestion.saving_usd)
    (told,) = json.loads(editor.get(URL + "export.json").content)
    assert told["details"]["proposed"]["model"] == "openai/cheap"
    assert editor.get(URL + "export.json", {"q": "elsewhere"}).json() == []


def test_the_overview_and_the_features_show_what_waits(editor, suggestion, support):
    assert "a month in savings are waiting" in editor.get("/").text
    assert suggestion.get_absolute_url() in editor.get(support.get_absolute_url()).text
    assert suggestion.get_absolute_url() in editor.get("/features/?view=cards").text


def test_candidates_of_a_feature_with_reasons_and_exclusions(
    editor, organization, support
):
    priced(organization, "short", "1", "2", context_window=1_000)
    page = editor.get(f"/recommendations/features/{support.key}/").text
    assert "In use" in page
    assert "is too small for some of the requests" in page
    wrong = editor.get(f"/recommendations/features/{support.key}/", {"use_case": "x"})
    assert wrong.status_code == 422
    assert editor.get("/recommendations/features/none/").status_code == 404


def test_a_candidate_without_cases_leads_to_a_benchmark_of_both(
    editor, organization, support
):
    a_suite(organization, 12)
    page = editor.get(f"/recommendations/features/{support.key}/").text
    assert "models=openai%2Fdear&amp;models=openai%2Fcheap" in page


def test_a_candidate_that_is_shown_to_be_worse_says_by_how_much(
    editor, organization, support, dear, cheap
):
    run = a_run(a_suite(organization, 60))
    answered(run, {dear: [1.0] * 60, cheap: [0.0, 1.0] * 30})
    page = editor.get(f"/recommendations/features/{support.key}/").text
    assert "Shown to be worse: −50.0 points" in page


def test_a_feature_without_candidates_is_answered_in_words(editor, organization):
    FeatureFactory(organization=organization, key="lonely")
    page = editor.get("/recommendations/features/lonely/").text
    assert "There are no models yet." in page


def test_the_list_asks_as_much_for_many_as_for_one(
    editor, organization, suggestion, dear, django_assert_max_num_queries
):
    for number in range(4):
        at_work(organization, dear, key=f"more-{number}")
    write_recommendations(organization)
    with django_assert_max_num_queries(30):
        assert editor.get(URL).text.count("Take it apart") == 5
