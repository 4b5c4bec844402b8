"""A feature's page says whether a pack or a person chose its model."""

import html

import pytest

from registry.services.pack_switches import roll_back_switch, switch_pack
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, served


@pytest.fixture
def planner(organization):
    models = served(organization, "one", "two")
    (planner,) = features(organization, "planner")
    return assigned(planner, models[1])


@pytest.fixture
def version(organization, planner):
    return packed(organization, entry("planner", "openai/one"))


def page(editor):
    return html.unescape(editor.get("/features/planner/").content.decode())


def test_an_assignment_by_hand_is_its_own(editor, planner):
    assert "own assignment" in page(editor)


def test_after_a_switch_the_pack_is_named(editor, version):
    switch_pack(version=version, actor=None)

    assert "from pack Mixed-pack v1" in page(editor)
    assert 'href="/packs/mixed-pack/?version=1"' in page(editor)
    assert "own assignment" not in page(editor)
    assert "Switched to mixed-pack v1" in page(editor)


def test_a_viewer_sees_it_too(viewer, version):
    switch_pack(version=version, actor=None)

    assert "from pack Mixed-pack v1" in page(viewer)


def test_the_history_names_the_switch_that_was_undone(editor, organization, version):
    switch_pack(version=version, actor=None)
    roll_back_switch(organization=organization, actor=None)

    assert "Switch of packs taken back" in page(editor)
    assert "own assignment" in page(editor)


def test_the_audit_log_tells_of_packs_in_words(editor, organization, version):
    switch_pack(version=version, actor=None)
    roll_back_switch(organization=organization, actor=None)

    text = html.unescape(editor.get("/settings/audit/").content.decode())

    assert "Pack created" in text
    assert "Pack switched" in text
    assert "Switch of packs taken back" in text


def test_the_search_dialog_finds_packs(editor, version):
    text = editor.get("/palette/?q=mixed").content.decode()

    assert 'href="/packs/mixed-pack/"' in text


def test_the_audit_log_writes_settings_as_people_do(editor, organization, planner):
    version = packed(
        organization,
        entry("planner", "openai/one", "openai/two", parameters={"temperature": 0.25}),
    )
    switch_pack(version=version, actor=None)

    text = html.unescape(editor.get("/settings/audit/").content.decode())

    assert "openai/one, then openai/two; temperature 0.25" in text


def test_the_overview_counts_what_a_switch_changed(editor, version):
    switch_pack(version=version, actor=None)

    text = html.unescape(editor.get("/").content.decode())

    assert "Pack switched" in text
    assert "1 feature" in text
