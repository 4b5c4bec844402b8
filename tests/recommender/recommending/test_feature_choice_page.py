"""How the model of a feature is chosen: set, previewed and taken back on its page."""

import pytest

from registry.models import AuditEntry
from registry.services.automatic_choices import set_automatic_choice
from tests.factories import ConnectionFactory, FeatureFactory
from tests.recommender.recommending.working import at_work, priced

URL = "/recommendations/features/support/choice/"
TYPED = {
    "policy": "cheapest",
    "pool": "assigned",
    "accuracy": "",
    "tried_percent": "0",
    "tried_extra_usd": "0",
    "scarce_percent": "10",
    "keeps_conversations": "on",
    "avoids_busy": "on",
    "hurries": "on",
}


@pytest.fixture
def dear(organization):
    scores = {"overall": {"score": 1400}, "hard_prompts": {"score": 1500}}
    model = priced(organization, "dear", "2", "10")
    model.ratings = scores
    model.save()
    ConnectionFactory(organization=organization, provider=model.provider)
    return model


@pytest.fixture
def cheap(organization, dear):
    model = priced(organization, "cheap", "0.5", "1")
    model.ratings = {"hard_prompts": {"score": 1450}}
    model.save()
    return model


@pytest.fixture
def support(organization, dear, cheap):
    return at_work(organization, dear)


def typed(feature, **changed):
    return {**TYPED, "expected_version": str(feature.version), **changed}


def test_it_is_off_at_first_and_the_feature_page_says_so(editor, support):
    page = editor.get(URL)
    assert page.status_code == 200
    assert page.context["form"]["policy"].value() == "off"
    assert "Set it up" in editor.get("/features/support/").text


def test_rules_are_saved_and_shown(editor, support):
    answer = editor.post(URL + "save/", typed(support, policy="best", pool="enabled"))
    assert answer.status_code == 302
    support.refresh_from_db()
    assert support.automatic_choice == {"policy": "best", "pool": "enabled"}
    page = editor.get("/features/support/").text
    assert "Best under a price" in page
    assert "every enabled model that meets the requirements" in page
    assert "Automatic choice changed" in page


def test_it_is_switched_off_and_taken_back(editor, support):
    editor.post(URL + "save/", typed(support))
    support.refresh_from_db()
    editor.post(URL + "save/", typed(support, policy="off"))
    support.refresh_from_db()
    assert support.automatic_choice is None
    editor.post(URL + "undo/")
    support.refresh_from_db()
    assert support.automatic_choice == {"policy": "cheapest"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"max_request_usd": "-1"}, "greater than or equal to 0"),
        ({"max_request_usd": "much"}, "Enter a number"),
        ({"max_request_usd": "NaN"}, "Enter a number"),
        ({"tried_percent": "50"}, "less than or equal to 20"),
        ({"tried_percent": "5", "accuracy": "critical"}, "nothing is tried out"),
        ({"scarce_percent": "101"}, "less than or equal to 100"),
        ({"pool": "listed"}, "Name at least one model"),
        ({"pool": "listed", "models": "no/such"}, "not one of the available"),
        ({"policy": "magic"}, "not one of the available"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_stays(
    editor, support, changed, said
):
    page = editor.post(URL + "save/", typed(support, **changed))
    assert page.status_code == 422
    assert said in page.text
    support.refresh_from_db()
    assert support.automatic_choice is None


def test_who_was_slower_is_told_and_keeps_the_entries(editor, support):
    seen = typed(support, max_request_usd="0.25")
    set_automatic_choice(feature=support, document={"policy": "fastest"}, actor=None)
    page = editor.post(URL + "save/", seen)
    assert page.status_code == 409
    assert 'value="0.25"' in page.text
    support.refresh_from_db()
    assert support.automatic_choice == {"policy": "fastest"}


def test_the_preview_counts_the_last_requests(editor, support, cheap):
    page = editor.post(
        URL + "preview/",
        typed(support, pool="enabled"),
        headers={"HX-Request": "true", "HX-Target": "choice-preview"},
    )
    assert page.status_code == 200
    assert "<html" not in page.text
    assert "With the last 24 requests it would have chosen" in page.text
    assert cheap.reference in page.text
    assert "about $0.264 instead of $1.20" in page.text
    assert "documented ratings alone" in page.text or "of your own cases" in page.text
    assert not AuditEntry.objects.filter(action="feature.choice_set").exists()


def test_limits_that_leave_nobody_are_told_in_the_preview(editor, support):
    page = editor.post(URL + "preview/", typed(support, max_request_usd="0"))
    assert "In 24 requests nothing may be chosen within these limits" in page.text
    assert "<html" in page.text


def test_a_feature_without_requests_has_no_preview(editor, organization):
    feature = FeatureFactory(organization=organization, key="quiet")
    page = editor.post(
        "/recommendations/features/quiet/choice/preview/", typed(feature)
    )
    assert "No request of this feature was answered yet." in page.text


def test_the_preview_of_off_says_that_nothing_changes(editor, support):
    page = editor.post(URL + "preview/", typed(support, policy="off"))
    assert "The choice is off" in page.text


def test_a_viewer_looks_and_previews_and_saves_nothing(viewer, support):
    assert viewer.get(URL).status_code == 200
    assert viewer.post(URL + "preview/", typed(support)).status_code == 200
    assert viewer.post(URL + "save/", typed(support)).status_code == 403
    assert viewer.post(URL + "undo/").status_code == 403


def test_the_feature_of_others_is_not_there(editor):
    feature = FeatureFactory(key="theirs")
    url = "/recommendations/features/theirs/choice/"
    assert editor.get(url).status_code == 404
    for word in ("preview/", "save/", "undo/"):
        assert editor.post(url + word, typed(feature)).status_code == 404
