"""Writing prompts on their pages, with variables checked while one writes."""

import pytest

from registry.models import Prompt, PromptVersion
from registry.queries.prompts import latest_version
from tests.registry.prompts.conftest import TEXT
from tests.registry.prompts.writing import versioned

NEW, CHECK, EDIT = "/prompts/-/new/", "/prompts/-/check/", "/prompts/DRAFTS/-/edit/"


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_a_prompt_is_created_with_its_variables(editor, organization):
    response = editor.post(
        NEW,
        {
            "name": "CODE",
            "text": "In {{language}},\r\n{{style}}",
            "variable": ["language", "style"],
            "description:language": "Theirs",
            "kind:language": "required",
            "default:language": "left over",
            "kind:style": "optional",
            "default:style": "",
            "label": "staging",
            "note": "first",
        },
    )

    version = PromptVersion.objects.get()
    assert response.headers["Location"] == "/prompts/CODE/"
    assert version.text == "In {{language}},\n{{style}}"
    assert version.variables == [
        {"name": "language", "description": "Theirs", "default": None},
        {"name": "style", "description": "", "default": ""},
    ]
    assert version.labels.get().name == "staging"


def test_an_undeclared_variable_is_refused_and_can_be_declared(editor, organization):
    data = {"name": "CODE", "text": "one\n{{who}}"}

    page = text(editor.post(NEW, data), 422)

    assert "Line 2:" in page
    assert 'name="declare" value="who"' in page
    assert "one\n{{who}}" in page
    assert not Prompt.objects.exists()


def test_the_check_declares_and_drops_without_saving(editor):
    data = {"text": "{{a}} {{b}}", "variable": ["c"]}

    declared = text(editor.post(CHECK, data | {"declare": "*"}))
    dropped = text(editor.post(CHECK, data | {"drop": "c"}))

    assert 'name="variable" value="a"' in declared
    assert 'name="variable" value="b"' in declared
    assert "not in the text" in declared
    assert 'name="variable"' not in dropped
    assert "<html" not in dropped


def test_the_check_works_without_javascript_too(editor, prompt):
    data = {"text": "{{a}}", "expected_number": "1", "declare": "a"}

    page = text(editor.post(EDIT, data))

    assert "<html" in page
    assert 'name="variable" value="a"' in page
    assert "Not saved" not in page
    assert PromptVersion.objects.count() == 1


@pytest.mark.parametrize("name", ["", "9", "a b", "DRAFTS", "x" * 81])
def test_a_name_that_cannot_be_is_said_beside_its_field(editor, prompt, name):
    page = text(editor.post(NEW, {"name": name, "text": "x"}), 422)

    assert 'id="id_name_error"' in page
    assert Prompt.objects.count() == 1


def test_a_wrong_label_is_said_beside_its_field(editor):
    page = text(editor.post(NEW, {"name": "A", "text": "x", "label": "Latest!"}), 422)

    assert 'id="id_label_error"' in page


def test_the_editor_begins_with_the_newest_or_the_one_named(editor, prompt):
    versioned(prompt, "Two.")

    assert "Two." in text(editor.get(EDIT))
    old = text(editor.get(f"{EDIT}?from=1"))
    assert TEXT in old
    assert 'name="expected_number" value="2"' in old


def test_a_new_version_is_saved_and_nothing_moves(editor, prompt):
    data = {"text": "Two.", "expected_number": "1", "note": "Shorter"}

    page = text(editor.post(EDIT, data, follow=True))

    assert "v2 is saved. No label has moved." in page
    assert latest_version(prompt).note == "Shorter"


def test_a_double_submit_adds_one_version(editor, prompt):
    data = {"text": "Two.", "expected_number": "1"}
    editor.post(EDIT, data)

    page = text(editor.post(EDIT, data, follow=True))

    assert "Nothing to change" in page
    assert PromptVersion.objects.count() == 2


def test_two_people_see_both_texts_and_either_can_be_kept(editor, prompt):
    versioned(prompt, "Theirs is here.")
    data = {
        "text": "Mine is {{here}}.",
        "expected_number": "1",
        "variable": "here",
        "kind:here": "required",
    }

    page = text(editor.post(EDIT, data), 409)

    assert "Someone else saved v2 meanwhile" in page
    assert 'name="kind:here" value="required"' in page
    editor.post(EDIT, data | {"expected_number": "2"})
    assert latest_version(prompt).number == 3


@pytest.mark.parametrize("body", [{}, {"text": "\x00"}, {"text": "x" * 200_001}])
def test_a_text_that_cannot_be_kept_is_refused(editor, prompt, body):
    text(editor.post(EDIT, body | {"expected_number": "1"}), 422)

    assert PromptVersion.objects.count() == 1
