import datetime

import pytest
from django.utils import timezone

from registry.models import ModelSetting, Pack
from registry.packs.examples import example_features, ready_made_packs
from registry.services.pack_switches import switch_pack
from registry.services.planned_switches import plan_switch_at, run_due
from tests.registry.packs.packing import entry, features, packed, served


@pytest.fixture
def version(organization):
    served(organization, "one")
    features(organization, "planner")
    return packed(organization, entry("planner", "openai/one"))


def test_without_a_pack_the_page_says_what_to_do(editor):
    text = editor.get("/packs/").content.decode()

    assert "No packs yet" in text
    assert "/packs/new/?start=assigned" in text
    assert all(one.name in text for one in ready_made_packs())


def test_a_pack_has_a_card(editor, version):
    text = editor.get("/packs/").content.decode()

    assert "Mixed-pack" in text
    assert "never used" in text
    assert "/packs/mixed-pack/switch/" in text


def test_the_active_pack_is_marked_here_and_in_the_frame(editor, version):
    switch_pack(version=version, actor=None, note="why not")

    text = editor.get("/packs/").content.decode()

    assert "Active" in text
    assert "why not" in text
    assert "Active model pack: Mixed-pack v1" in editor.get("/models/").content.decode()


def test_findings_stand_on_the_card_in_words(editor, organization):
    packed(organization, entry("planner", "openai/unknown"))
    features(organization, "planner")

    assert "1 model is not known" in editor.get("/packs/").content.decode()


@pytest.mark.parametrize(
    ("words", "is_shown"), [("mix", True), ("MIXED pack", True), ("other", False)]
)
def test_the_filter_looks_at_names(editor, version, words, is_shown):
    response = editor.get(
        "/packs/",
        {"q": words},
        headers={"HX-Request": "true", "HX-Target": "packs-results"},
    )

    assert ("Mixed-pack" in response.content.decode()) is is_shown
    assert "<html" not in response.content.decode()


def test_a_ready_made_pack_is_added_with_one_click(editor, organization):
    response = editor.post("/packs/-/ready-made/starter-pack-1/add/", follow=True)

    assert response.redirect_chain[-1][0] == "/packs/starter-pack-1/"
    assert Pack.objects.get(organization=organization).is_ready_made
    assert "Add Starter pack 1" not in editor.get("/packs/").content.decode()


def test_a_ready_made_pack_that_does_not_exist_is_refused(editor, organization):
    response = editor.post("/packs/-/ready-made/starter-pack-9/add/", follow=True)

    assert "starter-pack-1" in response.content.decode()
    assert not Pack.objects.exists()


def test_the_example_features_are_added_once(editor, organization):
    editor.post("/packs/-/example-features/")
    again = editor.post("/packs/-/example-features/", follow=True)

    assert organization.features.count() == len(example_features())
    assert "are here already" in again.content.decode()


def test_an_archived_pack_stands_in_its_own_list(editor, version):
    editor.post("/packs/mixed-pack/archive/", follow=True)

    assert "Mixed-pack" not in editor.get("/packs/").content.decode()
    assert "Mixed-pack" in editor.get("/packs/?state=archived").content.decode()


def test_a_plan_that_failed_says_why(editor, version, organization):
    at = timezone.now() + datetime.timedelta(hours=1)
    plan_switch_at(pack=version.pack, run_at=at, actor=None)
    ModelSetting.objects.filter(organization=organization).update(is_enabled=False)
    run_due(at)

    text = editor.get("/packs/").content.decode()

    assert "Earlier plans" in text
    assert "planner: openai/one is not enabled." in text
