import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Feature
from registry.services.features import archive_feature
from tests.factories import AIModelFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

URL = "/features/"


def text_of(response):
    return response.content.decode()


def test_an_empty_list_says_the_next_step(editor):
    page = text_of(editor.get(URL))

    assert "No features yet" in page
    assert reverse("registry:feature_create") in page


def test_a_viewer_of_an_empty_list_is_not_sent_to_a_form_they_may_not_use(viewer):
    assert reverse("registry:feature_create") not in text_of(viewer.get(URL))


def test_a_row_shows_model_prices_and_fallbacks(editor, organization):
    model = enabled_model(organization, model_name="main")
    spare = enabled_model(organization, model_name="spare")
    assigned(FeatureFactory(organization=organization, name="Tagging"), model, spare)

    page = text_of(editor.get(URL))

    assert "Tagging" in page
    assert f'<option value="{model.pk}" selected>main</option>' in page
    assert '<td class="num strong" data-priority="2">$3.00</td>' in page
    assert '<td class="num" data-priority="3">1</td>' in page
    assert "Ready" in page


def test_a_model_that_does_not_meet_the_requirements_is_listed_with_the_reason(
    editor, organization
):
    enabled_model(organization, model_name="blind")
    FeatureFactory(organization=organization, required_capabilities=["image_analysis"])

    page = text_of(editor.get(URL))

    assert (
        "<option disabled>openai/blind is not known to offer image input</option>"
        in page
    )


def test_names_and_keys_are_filtered_and_the_fragment_comes_alone(editor, organization):
    FeatureFactory(organization=organization, name="Photo tagging", key="photos")
    FeatureFactory(organization=organization, name="Planner", key="planner")

    response = editor.get(
        URL,
        {"q": "PHOTO tag"},
        headers={"HX-Request": "true", "HX-Target": "features-results"},
    )

    page = text_of(response)
    assert "Photo tagging" in page
    assert "Planner" not in page
    assert "<html" not in page


def test_a_filter_without_a_match_offers_the_way_back(editor, organization):
    FeatureFactory(organization=organization)

    page = text_of(editor.get(URL, {"q": "zebra"}))

    assert "No feature matches" in page


@pytest.mark.parametrize(
    "query", [{"sort": "colour"}, {"q": "x" * 101}, {"q": "a\x00b"}, {"view": "map"}]
)
def test_a_bad_filter_is_answered_with_400_and_a_usable_page(
    editor, organization, query
):
    FeatureFactory(organization=organization, name="Still here")

    response = editor.get(URL, query)

    assert response.status_code == 400
    assert "Still here" in text_of(response)


def test_features_with_problems_come_first_when_asked(editor, organization):
    model = enabled_model(organization)
    spare = enabled_model(organization)
    good = FeatureFactory(organization=organization, name="A good one")
    assigned(good, model, spare)
    FeatureFactory(organization=organization, name="Without a model")

    page = text_of(editor.get(URL, {"sort": "problems"}))

    assert page.index("Without a model</a>") < page.index("A good one</a>")


def test_a_retired_model_in_use_is_a_problem(editor, organization):
    model = enabled_model(organization)
    assigned(FeatureFactory(organization=organization), model)
    model.retired_on = datetime.date(2020, 1, 1)
    model.save()

    page = text_of(editor.get(URL))

    assert "was retired on 1 Jan 2020" in page
    assert "Not met" in page


def test_cards_show_the_same_features(editor, organization):
    FeatureFactory(organization=organization, name="Photo tagging")

    page = text_of(editor.get(URL, {"view": "cards"}))

    assert '<article class="card" id="feature-' in page
    assert "Photo tagging" in page


def test_archived_features_are_kept_apart(editor, organization):
    old = FeatureFactory(organization=organization, name="Old one")
    archive_feature(feature=old, actor=None)

    assert "Old one" not in text_of(editor.get(URL))
    assert "Old one" in text_of(editor.get(URL, {"state": "archived"}))


def test_a_viewer_sees_the_model_but_no_switch(viewer, organization):
    model = enabled_model(organization, model_name="main")
    assigned(FeatureFactory(organization=organization), model)

    page = text_of(viewer.get(URL))

    assert "main" in page
    assert "<select" not in page.split('id="features-results"')[1]


def test_markup_in_a_name_is_shown_as_text(editor, organization):
    FeatureFactory(organization=organization, name="<script>alert(1)</script>")

    page = text_of(editor.get(URL))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_number_of_queries_does_not_grow_with_features(editor, organization):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            editor.get(URL)
        return len(captured)

    def add(number):
        for _ in range(number):
            model = enabled_model(organization)
            feature = FeatureFactory(organization=organization)
            assigned(feature, model, enabled_model(organization))

    add(1)
    few = queries()
    add(5)

    assert Feature.objects.count() == 6
    assert queries() == few


def test_another_organisations_features_are_not_listed(stranger, organization):
    FeatureFactory(organization=organization, name="Secret plan")

    assert "Secret plan" not in text_of(stranger.get(URL))


def test_a_model_nobody_enabled_is_no_choice(editor, organization):
    AIModelFactory(model_name="unused")
    FeatureFactory(organization=organization)

    assert "unused" not in text_of(editor.get(URL))
