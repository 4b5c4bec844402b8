"""The same trial stands in a page or in a drawer beside it."""

import pytest

from tests.factories import FeatureFactory, enabled_model

FORM = "/trials/form/"


@pytest.fixture
def model(organization):
    return enabled_model(organization, model_name="gpt-t")


def test_a_model_is_tried_in_its_page_and_in_a_drawer(editor, model):
    asked = {"model": model.reference}

    page = editor.get(FORM, asked).content.decode()
    drawer = editor.get(FORM, {**asked, "place": "drawer"}).content.decode()

    assert 'id="trial-message"' in page
    assert "<dialog" not in page
    # Both may stand in one document.
    assert 'id="drawer-message"' in drawer
    assert f"Try {model.reference}" in drawer
    assert "csrfmiddlewaretoken" in drawer


def test_the_page_of_a_model_opens_the_drawer_once_it_is_enabled(editor, model):
    address = f"/models/{model.provider.slug}/{model.model_name}/"

    enabled = editor.get(address).content.decode()
    model.settings.update(is_enabled=False)
    disabled = editor.get(address).content.decode()

    assert "place=drawer" in enabled
    assert "place=drawer" not in disabled


def test_a_feature_is_tried_without_choosing_a_model(editor, organization):
    FeatureFactory(organization=organization, key="chat")

    page = editor.get(FORM, {"feature": "chat"}).content.decode()

    assert 'name="feature" value="chat"' in page
    assert "<select" not in page


def test_a_viewer_tries_nothing(viewer, model):
    assert viewer.get(FORM, {"model": model.reference}).status_code == 403
