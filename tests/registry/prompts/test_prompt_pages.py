"""The list of prompts and the page of one."""

import pytest

from registry.models import Prompt, PromptLabel
from registry.prompts.checking import check_prompt
from registry.prompts.starting_texts import STARTING_TEXTS
from registry.queries.prompts import latest_version
from registry.services.prompts import archive_prompt
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned
from tests.registry.prompts.writing import moved, versioned

PAGE = "/prompts/DRAFTS/"
LABELS = f"{PAGE}-/labels/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "prompt-difference"}


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_an_empty_list_offers_to_begin(editor, viewer):
    assert "Add 8 starting texts" in text(editor.get("/prompts/"))
    assert "Add 8" not in text(viewer.get("/prompts/"))


def test_starting_texts_can_be_saved_as_they_stand():
    found = [check_prompt(one.text, one.variables) for one in STARTING_TEXTS]

    assert all(one.is_valid and not one.warnings for one in found)


def test_starting_texts_are_added_once_and_never_over_ones_own(editor, organization):
    editor.post("/prompts/-/new/", {"name": "ADD_SCENE", "text": "Mine."})

    editor.post("/prompts/-/starting/")
    editor.post("/prompts/-/starting/")

    assert Prompt.objects.count() == 8
    assert latest_version(Prompt.objects.get(name="ADD_SCENE")).text == "Mine."


def test_the_list_says_labels_users_and_the_last_version(editor, prompt, organization):
    feature = FeatureFactory(organization=organization, key="mail")
    version = latest_version(prompt)
    assigned(feature, enabled_model(organization), prompt_version=version)

    page = text(editor.get("/prompts/?q=draf"))

    assert "production v1" in page
    assert 'href="/features/mail/"' in page
    assert "No prompt matches" in text(editor.get("/prompts/?q=nothing"))


def test_the_number_of_queries_does_not_grow(
    editor, prompt, django_assert_max_num_queries
):
    editor.post("/prompts/-/starting/")

    with django_assert_max_num_queries(18):
        editor.get("/prompts/")


def test_the_page_compares_production_with_the_newest(editor, prompt):
    versioned(prompt, "Answer in English.\nBe warm.", "Answer in {x}.\nBe brief.")

    page = text(editor.get(PAGE))
    part = text(editor.get(f"{PAGE}?old=2&new=3", headers=FRAGMENT))

    assert "v1 → v3" in page
    assert "v2 → v3" in part
    assert "<html" not in part
    assert "<del>English</del>" in part


@pytest.mark.parametrize(
    "query", ["?version=99", "?old=x&new=-1", "?version=99999999999999", "?all=on"]
)
def test_numbers_that_are_not_there_do_no_harm(editor, prompt, query):
    assert "Text of v1" in text(editor.get(PAGE + query))


def test_a_text_is_shown_and_never_read_as_markup(editor, prompt):
    versioned(prompt, "<b>{{</b>".replace("{{", "") + "<script>x</script>")

    page = text(editor.get(PAGE))

    assert "&lt;script&gt;" in page
    assert "<script>x" not in page


def test_a_label_moves_and_the_toast_takes_it_back(editor, prompt):
    versioned(prompt, "Two.")

    page = text(
        editor.post(
            LABELS,
            {"label": "production", "number": "2", "expected_moves": "1"},
            follow=True,
        )
    )

    undo = f"{LABELS}production/roll-back/2/"
    assert "production is on v2 now." in page
    assert f'action="{undo}"' in page
    editor.post(undo)
    assert PromptLabel.objects.get().prompt_version.number == 1


def test_a_label_is_taken_away_and_brought_back(editor, prompt):
    editor.post(LABELS, {"label": "production", "number": "", "expected_moves": "1"})
    assert not PromptLabel.objects.exists()

    assert "Bring back" in text(editor.get(PAGE))
    editor.post(f"{LABELS}production/roll-back/0/")
    assert PromptLabel.objects.get().prompt_version.number == 1


def test_the_slower_of_two_people_is_told(editor, prompt):
    versioned(prompt, "Two.", "Three.")
    moved(prompt, 2)

    page = text(
        editor.post(
            LABELS, {"label": "production", "number": "3", "expected_moves": "1"}
        ),
        409,
    )

    assert "moved meanwhile: it is at v2 now" in page
    assert PromptLabel.objects.get().prompt_version.number == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "latest", "number": "1"},
        {"label": "Bad Label", "number": "1"},
        {"label": "x", "number": "9"},
        {"label": "", "number": "1"},
        {"label": "x", "number": "99999999999"},
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words(editor, prompt, wrong):
    assert "Nothing was changed." in text(editor.post(LABELS, wrong), 422)


def test_trying_shows_what_a_model_would_get(viewer, prompt):
    page = text(
        viewer.post(
            f"{PAGE}-/try/1/",
            {"value:language": "{{tone}} <b>"},
            headers={"HX-Request": "true", "HX-Target": "prompt-trial"},
        )
    )

    assert "Answer in {{tone}} &lt;b&gt;.\nBe warm." in page
    assert "<html" not in page


def test_trying_without_a_value_names_the_variable(viewer, prompt):
    page = text(viewer.post(f"{PAGE}-/try/1/"))

    assert "needs a value for the variable language" in page
    assert viewer.post(f"{PAGE}-/try/7/").status_code == 404


def test_an_archived_prompt_stands_apart_and_comes_back(editor, prompt):
    editor.post(f"{PAGE}-/archive/", follow=True)

    assert "DRAFTS" not in text(editor.get("/prompts/"))
    assert "DRAFTS" in text(editor.get("/prompts/?state=archived"))
    assert "is archived" in text(editor.get(PAGE))
    editor.post(f"{PAGE}-/restore/")
    assert "DRAFTS" in text(editor.get("/prompts/"))


def test_archiving_what_a_feature_uses_is_refused(editor, prompt, organization):
    feature = FeatureFactory(organization=organization, key="mail")
    version = latest_version(prompt)
    assigned(feature, enabled_model(organization), prompt_version=version)

    assert "used by mail" in text(editor.post(f"{PAGE}-/archive/"), 422)


WRITES = [
    ("/prompts/-/new/", {"name": "X", "text": "x"}),
    ("/prompts/-/starting/", {}),
    ("/prompts/-/check/", {"text": "x"}),
    (f"{PAGE}-/edit/", {"text": "x", "expected_number": "1"}),
    (f"{PAGE}-/describe/", {"description": "x"}),
    (f"{PAGE}-/archive/", {}),
    (f"{PAGE}-/restore/", {}),
    (LABELS, {"label": "x", "number": "1"}),
    (f"{LABELS}production/roll-back/1/", {}),
]


@pytest.mark.parametrize(("path", "data"), WRITES)
def test_a_viewer_changes_nothing(viewer, prompt, path, data):
    assert viewer.post(path, data).status_code == 403


@pytest.mark.parametrize(
    ("path", "data"),
    [one for one in WRITES if PAGE in one[0]] + [(f"{PAGE}-/try/1/", {})],
)
def test_another_organisations_prompt_is_not_there(stranger, prompt, path, data):
    assert stranger.post(path, data).status_code == 404
    assert stranger.get(PAGE).status_code == 404


def test_a_visitor_is_sent_to_sign_in(client, prompt):
    assert client.get(PAGE).status_code == 302


def test_a_name_with_slashes_has_a_page(editor, organization):
    editor.post("/prompts/-/new/", {"name": "mail/DRAFTS.v2", "text": "x"})

    assert "Text of v1" in text(editor.get("/prompts/mail/DRAFTS.v2/"))
    assert editor.get("/prompts/mail/DRAFTS.v2/-/edit/").status_code == 200


def test_an_archived_prompt_cannot_be_moved(editor, prompt):
    archive_prompt(prompt=prompt, actor=None)

    page = text(editor.post(LABELS, {"label": "x", "number": "1"}), 422)
    assert "Restore it first" in page
