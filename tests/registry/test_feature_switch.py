import pytest

from registry.models import AssignmentRevision
from registry.queries.assignments import current_revision, fallbacks_of
from tests.factories import AIModelFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

URL = "/features/tags/switch/"


@pytest.fixture
def model(organization):
    return enabled_model(organization, model_name="old")


@pytest.fixture
def other(organization):
    return enabled_model(
        organization,
        model_name="new",
        capabilities=["tools"],
        context_window=1_000_000,
    )


@pytest.fixture
def feature(organization, model):
    return assigned(FeatureFactory(organization=organization, key="tags"), model)


def fragment(feature):
    return {"HX-Request": "true", "HX-Target": f"feature-{feature.pk}"}


def text_of(response):
    return response.content.decode()


def test_the_consequence_is_shown_before_anything_happens(editor, feature, other):
    response = editor.get(URL, {"model": other.pk}, headers=fragment(feature))

    page = text_of(response)
    assert response.status_code == 200
    assert "<html" not in page
    assert "<del>old</del>" in page
    assert "<ins>new</ins>" in page
    assert "Gains tool calling" in page
    assert "Loses text generation" in page
    assert '<span class="faint">128k</span> → 1M' in page
    assert current_revision(feature).number == 1


def test_the_switch_answers_with_the_row_and_a_toast_with_undo(editor, feature, other):
    response = editor.post(
        URL, {"model": other.pk, "expected_revision": 1}, headers=fragment(feature)
    )

    page = text_of(response)
    assert response.status_code == 200
    assert page.lstrip().startswith(f'<tbody id="feature-{feature.pk}">')
    assert 'hx-swap-oob="beforeend:.toasts"' in page
    assert 'action="/features/tags/assignment/undo/1/2/"' in page
    assert current_revision(feature).ai_model == other


def test_without_javascript_the_preview_is_a_page_and_the_switch_redirects(
    editor, feature, other
):
    assert "<html" in text_of(editor.get(URL, {"model": other.pk}))

    response = editor.post(URL, {"model": other.pk, "expected_revision": 1})

    assert response.headers["Location"] == "/features/"
    assert current_revision(feature).ai_model == other


def test_a_switch_from_an_older_page_is_answered_with_409_and_who_was_faster(
    editor, feature, other, organization
):
    third = enabled_model(organization, model_name="third")
    assigned(feature, third)

    response = editor.post(
        URL, {"model": other.pk, "expected_revision": 1}, headers=fragment(feature)
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "Someone else was faster." in page
    assert "openai/third" in page
    assert 'name="expected_revision" value="2"' in page
    assert current_revision(feature).ai_model == third


def test_pressing_switch_twice_makes_one_revision(editor, feature, other):
    for _ in range(2):
        editor.post(URL, {"model": other.pk, "expected_revision": 1})

    assert AssignmentRevision.objects.count() == 2


def test_a_model_that_is_not_enabled_is_refused_with_the_reason(editor, feature):
    unused = AIModelFactory(model_name="unused")

    preview = editor.get(URL, {"model": unused.pk}, headers=fragment(feature))
    response = editor.post(URL, {"model": unused.pk, "expected_revision": 1})

    assert "It is not enabled" in text_of(preview)
    assert 'btn-primary">Switch' not in text_of(preview)
    assert response.status_code == 422
    assert "openai/unused is not enabled." in text_of(response)
    assert current_revision(feature).number == 1


@pytest.mark.parametrize("value", ["0", "abc", "-1", "9" * 30, "<script>"])
def test_a_model_that_is_not_there_is_said_so(editor, feature, value):
    response = editor.get(URL, {"model": value}, headers=fragment(feature))

    assert response.status_code == 422
    assert "This model is not in the catalog." in text_of(response)


def test_the_new_model_leaves_the_fallbacks_and_the_preview_says_so(
    editor, feature, model, other
):
    assigned(feature, model, other)

    preview = editor.get(URL, {"model": other.pk}, headers=fragment(feature))
    editor.post(URL, {"model": other.pk, "expected_revision": 2})

    assert "Drops the fallback openai/new" in text_of(preview)
    assert fallbacks_of(current_revision(feature)) == []


def test_a_fallback_that_is_no_longer_allowed_is_dropped_by_name(
    editor, feature, model, other, organization
):
    gone = enabled_model(organization, model_name="gone")
    assigned(feature, model, gone)
    gone.is_listed = False
    gone.save()

    preview = editor.get(URL, {"model": other.pk}, headers=fragment(feature))
    editor.post(URL, {"model": other.pk, "expected_revision": 2})

    assert "Drops the fallback openai/gone: has vanished" in text_of(preview)
    assert current_revision(feature).ai_model == other


def test_parameters_stay_and_a_limit_of_the_new_model_is_respected(
    editor, feature, model, other
):
    assigned(feature, model, parameters={"max_tokens": 5000})
    other.max_output_tokens = 4096
    other.save()

    response = editor.post(URL, {"model": other.pk, "expected_revision": 2})

    assert response.status_code == 422
    assert "This model writes at most 4,096 tokens." in text_of(response)


def test_cancel_brings_the_row_back(editor, feature):
    response = editor.get(URL, headers=fragment(feature))

    assert response.status_code == 200
    assert "row-open" not in text_of(response)


def test_a_card_is_answered_with_a_card(editor, feature, other):
    response = editor.get(
        URL, {"model": other.pk, "view": "cards"}, headers=fragment(feature)
    )

    assert text_of(response).lstrip().startswith("<article")


def test_a_viewer_may_not_switch(viewer, feature, other):
    response = viewer.post(URL, {"model": other.pk, "expected_revision": 1})

    assert response.status_code == 403
    assert current_revision(feature).number == 1
