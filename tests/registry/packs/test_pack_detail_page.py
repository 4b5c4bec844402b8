import datetime
import json

import pytest
from django.utils import timezone

from registry.packs.reading import read_pack
from registry.services.pack_switches import switch_pack
from tests.factories import AIModelFactory, FeatureFactory
from tests.registry.packs.packing import entry, features, packed, repacked, served


@pytest.fixture
def version(organization):
    served(organization, "one", "two")
    features(organization, "planner", "critic")
    return packed(
        organization,
        entry("planner", "openai/one", "openai/two", parameters={"temperature": 0.25}),
        entry("critic", "openai/one"),
    )


def text_of(response):
    return response.content.decode()


def test_the_page_shows_what_each_feature_gets(editor, version):
    text = text_of(editor.get("/packs/mixed-pack/"))

    assert "openai/one" in text
    assert "then openai/two" in text
    assert "temperature 0.25" in text


def test_an_older_version_can_be_looked_at(editor, version):
    repacked(version, entry("planner", "openai/two"))

    text = text_of(editor.get("/packs/mixed-pack/?version=1"))

    assert "This is v1" in text
    assert "temperature 0.25" in text


@pytest.mark.parametrize("number", ["7", "99999999999"])
def test_a_version_that_is_not_there_is_404_or_the_newest(editor, version, number):
    response = editor.get("/packs/mixed-pack/", {"version": number})

    assert response.status_code in {404, 200}


def test_two_versions_stand_side_by_side(editor, version):
    repacked(version, entry("planner", "openai/two"), entry("critic", "openai/one"))

    response = editor.get(
        "/packs/mixed-pack/?before=1&after=2",
        headers={"HX-Request": "true", "HX-Target": "pack-comparison"},
    )

    text = text_of(response)
    assert "<del>openai/one</del>" in text
    assert "<ins>openai/two</ins>" in text
    assert "critic" not in text


def test_use_and_cost_are_asked_for_apart(editor, version):
    assert 'hx-get="/packs/mixed-pack/use/"' in text_of(
        editor.get("/packs/mixed-pack/")
    )


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_an_export_is_read_back_without_loss(editor, version, kind):
    response = editor.get(f"/packs/mixed-pack/export/?format={kind}")

    read = read_pack(response.content, kind=kind)
    assert f"mixed-pack-v1.{kind}" in response["Content-Disposition"]
    assert read.feature("planner").fallbacks == ("openai/two",)
    assert read.feature("planner").parameters == {"temperature": 0.25}


def test_an_export_in_no_known_form_is_yaml(editor, version):
    response = editor.get("/packs/mixed-pack/export/?format=exe")

    assert response["Content-Type"].startswith("application/yaml")


def test_a_retired_model_is_told_and_its_successor_takes_over(editor, organization):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    AIModelFactory(model_name="gpt-4-mini", retired_on=yesterday)
    served(organization, "gpt-5-mini")
    FeatureFactory(organization=organization, key="planner")
    packed(organization, entry("planner", "openai/gpt-4-mini"))

    page = text_of(editor.get("/packs/mixed-pack/"))
    response = editor.post("/packs/mixed-pack/successors/", follow=True)

    assert "New version with the successor" in page
    assert "v2 names the successors" in text_of(response)
    exported = json.loads(editor.get("/packs/mixed-pack/export/?format=json").content)
    assert exported["features"]["planner"]["model"] == "openai/gpt-5-mini"
    assert "Successors: openai/gpt-4-mini" in exported["note"]


def test_without_a_proposal_nothing_is_made(editor, version):
    response = editor.post("/packs/mixed-pack/successors/", follow=True)

    assert "No successor is proposed" in text_of(response)
    assert version.pack.versions.count() == 1


def test_the_active_pack_is_not_archived(editor, version):
    switch_pack(version=version, actor=None)

    response = editor.post("/packs/mixed-pack/archive/", follow=True)

    assert "Switch to another pack first" in text_of(response)


def test_an_archived_pack_is_restored(editor, version):
    editor.post("/packs/mixed-pack/archive/")
    page = text_of(editor.get("/packs/mixed-pack/"))
    editor.post("/packs/mixed-pack/restore/")

    assert "This pack is archived" in page
    version.pack.refresh_from_db()
    assert version.pack.archived_at is None
