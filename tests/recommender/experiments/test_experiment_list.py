"""The list of experiments: by state, by words, and only one's own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recommender.experiments.laboratory import half

LIST = "/experiments/"
CHANGES = (
    *("start", "pause", "resume", "step", "back", "stop"),
    *("promote", "undo", "delete", "edit"),
)


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


def test_an_empty_list_leads_to_the_first_experiment(editor):
    page = editor.get(LIST).content.decode()

    assert "No experiment yet." in page
    assert 'href="/experiments/new/"' in page


def test_an_experiment_stands_with_its_feature_arms_and_state(editor, lab):
    lab.canary(name="Bold one")

    page = editor.get(LIST).content.decode()

    assert "Bold one" in page
    assert "Chat" in page
    assert "steady, bold" in page
    assert "Running, 5%" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "draft"}, {"Later"}),
        ({"state": "live"}, {"Bold one"}),
        ({"state": "over"}, set()),
        ({"q": "bold"}, {"Bold one"}),
        ({"feature": "chat"}, {"Bold one", "Later"}),
        ({"feature": "other"}, set()),
        ({"q": "' OR 1=1 --"}, set()),
    ],
)
def test_filters_narrow_it(editor, lab, query, shown):
    lab.canary(name="Bold one")
    lab.drafted(name="Later", candidates=[half(lab.candidate)])

    page = editor.get(LIST, query).content.decode()

    assert {name for name in ("Bold one", "Later") if f">{name}</a>" in page} == shown
    assert ("Nothing matches." in page) == (not shown)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"state": "sideways"}, "Select a valid choice"),
        ({"q": "\x00"}, "Null characters are not allowed"),
        ({"q": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_filter_that_cannot_be_is_told(editor, query, said):
    response = editor.get(LIST, query)

    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_fragment_is_the_list_alone(editor):
    headers = {"HX-Request": "true", "HX-Target": "experiments-results"}

    assert "<html" not in editor.get(LIST, headers=headers).content.decode()


def test_experiments_of_others_are_not_there(stranger, lab):
    theirs = lab.canary(name="Their secret")

    assert "Their secret" not in stranger.get(LIST).content.decode()
    for ending in ("", "edit/"):
        assert stranger.get(f"/experiments/{theirs.slug}/{ending}").status_code == 404
    for verb in CHANGES:
        assert stranger.post(f"/experiments/{theirs.slug}/{verb}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "running"


def test_the_number_of_queries_does_not_grow(editor, lab, django_assert_num_queries):
    lab.drafted(name="One", candidates=[half(lab.candidate)])
    editor.get(LIST)
    with CaptureQueriesContext(connection) as one:
        editor.get(LIST)
    for number in range(5):
        lab.drafted(name=f"More {number}", candidates=[half(lab.candidate)])

    with django_assert_num_queries(len(one)):
        editor.get(LIST)
