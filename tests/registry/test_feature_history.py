import datetime

import pytest

from registry.queries.assignments import current_revision
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned

PAGE = "/features/tags/"


@pytest.fixture
def models(organization):
    return [enabled_model(organization, model_name=name) for name in ("one", "two")]


@pytest.fixture
def feature(organization, models):
    feature = FeatureFactory(organization=organization, key="tags")
    assigned(feature, models[0], note="to begin with")
    return assigned(feature, models[1], parameters={"top_p": 0.5})


def restore(browser, number, **data):
    return browser.post(f"/features/tags/assignment/{number}/restore/", data)


def test_the_history_tells_who_when_what_and_why(editor, feature):
    page = editor.get(PAGE).content.decode()

    assert "<del>openai/one</del>" in page
    assert "<ins>openai/two</ins>" in page
    assert "<ins>0.5</ins>" in page
    assert "“to begin with”" in page
    assert "system, <time" in page
    assert 'action="/features/tags/assignment/1/restore/"' in page
    assert 'action="/features/tags/assignment/2/restore/"' not in page


def test_one_click_rolls_back_and_offers_undo(editor, feature, models, membership):
    page = editor.post(
        "/features/tags/assignment/1/restore/", {"expected_revision": 2}, follow=True
    ).content.decode()

    revision = current_revision(feature)
    assert (revision.number, revision.ai_model) == (3, models[0])
    assert revision.actor == membership.user
    assert "Rolled back to r1" in page
    assert 'action="/features/tags/assignment/undo/2/3/"' in page


def test_undo_takes_the_last_change_back(editor, feature, models):
    editor.post("/features/tags/assignment/undo/1/2/")

    assert current_revision(feature).ai_model == models[0]


def test_undo_does_nothing_once_someone_else_changed_it(editor, feature, models):
    assigned(feature, models[0], models[1])

    response = editor.post("/features/tags/assignment/undo/1/2/")

    assert response.status_code == 409
    assert "Nothing was changed" in response.content.decode()
    assert current_revision(feature).number == 3


def test_undo_of_the_first_assignment_leaves_the_feature_without_a_model(
    editor, organization, models
):
    feature = FeatureFactory(organization=organization, key="fresh")
    assigned(feature, models[0])

    editor.post("/features/fresh/assignment/undo/0/1/")

    assert current_revision(feature).ai_model is None


def test_a_rollback_to_a_model_that_is_gone_is_refused_with_the_reason(
    editor, feature, models
):
    models[0].retired_on = datetime.date(2020, 1, 1)
    models[0].save()

    response = restore(editor, 1, expected_revision=2)

    assert response.status_code == 422
    assert "openai/one was retired on 1 Jan 2020." in response.content.decode()
    assert current_revision(feature).number == 2


@pytest.mark.parametrize("number", [9, 10**30])
def test_a_revision_that_never_was_is_refused(editor, feature, number):
    assert restore(editor, number, expected_revision=2).status_code == 422


def test_a_rollback_from_an_older_page_is_stale(editor, feature):
    assert restore(editor, 1, expected_revision=1).status_code == 409


def test_the_model_can_be_taken_away(editor, feature):
    editor.post("/features/tags/assignment/remove/", {"expected_revision": 2})

    assert current_revision(feature).ai_model is None
    assert "No model" in editor.get(PAGE).content.decode()


def test_edited_requirements_stand_in_the_history_too(editor, feature):
    editor.post(
        "/features/tags/edit/",
        {
            "name": "Renamed",
            "expected_version": 1,
            "accuracy_level": "standard",
            "urgency": "interactive",
            "budget_sensitivity": "medium",
        },
    )

    page = editor.get(PAGE).content.decode()
    assert "Requirements edited" in page
    assert "<ins>Renamed</ins>" in page


def test_a_viewer_may_not_roll_back(viewer, feature):
    assert restore(viewer, 1, expected_revision=2).status_code == 403
    assert current_revision(feature).number == 2
    assert "/restore/" not in viewer.get(PAGE).content.decode()


def test_a_long_history_is_cut_and_the_rest_is_a_link_away(editor, feature, models):
    for number in range(20):
        assigned(feature, models[number % 2])

    short = editor.get(PAGE)
    whole = editor.get(PAGE, {"history": "all"})

    assert len(short.context["history"]) == 20
    assert 'href="?history=all#history"' in short.content.decode()
    assert len(whole.context["history"]) == 22
    assert "to begin with" in whole.content.decode()


def test_queries_do_not_grow_with_the_history(
    editor, feature, models, django_assert_max_num_queries
):
    for number in range(12):
        assigned(feature, models[number % 2])

    with django_assert_max_num_queries(38) as captured:
        editor.get(PAGE)
    once = len(captured)
    for number in range(4):
        assigned(feature, models[number % 2])

    with django_assert_max_num_queries(once):
        editor.get(PAGE)
