"""An assignment carries a version of a prompt."""

import pytest

from registry.models import AuditEntry
from registry.queries.assignments import current_revision, state_of
from registry.queries.prompts import find_version, latest_version
from registry.resolution.loading import load_snapshot
from registry.services.assignments import AssignmentRefused, assign_model, roll_back
from registry.services.prompts import archive_prompt, create_prompt
from tests.factories import FeatureFactory, OrganizationFactory, enabled_model
from tests.registry.assigning import assigned
from tests.registry.prompts.writing import moved, versioned

SAVE = "/features/mail/assignment/"


@pytest.fixture
def model(organization):
    return enabled_model(organization, model_name="m")


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="mail", name="Mail")


def form(model, revision, prompt):
    return {"model": model.pk, "expected_revision": revision, "prompt": prompt}


def test_the_form_resolves_a_label_when_it_is_saved(editor, feature, model, prompt):
    versioned(prompt, "Two.")
    page = editor.get("/features/mail/").content.decode()
    assert "DRAFTS production, now v1" in page
    moved(prompt, 2)

    editor.post(SAVE, form(model, 0, "DRAFTS@production"))

    assert state_of(current_revision(feature)).prompt == "DRAFTS@2"
    page = editor.get("/features/mail/").content.decode()
    assert '<option value="DRAFTS@2" selected>' in page
    assert AuditEntry.objects.get(action="assignment.changed").after["prompt"] == (
        "DRAFTS@2"
    )


def test_another_prompt_is_another_revision_and_stands_in_the_history(
    editor, feature, model, prompt
):
    versioned(prompt, "Two.")
    editor.post(SAVE, form(model, 0, "DRAFTS@1"))

    editor.post(SAVE, form(model, 1, "DRAFTS@2"))

    assert current_revision(feature).number == 2
    page = editor.get("/features/mail/").content.decode()
    assert "<del>DRAFTS@1</del>" in page
    assert "<ins>DRAFTS@2</ins>" in page


def test_a_prompt_that_is_not_there_is_refused(editor, feature, model, prompt):
    response = editor.post(SAVE, form(model, 0, "DRAFTS@9"))

    assert response.status_code == 422
    assert "DRAFTS has no version 9" in response.content.decode()
    assert current_revision(feature) is None


def test_a_conflict_shows_both_prompts(editor, feature, model, prompt):
    assigned(feature, model, prompt_version=latest_version(prompt))

    response = editor.post(SAVE, form(model, 0, ""))

    page = response.content.decode()
    assert response.status_code == 409
    assert "DRAFTS@1" in page


def test_another_organisations_prompt_cannot_be_assigned(editor, feature, model):
    other = create_prompt(
        organization=OrganizationFactory(), name="THEIRS", text="x", actor=None
    )

    assert editor.post(SAVE, form(model, 0, "THEIRS@1")).status_code == 422
    with pytest.raises(AssignmentRefused, match="another organisation"):
        assigned(feature, model, prompt_version=other)


def test_an_archived_prompt_cannot_be_assigned(feature, model, prompt):
    archive_prompt(prompt=prompt, actor=None)

    with pytest.raises(AssignmentRefused, match="archived"):
        assigned(feature, model, prompt_version=latest_version(prompt))


def test_a_quick_switch_keeps_the_prompt(editor, feature, model, prompt, organization):
    assigned(feature, model, prompt_version=latest_version(prompt))
    other = enabled_model(organization, model_name="other")

    editor.post("/features/mail/switch/", {"model": other.pk, "expected_revision": 1})

    state = state_of(current_revision(feature))
    assert (state.model, state.prompt) == ("openai/other", "DRAFTS@1")


def test_a_roll_back_brings_the_prompt_back(feature, model, prompt):
    assigned(feature, model, prompt_version=latest_version(prompt))
    assign_model(feature=feature, ai_model=model, actor=None, expected_revision=1)
    assert state_of(current_revision(feature)).prompt is None

    roll_back(feature=feature, to_revision=1, actor=None, expected_revision=2)

    assert state_of(current_revision(feature)).prompt == "DRAFTS@1"


def test_the_snapshot_serves_the_version_assigned_whatever_labels_do(
    feature, model, prompt, organization
):
    assigned(feature, model, prompt_version=find_version(organization, "DRAFTS"))
    versioned(prompt, "Two.")
    moved(prompt, 2)

    entry = load_snapshot().feature(organization.pk, "mail").prompt

    assert (entry.title, entry.template.names) == ("DRAFTS v1", ("language", "tone"))


def test_a_viewer_sees_the_prompt(viewer, feature, model, prompt):
    assigned(feature, model, prompt_version=latest_version(prompt))

    page = viewer.get("/features/mail/").content.decode()

    assert '<a href="/prompts/DRAFTS/">DRAFTS</a> v1' in page
