import pytest

from registry.models import TokenScope
from registry.prompts.template import Variable
from registry.services.api_tokens import create_token, revoke_token
from registry.services.prompts import archive_prompt, create_prompt
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned
from tests.registry.prompts.writing import moved, versioned

PATH = "/api/prompts/code/DRAFTS"


@pytest.fixture
def prompt(organization):
    return create_prompt(
        organization=organization,
        name="code/DRAFTS",
        text="In {{language}}.",
        variables=[Variable("language", "Theirs")],
        actor=None,
    ).prompt


def bearer(organization, *scopes):
    issued = create_token(
        organization=organization, label="product", scopes=scopes, actor=None
    )
    return {"Authorization": f"Bearer {issued.text}"}, issued.token


def test_a_prompt_is_told_by_label_and_by_version(editor, prompt):
    versioned(prompt, "Two.")

    production = editor.get(PATH).json()
    newest = editor.get(f"{PATH}?version=2").json()

    assert (production["version"], production["label"]) == (1, "production")
    assert production["text"] == "In {{language}}."
    assert production["variables"] == [
        {
            "name": "language",
            "description": "Theirs",
            "default": None,
            "is_required": True,
        }
    ]
    assert (newest["text"], newest["label"]) == ("Two.", None)
    assert editor.get(f"{PATH}?label=latest").json()["version"] == 2


def test_an_unchanged_prompt_is_304_until_the_label_moves(editor, prompt):
    versioned(prompt, "Two.")
    tag = editor.get(PATH).headers["ETag"]

    again = editor.get(PATH, headers={"If-None-Match": tag})
    moved(prompt, 2)
    after = editor.get(PATH, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert (after.status_code, after.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?version=9", 404),
        ("?label=nowhere", 404),
        ("?version=0", 422),
        ("?version=1&label=production", 422),
        ("?version=99999999999", 422),
        ("?label=%00", 422),
    ],
)
def test_a_version_that_is_not_there_is_said(editor, prompt, query, status):
    response = editor.get(PATH + query)

    assert response.status_code == status
    assert response.json()["error"]


def test_an_unknown_name_is_answered_with_the_nearest(editor, prompt):
    response = editor.get("/api/prompts/code/DRAFT")

    assert response.status_code == 404
    assert "Did you mean code/DRAFTS?" in response.json()["error"]


def test_another_organisations_prompt_is_not_there(stranger, prompt):
    response = stranger.get(PATH)

    assert response.status_code == 404
    assert "DRAFTS?" not in response.json()["error"]
    assert stranger.get("/api/prompts").json()["items"] == []


def test_an_archived_prompt_is_not_served(editor, prompt):
    archive_prompt(prompt=prompt, actor=None)

    assert editor.get(PATH).status_code == 404
    assert editor.get("/api/prompts").json()["items"] == []


def test_the_list_says_labels_and_users(editor, prompt, organization):
    feature = FeatureFactory(organization=organization, key="drafts")
    first = prompt.versions.get()
    assigned(feature, enabled_model(organization), prompt_version=first)

    (found,) = editor.get("/api/prompts").json()["items"]

    assert (found["name"], found["latest_version"]) == ("code/DRAFTS", 1)
    assert found["labels"] == {"production": 1}
    assert found["used_by"] == ["drafts"]
    told = editor.get("/api/features/drafts").json()["assignment"]
    assert told["prompt"] == "code/DRAFTS@1"


def test_a_program_reads_with_a_token(client, prompt, organization):
    headers, token = bearer(organization, TokenScope.PROMPTS)

    response = client.get(PATH, headers=headers)

    assert response.status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_token_reads_its_own_organisation_only(client, prompt, membership, stranger):
    other = stranger.get("/api/prompts")
    assert other.status_code == 200
    headers, _ = bearer(other.wsgi_request.organization, TokenScope.PROMPTS)

    assert client.get(PATH, headers=headers).status_code == 404


def test_a_token_without_the_scope_is_refused(client, prompt, organization):
    headers, _ = bearer(organization, TokenScope.GATEWAY)

    response = client.get(PATH, headers=headers)

    assert response.status_code == 403
    assert "may not be used for prompts" in response.json()["error"]


def test_a_token_that_does_not_hold_is_refused(client, prompt, organization):
    headers, token = bearer(organization, TokenScope.PROMPTS)
    revoke_token(token=token, actor=None)

    assert client.get(PATH, headers=headers).status_code == 401
    assert client.get(PATH, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get(PATH, headers={"Authorization": "Basic x"}).status_code == 401
    assert client.get(PATH).status_code == 401


def test_a_token_opens_nothing_else(client, prompt, organization):
    headers, _ = bearer(organization, TokenScope.PROMPTS)

    assert client.get("/api/models", headers=headers).status_code == 403
