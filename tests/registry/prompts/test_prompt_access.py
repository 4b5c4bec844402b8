"""`get_prompt` for Python code of the product."""

import pytest

from registry.prompt_access import PromptNotFound, get_prompt
from registry.prompts.template import MissingVariables
from registry.queries.organizations import OrganizationUnclear
from registry.resolution.loading import load_snapshot
from registry.resolution.source import snapshot_source
from registry.services.prompts import archive_prompt, create_prompt
from tests.factories import OrganizationFactory
from tests.registry.prompts.writing import moved, versioned


def test_a_prompt_is_read_and_rendered(prompt):
    found = get_prompt("DRAFTS")

    assert (found.name, found.number, found.label) == ("DRAFTS", 1, "production")
    assert found.render({"language": "German"}) == "Answer in German.\nBe warm."
    with pytest.raises(MissingVariables, match="DRAFTS needs a value"):
        found.render()


def test_a_number_and_the_latest_are_read_too(prompt):
    versioned(prompt, "Two.")

    assert get_prompt("DRAFTS", "latest").number == 2
    assert get_prompt("DRAFTS", number=2).text == "Two."


def test_where_there_are_several_organisations_one_is_named(prompt, organization):
    OrganizationFactory(slug="other")

    with pytest.raises(OrganizationUnclear):
        get_prompt("DRAFTS")
    assert get_prompt("DRAFTS", organization=organization.slug).number == 1
    assert get_prompt("DRAFTS", organization=organization).number == 1
    with pytest.raises(PromptNotFound):
        get_prompt("DRAFTS", organization="other")


def test_an_archived_prompt_is_not_there(prompt):
    archive_prompt(prompt=prompt, actor=None)

    with pytest.raises(PromptNotFound, match="is archived"):
        get_prompt("DRAFTS")


def test_the_snapshot_holds_what_labels_are_on(prompt, organization):
    versioned(prompt, "Two.")
    moved(prompt, 2, "staging")
    archived = create_prompt(
        organization=organization, name="OLD", text="x", actor=None
    ).prompt
    archive_prompt(prompt=archived, actor=None)

    found = load_snapshot().configuration.prompts

    assert {key[1:]: entry.number for key, entry in found.items()} == {
        ("DRAFTS", "production"): 1,
        ("DRAFTS", "staging"): 2,
    }


def test_a_process_that_follows_the_configuration_asks_nobody(
    transactional_db, django_assert_num_queries
):
    organization = OrganizationFactory()
    prompt = create_prompt(
        organization=organization, name="A", text="One.", actor=None
    ).prompt
    source = snapshot_source().start()
    try:
        with django_assert_num_queries(0):
            assert get_prompt("A").text == "One."
        versioned(prompt, "Two.")
        moved(prompt, 2)
        source.wait_until(
            lambda found: found.prompt(organization.pk, "A", "production").number == 2
        )
        with django_assert_num_queries(0):
            assert get_prompt("A", organization=organization.slug).text == "Two."
    finally:
        source.stop()
