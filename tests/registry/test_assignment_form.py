import pytest

from registry.models import AssignmentRevision, AuditEntry, ModelSetting
from registry.queries.assignments import current_revision, fallbacks_of
from tests.factories import AIModelFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

PAGE = "/features/tags/"
SAVE = "/features/tags/assignment/"
DRAFT = "/features/tags/assignment/draft/"


@pytest.fixture
def models(organization):
    return [enabled_model(organization, model_name=name) for name in "abcd"]


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="tags", name="Tags")


def chain(*models, revision=0, **more):
    return {
        "model": models[0].pk,
        "fallbacks": [one.pk for one in models[1:]],
        "expected_revision": revision,
        # A browser sends the empty select of fallbacks along.
        "add": "",
        **more,
    }


def drafted(browser, data):
    """The chain of primary keys in the answer to one button of the draft."""
    response = browser.post(
        DRAFT, data, headers={"HX-Request": "true", "HX-Target": "assignment"}
    )
    assert response.status_code == 200
    draft = response.context["draft"]
    return [
        draft.model and draft.model.ai_model,
        *(option.ai_model for option in draft.fallbacks),
    ]


def test_model_fallbacks_parameters_and_note_are_saved(editor, feature, models):
    a, b, c, _ = models

    response = editor.post(
        SAVE,
        chain(a, c, b, temperature="0.2", stop="END\n\\n", note="first", max_tokens=""),
    )

    revision = current_revision(feature)
    assert response.headers["Location"] == PAGE
    assert (revision.ai_model, fallbacks_of(revision)) == (a, [c, b])
    assert revision.parameters == {"temperature": 0.2, "stop": ["END", "\n"]}
    assert revision.note == "first"


def test_the_saved_page_shows_the_toast_with_undo(editor, feature, models):
    page = editor.post(SAVE, chain(models[0]), follow=True).content.decode()

    assert "Assignment saved." in page
    assert 'action="/features/tags/assignment/undo/0/1/"' in page


def test_sending_the_form_twice_makes_one_revision_and_says_so(editor, feature, models):
    editor.post(SAVE, chain(models[0]))
    page = editor.post(SAVE, chain(models[0]), follow=True).content.decode()

    assert "Nothing to change" in page
    assert AssignmentRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("temperature", "2.1", "Temperature lies between 0 and 2."),
        ("temperature", "warm", "Enter a number."),
        ("top_p", "NaN", "Enter a number."),
        ("frequency_penalty", "-2.5", "Frequency penalty lies between -2 and 2."),
        ("max_tokens", "0", "whole number from 1 on"),
        ("max_tokens", "1.5", "Enter a whole number."),
        ("note", "x" * 401, "at most 400 characters"),
        ("model", "", "Choose a model."),
        ("model", "999999999", "This model is not in the catalog."),
        ("fallbacks", "abc", "This model is not in the catalog."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    editor, feature, models, name, value, text
):
    response = editor.post(SAVE, {**chain(models[0]), name: value})

    assert response.status_code == 422
    assert text in response.content.decode()
    assert not AssignmentRevision.objects.exists()


def test_a_model_lacking_a_capability_is_refused_with_the_reason(editor, organization):
    FeatureFactory(
        organization=organization, key="tags", required_capabilities=["tools"]
    )
    model = enabled_model(organization, model_name="plain")

    response = editor.post(SAVE, chain(model))

    assert response.status_code == 422
    assert "openai/plain is not known to offer tool calling." in (
        response.content.decode()
    )


def test_a_model_that_is_not_enabled_comes_with_the_button_that_enables_it(
    editor, feature
):
    model = AIModelFactory(model_name="unused")

    page = editor.post(SAVE, chain(model)).content.decode()

    assert "openai/unused is not enabled." in page
    assert f'name="enable" value="{model.pk}"' in page


def test_enabling_from_the_form_keeps_the_draft_and_writes_no_assignment(
    editor, feature, organization
):
    model = AIModelFactory(model_name="unused")

    shown = drafted(editor, chain(model, enable=model.pk))

    assert shown == [model]
    assert ModelSetting.objects.get(ai_model=model).is_enabled
    assert AuditEntry.objects.get().action == "model.enabled"
    assert not AssignmentRevision.objects.exists()


def test_enabling_from_the_search_refreshes_what_was_found(editor, feature, models):
    found = AIModelFactory(model_name="unused")

    page = editor.post(
        DRAFT,
        chain(models[0], enable=found.pk, find="unused"),
        headers={"HX-Request": "true", "HX-Target": "assignment"},
    ).content.decode()

    panel = page.split('id="candidates"')[1]
    assert "Meets the requirements." in panel
    assert 'name="enable"' not in panel


def test_fallbacks_are_added_moved_and_removed_without_saving(editor, feature, models):
    a, b, c, d = models

    assert drafted(editor, chain(a, b, add=c.pk)) == [a, b, c]
    assert drafted(editor, chain(a, b, c, up=c.pk)) == [a, c, b]
    assert drafted(editor, chain(a, b, c, down=b.pk)) == [a, c, b]
    assert drafted(editor, chain(a, b, c, up=b.pk)) == [a, b, c]
    assert drafted(editor, chain(a, b, c, take_out=b.pk)) == [a, c]
    assert drafted(editor, chain(a, b, c, use=d.pk)) == [d, b, c]
    assert drafted(editor, chain(a, b, c, use=b.pk)) == [b, c]
    assert drafted(editor, chain(a, add=a.pk)) == [a]
    assert not AssignmentRevision.objects.exists()


def test_a_draft_keeps_what_was_typed(editor, feature, models):
    page = editor.post(
        DRAFT, chain(models[0], temperature="0.7", note="because", add=models[1].pk)
    ).content.decode()

    assert 'value="0.7"' in page
    assert 'value="because"' in page
    assert "Not saved yet" in page


def test_a_draft_shows_the_consequence_of_another_model(editor, feature, models):
    a, b, *_ = models
    assigned(feature, a)

    page = editor.post(DRAFT, chain(b, revision=1)).content.decode()

    assert "<del>a</del>" in page
    assert "<ins>b</ins>" in page


def test_an_older_form_is_answered_with_both_versions_side_by_side(
    editor, feature, models
):
    a, b, c, _ = models
    assigned(feature, a, parameters={"temperature": 0.5})
    assigned(feature, b, parameters={"temperature": 0.5}, note="cheaper")

    response = editor.post(SAVE, chain(c, revision=1, temperature="0.5", note="mine"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "“cheaper”" in page
    assert all(f"openai/{name}" in page for name in "abc")
    assert 'name="expected_revision" value="2"' in page
    assert f'name="model" value="{c.pk}"' in page
    assert 'name="note" value="mine"' in page
    assert current_revision(feature).ai_model == b


def test_mine_goes_on_top_with_the_number_from_the_conflict(editor, feature, models):
    a, b, c, _ = models
    assigned(feature, a)
    assigned(feature, b)

    editor.post(SAVE, chain(c, revision=2))

    assert current_revision(feature).ai_model == c
    assert AssignmentRevision.objects.count() == 3


def test_the_catalogue_is_searched_with_a_verdict_for_each_model(editor, organization):
    FeatureFactory(
        organization=organization, key="tags", required_capabilities=["tools"]
    )
    AIModelFactory(model_name="gpt-able", capabilities=["tools"])
    AIModelFactory(model_name="gpt-plain")

    response = editor.get(
        PAGE,
        {"find": "gpt"},
        headers={"HX-Request": "true", "HX-Target": "candidates"},
    )

    page = response.content.decode()
    assert "<html" not in page
    assert page.index("gpt-able") < page.index("gpt-plain")
    assert 'name="enable"' in page
    assert "not known to offer tool calling" in page


def test_a_viewer_sees_the_chain_but_no_form_and_may_not_save(viewer, feature, models):
    assigned(feature, models[0], models[1])

    page = viewer.get(PAGE).content.decode()
    response = viewer.post(SAVE, chain(models[2], revision=1))

    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert response.status_code == 403
    assert viewer.post(DRAFT, chain(models[2])).status_code == 403
    assert current_revision(feature).ai_model == models[0]
