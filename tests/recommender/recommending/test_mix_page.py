"""The optimal mix in the browser, and saved as a pack."""

import pytest

from registry.models import Pack
from registry.queries.assignments import current_revision
from registry.queries.packs import latest_version
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import FeatureFactory
from tests.recommender.recommending.working import at_work, priced

URL = "/recommendations/mix/"


@pytest.fixture
def two(organization, dear, cheap):
    """Two features at work on the dear model."""
    return [at_work(organization, dear, key=key) for key in ("support", "titles")]


def test_the_cheapest_mix_is_shown_before_and_after_and_proven(editor, two):
    page = editor.get(URL).text
    assert "proven optimal" in page
    assert "$12.00" in page
    assert "$2.64" in page
    assert "78.0% of now" in page


def test_at_most_one_change(editor, two):
    page = editor.get(URL, {"changes": "1", "loss": ""}).text
    assert "<small> of 2</small>" in page
    assert "$7.32" in page


def test_a_clash_says_which_limits_and_what_would_be_enough(editor, two):
    page = editor.get(URL, {"budget": "5", "changes": "1", "loss": ""}).text
    assert "These limits clash" in page
    assert "A budget of $5.00 a month: a budget of $7.32 a month would be" in page
    assert "At most 1 change" in page


def test_a_floor_that_nothing_reaches_names_the_feature(editor, two):
    page = editor.get(URL, {"floor": "99"}).text
    assert "left without any candidate" in page
    assert "and at least 99 are asked for" in page


def test_only_tested_candidates_where_asked(editor, organization, two, dear, cheap):
    assert "0<small> of 2" in editor.get(URL, {"tested": "on"}).text
    alike = [1.0, 0.75, 0.5, 1.0] * 15
    run = a_run(a_suite(organization, 60))
    answered(run, {dear: alike, cheap: [*alike[:-1], 0.95]})
    assert "2<small> of 2" in editor.get(URL, {"tested": "on"}).text


def test_what_benchmarks_show_to_be_worse_is_left_out_unless_so_much_may_be_lost(
    editor, organization, two, dear, cheap
):
    run = a_run(a_suite(organization, 60))
    answered(run, {dear: [0.9, 0.8] * 30, cheap: [0.8, 0.71] * 30})
    assert "0<small> of 2" in editor.get(URL, {"loss": "5"}).text
    assert "2<small> of 2" in editor.get(URL, {"loss": "20"}).text
    assert "2<small> of 2" in editor.get(URL, {"loss": "", "goal": "cheapest"}).text


def test_the_frontier_is_drawn_with_links_to_its_mixes(editor, organization, two):
    priced(organization, "best", "5", "20", rating=1480)
    page = editor.get(URL).text
    assert "What more quality costs" in page
    assert "goal=best&amp;budget=" in page


def test_saved_as_a_pack_nothing_is_switched_yet(editor, organization, two):
    answer = editor.post(URL + "save/", {"name": "Lean mix", "loss": "5"})
    assert answer.url == "/packs/lean-mix/switch/"
    entries = latest_version(Pack.objects.get(slug="lean-mix")).entries.all()
    assert {one.feature_key: one.model_reference for one in entries} == {
        "support": "openai/cheap",
        "titles": "openai/cheap",
    }
    assert current_revision(two[0]).ai_model.model_name == "dear"


def test_saved_twice_it_is_the_same_version(editor, two):
    for _ in range(2):
        editor.post(URL + "save/", {"name": "Lean mix", "loss": "5"})
    assert Pack.objects.get(slug="lean-mix").versions.count() == 1


def test_a_pack_needs_a_name_and_an_editor(editor, viewer, two):
    assert editor.post(URL + "save/", {"name": ""}).status_code == 422
    assert viewer.post(URL + "save/", {"name": "Mine"}).status_code == 403


def test_without_features_at_work_it_says_so(editor, organization):
    FeatureFactory(organization=organization)
    assert "Nothing to mix yet." in editor.get(URL).text


def test_a_feature_without_calls_stays_as_it_is(editor, organization, two):
    FeatureFactory(organization=organization, name="Idle")
    assert "Idle has no model." in editor.get(URL).text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("budget", "-5", "<strong>Budget a month, $:</strong> Write a number"),
        ("providers", "0", "<strong>Providers at most:</strong> Write a whole"),
        ("provider_limits", "openai", "<strong>Limits of providers:</strong> Write"),
        ("provider_limits", "nobody=0", "There is no provider “nobody”."),
        ("goal", "x", "<strong>Goal:</strong>"),
    ],
)
def test_limits_that_make_no_sense_are_refused(editor, two, name, value, says):
    page = editor.get(URL, {name: value})
    assert page.status_code == 422
    assert says in page.text


def test_a_provider_can_be_shut_out(editor, two):
    page = editor.get(URL, {"provider_limits": "openai=0"}).text
    assert "No mix fits all of it" in page
    assert "$0.00 a month at openai" in page


def test_the_slider_leads_to_the_mix_at_its_place(editor, two):
    cheapest = editor.get(f"{URL}?at=0&loss=")
    best = editor.get(f"{URL}?at=99&loss=")

    assert cheapest.status_code == best.status_code == 302
    assert "goal=best" in cheapest.url
    assert cheapest.url != best.url
    assert "Slide along the line" in editor.get(best.url).content.decode()


def test_a_place_that_makes_no_sense_is_left_aside(editor, two):
    assert editor.get(f"{URL}?at=soon").status_code == 200
