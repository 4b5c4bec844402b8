import html
import json
import re

import pytest

from registry.models import Pack
from registry.packs.document import PackFeature
from registry.packs.drafting import Draft
from registry.queries.packs import document_of, version_of
from registry.services.prompts import create_prompt
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, repacked, served


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


def draft_in(response):
    found = re.search(r'name="document" value="([^"]*)"', response.content.decode())
    return json.loads(html.unescape(found[1]))


def posted(*rows, **more):
    return {"document": Draft.of(rows).as_text(), "name": "Mine", **more}


def test_the_start_page_offers_every_beginning(editor, organization):
    packed(organization, entry("planner", "openai/one"))

    text = editor.get("/packs/new/").content.decode()

    assert "What is assigned now" in text
    assert "From a file" in text
    assert "Mixed-pack v1" in text


def test_from_what_is_assigned_now(editor, organization, models):
    planner, _ = features(organization, "planner", "critic")
    assigned(planner, *models, parameters={"temperature": 0.4})

    draft = draft_in(editor.get("/packs/new/?start=assigned"))

    assert draft["planner"] == {
        "model": "openai/one",
        "fallbacks": ["openai/two"],
        "parameters": {"temperature": 0.4},
    }
    assert draft["critic"] == {}


def test_from_another_pack(editor, organization):
    packed(organization, entry("planner", "openai/one"))

    response = editor.get("/packs/new/?start=pack&pack=mixed-pack")

    assert draft_in(response) == {"planner": {"model": "openai/one"}}
    assert "Mixed-pack copy" in response.content.decode()


@pytest.mark.parametrize("query", ["start=pack&pack=none", "start=moon", "start=pack"])
def test_a_beginning_that_is_not_there_is_404(editor, query):
    assert editor.get(f"/packs/new/?{query}").status_code == 404


def test_a_pack_is_made(editor, organization, models):
    row = PackFeature("planner", "openai/one", ("openai/two",), {"top_p": 0.5})

    response = editor.post(
        "/packs/new/",
        posted(row, PackFeature("critic", ""), description="For us", note="first"),
    )

    pack = Pack.objects.get(organization=organization)
    document = document_of(version_of(pack))
    assert response.url == "/packs/mine/"
    assert (pack.slug, pack.description) == ("mine", "For us")
    assert document.features == (row,)
    assert document.note == "first"


def test_a_row_that_is_open_is_saved_with_the_rest(editor, organization):
    editor.post(
        "/packs/new/",
        posted(
            PackFeature("planner", "openai/one"),
            **{"row-key": "planner", "row-model": "openai/two"},
        ),
    )

    version = version_of(Pack.objects.get())
    assert document_of(version).feature("planner").model == "openai/two"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"slug": "Not a slug"}, "slug"),
        ({"slug": "new"}, "a word of ModelHub"),
        ({"name": "!!!"}, "No slug can be made"),
        ({"row-key": "planner", "row-model": "none"}, "provider/model-id"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(editor, more, said):
    row = PackFeature("planner", "openai/one", parameters={"temperature": 0.4})

    response = editor.post("/packs/new/", posted(row, note="kept words", **more))

    assert response.status_code == 422
    assert said in html.unescape(response.content.decode())
    assert "kept words" in response.content.decode()
    assert draft_in(response)["planner"]["parameters"] == {"temperature": 0.4}
    assert not Pack.objects.exists()


def test_a_pack_without_features_is_refused(editor):
    response = editor.post("/packs/new/", posted())

    assert response.status_code == 422
    assert "at least one feature" in response.content.decode()


def test_a_slug_that_is_taken_is_refused(editor, organization):
    packed(organization, entry("planner", "openai/one"), slug="mine")

    response = editor.post("/packs/new/", posted(PackFeature("a", "openai/one")))

    assert response.status_code == 422
    assert "There is a pack mine already" in response.content.decode()


def test_editing_adds_a_version_with_a_note(editor, organization):
    version = packed(organization, entry("planner", "openai/one"))
    row = PackFeature("planner", "openai/two")

    response = editor.post(
        "/packs/mixed-pack/edit/",
        posted(row, name="Renamed", expected="1", note="cheaper", slug="else"),
    )

    version.pack.refresh_from_db()
    newest = version_of(version.pack)
    assert response.url == "/packs/mixed-pack/"
    assert (newest.number, newest.note) == (2, "cheaper")
    assert (version.pack.name, version.pack.slug) == ("Renamed", "mixed-pack")
    assert document_of(version).feature("planner").model == "openai/one"


def test_saving_the_same_again_adds_nothing(editor, organization):
    version = packed(organization, entry("planner", "openai/one"))
    row = PackFeature("planner", "openai/one")

    response = editor.post(
        "/packs/mixed-pack/edit/",
        posted(row, name="Mixed-pack", expected="1"),
        follow=True,
    )

    assert "Nothing to change" in response.content.decode()
    assert version.pack.versions.count() == 1


def test_somebody_else_was_faster(editor, organization):
    version = packed(organization, entry("planner", "openai/one"))
    repacked(version, entry("planner", "openai/three"))
    row = PackFeature("planner", "openai/two")

    response = editor.post(
        "/packs/mixed-pack/edit/", posted(row, name="Renamed", expected="1")
    )

    version.pack.refresh_from_db()
    assert response.status_code == 409
    assert "Someone else was faster" in response.content.decode()
    assert 'name="expected" value="2"' in response.content.decode()
    assert draft_in(response)["planner"]["model"] == "openai/two"
    assert version.pack.name == "Mixed-pack"


def test_a_button_of_the_editor_answers_with_the_editor_alone(editor):
    response = editor.post(
        "/packs/-/draft/",
        posted(PackFeature("planner", "openai/one"), open="planner"),
        headers={"HX-Request": "true", "HX-Target": "pack-editor"},
    )

    assert "<html" not in response.content.decode()
    assert 'name="row-model"' in response.content.decode()


def test_a_draft_that_is_not_ours_is_a_bad_request(editor):
    assert editor.post("/packs/-/draft/", {"document": "["}).status_code == 400
    assert editor.post("/packs/new/", {"document": "["}).status_code == 400


def test_the_search_judges_by_what_the_feature_requires(editor, organization, models):
    found = editor.get("/packs/-/candidates/", {"row-key": "planner", "find": "one"})

    assert "Use openai/one as the model" in found.content.decode()
    assert "Meets the requirements" in found.content.decode()


@pytest.mark.parametrize("query", [{}, {"find": "x" * 200}, {"find": "zzz"}])
def test_a_search_that_finds_nothing_breaks_nothing(editor, query):
    assert editor.get("/packs/-/candidates/", query).status_code == 200


def test_the_editor_opens_where_there_are_prompts(editor, organization):
    create_prompt(organization=organization, name="PLANS", text="Plan.", actor=None)

    page = editor.get("/packs/new/?start=assigned").content.decode()

    assert "PLANS" in page
