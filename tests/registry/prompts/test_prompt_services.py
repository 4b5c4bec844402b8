"""Creating prompts, adding versions, archiving."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import (
    ActivePack,
    AuditEntry,
    Pack,
    PackEntry,
    PackVersion,
    Prompt,
    PromptVersion,
)
from registry.prompts.template import Variable
from registry.queries.prompts import find_version, latest_version
from registry.services.prompts import (
    PromptRefused,
    StalePrompt,
    add_version,
    archive_prompt,
    create_prompt,
    describe_prompt,
    restore_prompt,
)
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned
from tests.registry.prompts.conftest import TEXT
from tests.registry.prompts.writing import versioned


def test_a_new_prompt_has_one_version_in_production(prompt, organization):
    version = find_version(organization, "DRAFTS@production")

    assert (version.number, version.text) == (1, TEXT)
    assert version.variables[1] == {
        "name": "tone",
        "description": "How",
        "default": "warm",
    }


def test_an_undeclared_variable_creates_nothing(organization):
    with pytest.raises(PromptRefused, match="Line 1: {{who}} is not declared"):
        create_prompt(organization=organization, name="X", text="{{who}}", actor=None)

    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    "name", ["", "1X", "A B", "A@B", "-", "A/-/B", "A" * 81, "A\n"]
)
def test_a_name_that_cannot_be_called_is_refused(organization, name):
    with pytest.raises(ValidationError) as raised:
        create_prompt(organization=organization, name=name + "!", text="Hi", actor=None)

    assert "name" in raised.value.message_dict


def test_a_name_is_checked_in_no_time(organization):
    with pytest.raises(ValidationError):
        create_prompt(
            organization=organization, name="a" * 70 + "!", text="Hi", actor=None
        )


def test_a_name_is_used_once_per_organisation(prompt, organization):
    with pytest.raises(ValidationError, match="already"):
        create_prompt(organization=organization, name="DRAFTS", text="Hi", actor=None)


def test_a_new_version_leaves_the_old_one_and_its_label_alone(prompt, organization):
    outcome = add_version(
        prompt=prompt, text="Be brief.", actor=None, expected_number=1, note="Shorter"
    )

    assert (outcome.is_new, outcome.version.number) == (True, 2)
    assert find_version(organization, "DRAFTS").number == 1
    assert find_version(organization, "DRAFTS@latest").number == 2
    entry = AuditEntry.objects.get(action="prompt.version_added")
    assert (entry.after, entry.note) == ({"version": 2}, "Shorter")


def test_the_same_text_and_variables_make_no_version(prompt):
    newest = latest_version(prompt)
    variables = [Variable("language"), Variable("tone", "How", "warm")]

    outcome = add_version(
        prompt=prompt, text=TEXT, variables=variables, actor=None, expected_number=0
    )

    assert (outcome.is_new, outcome.version) == (False, newest)
    assert PromptVersion.objects.count() == 1


def test_a_version_on_top_of_an_older_one_is_refused_and_names_the_newest(prompt):
    versioned(prompt, "Two.")

    with pytest.raises(StalePrompt, match="v2") as raised:
        add_version(prompt=prompt, text="Mine.", actor=None, expected_number=1)

    assert raised.value.latest.text == "Two."


def test_an_archived_prompt_takes_no_version_until_it_is_restored(prompt):
    assert archive_prompt(prompt=prompt, actor=None)

    with pytest.raises(PromptRefused, match="archived"):
        versioned(prompt, "Two.")

    assert restore_prompt(prompt=prompt, actor=None)
    assert versioned(prompt, "Two.")[0].number == 2


def test_a_prompt_that_a_feature_uses_cannot_be_archived(prompt, organization):
    feature = FeatureFactory(organization=organization, key="drafts")
    assigned(
        feature, enabled_model(organization), prompt_version=latest_version(prompt)
    )

    with pytest.raises(PromptRefused, match="used by drafts"):
        archive_prompt(prompt=prompt, actor=None)


def test_a_prompt_of_the_active_pack_cannot_be_archived(prompt, organization):
    pack = Pack.objects.create(organization=organization, slug="p", name="P")
    version = PackVersion.objects.create(pack=pack, number=1, actor_label="x")
    PackEntry.objects.create(
        version=version,
        feature_key="mail",
        model_reference="a/b",
        prompt_version=latest_version(prompt),
    )
    ActivePack.objects.create(organization=organization, version=version)

    with pytest.raises(PromptRefused, match="the active pack"):
        archive_prompt(prompt=prompt, actor=None)


def test_a_description_is_changed_once(prompt):
    assert describe_prompt(prompt=prompt, description=" For mail. ", actor=None)
    assert not describe_prompt(prompt=prompt, description="For mail.", actor=None)
    assert AuditEntry.objects.get(action="prompt.described").after == {
        "description": "For mail."
    }
