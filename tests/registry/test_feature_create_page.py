import pytest

from registry.forms.features import suggest_key
from registry.models import Feature
from registry.services.features import archive_feature
from tests.factories import FeatureFactory

URL = "/features/new/"
FILLED = {
    "name": "Photo tagging",
    "key": "",
    "accuracy_level": "high",
    "urgency": "interactive",
    "budget_sensitivity": "medium",
}


def post(browser, **changes):
    return browser.post(URL, {**FILLED, **changes})


def test_a_feature_is_created_and_its_key_is_made_from_the_name(editor, organization):
    response = post(
        editor,
        required_capabilities=["image_analysis", "tools"],
        min_context_tokens="32000",
    )

    feature = Feature.objects.get()
    assert response.headers["Location"] == "/features/photo-tagging/"
    assert feature.organization == organization
    assert feature.required_capabilities == ["image_analysis", "tools"]
    assert (feature.min_context_tokens, feature.accuracy_level) == (32000, "high")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Photo tagging", "photo-tagging"),
        ("  Über   Größe! ", "uber-groe"),
        ("3D models", "d-models"),
        ("写真", ""),
        ("<script>", "script"),
    ],
)
def test_a_suggested_key_holds_only_what_a_key_may(name, key):
    assert suggest_key(name) == key


def test_a_name_that_gives_no_key_asks_for_one_beside_the_field(editor):
    response = post(editor, name="写真")

    assert response.status_code == 422
    assert "No key can be made from this name" in response.content.decode()


def test_a_key_in_use_is_named_with_the_feature_that_has_it(editor, organization):
    FeatureFactory(organization=organization, key="photo-tagging", name="First one")

    response = post(editor)

    assert response.status_code == 422
    assert "The feature “First one” has this key already." in response.content.decode()
    assert Feature.objects.count() == 1


def test_a_key_of_an_archived_feature_says_so(editor, organization):
    old = FeatureFactory(organization=organization, key="photo-tagging")
    archive_feature(feature=old, actor=None)

    assert "The archived feature" in post(editor).content.decode()


def test_the_same_key_is_free_in_another_organisation(editor):
    FeatureFactory(key="photo-tagging")

    assert post(editor).status_code == 302


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": ""}, "This field is required."),
        ({"key": "a b"}, "Use letters, digits, dots, dashes and underscores"),
        ({"key": "new"}, "is a page here"),
        ({"min_context_tokens": "0"}, "greater than or equal to 1"),
        ({"min_context_tokens": "NaN"}, "Enter a whole number."),
        ({"min_context_tokens": "1e30"}, "Enter a whole number."),
        ({"min_context_tokens": "9" * 12}, "less than or equal to"),
        ({"required_capabilities": ["telepathy"]}, "telepathy is not one of"),
        ({"urgency": "yesterday"}, "yesterday is not one of"),
        ({"description": "x" * 2001}, "at most 2000 characters (it has 2001)"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    editor, changes, text
):
    response = post(editor, **changes)

    assert response.status_code == 422
    assert text in response.content.decode()
    assert not Feature.objects.exists()


def test_five_megabytes_of_description_are_refused_with_a_page(editor):
    response = post(editor, description="x" * 5_300_000)

    assert response.status_code == 400
    assert "This is more than 5 MB" in response.content.decode()
    assert not Feature.objects.exists()


def test_what_was_typed_is_kept_and_escaped(editor):
    page = post(editor, name="<script>alert(1)</script>", key="a b").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_viewer_may_neither_open_nor_send_the_form(viewer):
    assert viewer.get(URL).status_code == 403
    response = post(viewer)

    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()
    assert not Feature.objects.exists()
