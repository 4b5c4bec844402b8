"""A model that cannot be reached says so wherever it is shown."""

import pytest

from registry.models import ConnectionState
from registry.queries.model_status import all_offers, offers, statuses
from registry.services.assignments import assign_model
from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    ConnectionModelFactory,
    FeatureFactory,
    enabled_model,
)

REASON = "Openai: key rejected"


@pytest.fixture
def away(organization):
    """An enabled model at a connection whose key is rejected."""
    model = enabled_model(organization, model_name="gpt-away")
    connection = ConnectionFactory(
        organization=organization, state=ConnectionState.KEY_REJECTED
    )
    ConnectionModelFactory(connection=connection, ai_model=model)
    return model


@pytest.fixture
def feature(organization, away):
    feature = FeatureFactory(organization=organization)
    assign_model(feature=feature, ai_model=away, actor=None, expected_revision=0)
    return feature


@pytest.mark.parametrize("view", ["cards", "table"])
def test_on_the_models_page(editor, away, view):
    text = editor.get("/models/", {"view": view}).content.decode()

    assert f'title="{REASON}"' in text
    assert ">Unavailable</span>" in text


def test_on_the_models_own_page(editor, away):
    text = editor.get(away.get_absolute_url()).content.decode()

    assert f"Not available now. {REASON}" in text
    assert "Disable" in text


def test_in_the_search_dialog(editor, away):
    text = editor.get("/palette/", {"q": "away"}).content.decode()

    assert ">Unavailable</span>" in text


def test_in_the_comparison(editor, away):
    text = editor.get("/compare/", {"m": away.reference}).content.decode()

    assert ">Unavailable</span>" in text


def test_on_the_page_of_a_feature_and_in_the_list(editor, viewer, feature):
    for browser in (editor, viewer):
        text = browser.get(feature.get_absolute_url()).content.decode()
        assert ">Unavailable</span>" in text
    text = editor.get("/features/").content.decode()
    assert f"openai/gpt-away cannot be reached now: {REASON}" in text


def test_among_the_candidates_of_a_feature(editor, organization, away):
    feature = FeatureFactory(organization=organization)

    text = editor.get(feature.get_absolute_url(), {"find": "away"}).content.decode()

    assert ">Unavailable</span>" in text


def test_another_organisation_does_not_see_it(stranger, away):
    text = stranger.get("/models/").content.decode()

    assert "Unavailable</span>" not in text


def test_one_query_tells_the_status_of_many(
    organization, django_assert_num_queries, away
):
    connection = ConnectionFactory(organization=organization)
    models = [away, *AIModelFactory.create_batch(20)]
    for model in models:
        ConnectionModelFactory(connection=connection, ai_model=model)

    with django_assert_num_queries(1):
        found = statuses(organization, models, connection.created_at, enabled={away.pk})

    assert found[away.pk].word == "active"
    assert found[models[1].pk].word == "available"


def test_the_catalogue_and_the_model_itself_agree(organization, away):
    second = ConnectionFactory(organization=organization)
    both, gone, only = AIModelFactory.create_batch(3)
    first = away.connection_models.get().connection
    for connection, model, is_available in (
        (first, both, True),
        (second, both, True),
        (second, gone, False),
        (first, only, False),
        (second, only, False),
    ):
        ConnectionModelFactory(
            connection=connection, ai_model=model, is_available=is_available
        )
    models = [away, both, gone, only]

    listed, each = all_offers(organization), offers(organization, models)

    assert {pk: one.is_usable for pk, one in listed.items()} == {
        pk: one.is_usable for pk, one in each.items()
    }
    assert [listed[one.pk].label for one in models] == [
        each[one.pk].label for one in models
    ]
    assert listed[both.pk].label == second.label
