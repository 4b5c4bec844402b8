import pytest

from registry.forms.features import feature_initial
from registry.models import AuditEntry, Feature
from registry.services.features import edit_feature
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="tags", name="Tags")


def filled(feature, **changes):
    facts = feature_initial(feature)
    empty = {name: "" for name, value in facts.items() if value is None}
    return {**facts, **empty, **changes}


def post(browser, feature, **changes):
    return browser.post("/features/tags/edit/", filled(feature, **changes))


def test_the_form_starts_with_what_is_stored_and_without_the_key(editor, feature):
    page = editor.get("/features/tags/edit/").content.decode()

    assert 'value="Tags"' in page
    assert 'name="key"' not in page


def test_an_edit_is_saved_with_its_trace(editor, feature, membership):
    response = post(editor, feature, name="Photo tags", urgency="realtime")

    feature.refresh_from_db()
    assert response.headers["Location"] == "/features/tags/"
    assert (feature.name, feature.urgency, feature.version) == (
        "Photo tags",
        "realtime",
        2,
    )
    assert AuditEntry.objects.get().actor == membership.user


def test_requirements_that_the_model_would_not_meet_are_said_before_they_are_saved(
    editor, feature, organization
):
    assigned(feature, enabled_model(organization, model_name="blind"))

    response = post(editor, feature, required_capabilities=["image_analysis"])

    page = response.content.decode()
    assert response.status_code == 422
    assert "openai/blind is not known to offer image input." in page
    assert "Save anyway" in page
    assert Feature.objects.get().required_capabilities == []


def test_they_are_saved_when_the_person_insists(editor, feature, organization):
    assigned(feature, enabled_model(organization))

    post(editor, feature, required_capabilities=["tools"], confirmed="on")

    assert Feature.objects.get().required_capabilities == ["tools"]


def test_an_edit_from_an_older_form_shows_both_versions(editor, feature):
    edit_feature(feature=feature, actor=None, expected_version=1, name="Theirs")

    response = post(editor, feature, name="Mine", expected_version=1)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert 'name="expected_version" value="2"' in page
    assert Feature.objects.get().name == "Theirs"


def test_mine_can_be_put_on_top(editor, feature):
    edit_feature(feature=feature, actor=None, expected_version=1, name="Theirs")

    post(editor, feature, name="Mine", expected_version=2)

    assert Feature.objects.get().name == "Mine"


def test_a_viewer_may_not_edit(viewer, feature):
    assert post(viewer, feature, name="Mine").status_code == 403
    assert Feature.objects.get().name == "Tags"


def test_archiving_can_be_undone_from_the_toast(editor, feature):
    page = editor.post("/features/tags/archive/", follow=True).content.decode()
    assert 'action="/features/tags/restore/"' in page
    assert Feature.objects.get().archived_at is not None

    editor.post("/features/tags/restore/")
    assert Feature.objects.get().archived_at is None


def test_archiving_asks_for_a_post(editor, feature):
    assert editor.get("/features/tags/archive/").status_code == 405
