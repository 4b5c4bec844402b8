import datetime

import pytest
from django.utils import timezone

from registry.models import CatalogSync, SyncState
from tests.factories import (
    AIModelFactory,
    ApiTokenFactory,
    ConnectionFactory,
    FeatureFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


def page_of(browser):
    return browser.get("/").content.decode()


def steps_of(browser):
    return [step.is_done for step in browser.get("/").context["overview"].steps]


def test_an_empty_registry_says_the_steps(editor):
    page = page_of(editor)

    assert "Getting started" in page
    assert "Never synced" in page
    assert "No features yet" in page
    assert "Nothing has been changed yet" in page
    assert steps_of(editor) == [False] * 5


def test_the_steps_are_ticked_off_and_go_away(editor, organization):
    ConnectionFactory(organization=organization)
    assert steps_of(editor) == [True, False, False, False, False]

    model = enabled_model(organization)
    assert steps_of(editor) == [True, True, False, False, False]

    feature = FeatureFactory(organization=organization)
    assert steps_of(editor) == [True, True, True, False, False]

    assigned(feature, model)
    assert steps_of(editor) == [True, True, True, True, False]

    ApiTokenFactory(organization=organization)
    assert steps_of(editor) == []


def test_the_tiles_count_what_is_there(editor, organization):
    enabled_model(organization, provider=ProviderFactory(slug="mistral"))
    AIModelFactory()
    AIModelFactory(is_listed=False)
    FeatureFactory(organization=organization)
    FeatureFactory()

    overview = editor.get("/").context["overview"]

    assert (overview.model_count, overview.provider_count) == (2, 2)
    assert overview.enabled_count == 1
    assert len(overview.rows) == 1
    assert overview.summary.unassigned == 1


def test_features_with_problems_come_first(editor, organization):
    good = FeatureFactory(organization=organization, name="Good")
    assigned(good, enabled_model(organization), enabled_model(organization))
    FeatureFactory(organization=organization, name="Lost")

    page = page_of(editor)

    assert page.index(">Lost</a>") < page.index(">Good</a>")


@pytest.mark.parametrize("place", ["model", "fallback"])
def test_a_model_in_use_that_is_leaving_is_named_with_its_features(
    editor, organization, place
):
    leaving = enabled_model(
        organization,
        model_name="leaving",
        retired_on=timezone.now().date() + datetime.timedelta(days=40),
    )
    other = enabled_model(organization)
    chain = (leaving, other) if place == "model" else (other, leaving)
    assigned(FeatureFactory(organization=organization, name="Tagging"), *chain)

    section = page_of(editor).split("Leaving the market")[1].split("</section>")[0]

    assert "leaving" in section
    assert "Tagging" in section


def test_a_leaving_model_that_nobody_uses_is_not_named(editor, organization):
    enabled_model(organization, deprecated_on=datetime.date(2026, 1, 1))

    assert editor.get("/").context["overview"].leaving == []


def test_recent_changes_say_who_did_what(editor, organization):
    model = enabled_model(organization, model_name="main")
    feature = FeatureFactory(organization=organization, key="tags")
    assigned(feature, model)

    page = page_of(editor)

    assert 'Assignment changed: <a href="/features/tags/">tags</a>' in page
    assert "<ins>openai/main</ins>" in page


def test_changes_of_others_are_not_told(stranger, organization):
    feature = FeatureFactory(organization=organization, key="secret")
    assigned(feature, enabled_model(organization))

    assert "secret" not in page_of(stranger)


def test_models_not_yet_released_are_not_among_the_newest(editor):
    today = timezone.now().date()
    AIModelFactory(model_name="fresh", released_on=today)
    AIModelFactory(
        model_name="announced", released_on=today + datetime.timedelta(days=1)
    )
    AIModelFactory(model_name="undated")

    newest = editor.get("/").context["overview"].newest

    assert [one.model_name for one in newest] == ["fresh"]


def test_the_last_sync_is_told_and_so_is_its_failure(editor):
    CatalogSync.objects.create(
        state=SyncState.FAILED, finished_at=timezone.now(), error="Half a file."
    )

    page = page_of(editor)

    assert "Sync failed" in page
    assert "Half a file." in page


def test_a_viewer_is_not_offered_what_they_may_not_do(viewer):
    assert "/features/new/" not in page_of(viewer)


def test_the_number_of_queries_does_not_grow(
    editor, organization, django_assert_num_queries, django_assert_max_num_queries
):
    def add(number):
        for _ in range(number):
            feature = FeatureFactory(organization=organization)
            assigned(feature, enabled_model(organization), enabled_model(organization))

    add(1)
    with django_assert_max_num_queries(30) as captured:
        editor.get("/")
    add(7)

    with django_assert_num_queries(len(captured)):
        editor.get("/")
