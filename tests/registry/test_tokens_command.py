"""`modelhub tokens` creates, lists, edits and revokes."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import ApiToken, AuditEntry
from registry.token_text import token_digest
from tests.factories import OrganizationFactory


def tokens(*arguments: str) -> str:
    out = StringIO()
    call_command("tokens", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def organization(db):
    return OrganizationFactory(slug="acme")


def test_create_prints_the_token_and_nothing_else():
    text = tokens("create", "shop").strip()

    assert ApiToken.objects.get().digest == token_digest(text)
    assert AuditEntry.objects.get().actor_label == "modelhub tokens"


def test_create_as_json_is_one_document():
    document = json.loads(
        tokens("create", "shop", "--json", "--scope", "feedback", "--days", "7")
    )

    assert document["scopes"] == ["feedback"]
    assert document["token"].startswith(document["prefix"])
    assert document["expires_at"]


def test_list_says_state_and_last_use_but_no_token():
    text = tokens("create", "shop").strip()

    assert tokens("list").split("\t")[1:] == [
        f"{text[:8]}…",
        "Active",
        "never used",
        "shop\n",
    ]
    assert text not in tokens("list", "--json")


def test_edit_changes_what_is_named_and_leaves_the_rest():
    tokens("create", "shop", "--days", "7", "--monthly-limit", "5")

    told = json.loads(
        tokens("edit", "shop", "--name", "till", "--no-monthly-limit", "--json")
    )

    assert (told["label"], told["monthly_limit_usd"]) == ("till", None)
    assert told["expires_at"]
    assert "is changed" in tokens("edit", "till", "--never", "--scope", "usage")
    assert "was so already" in tokens("edit", "till", "--never")
    token = ApiToken.objects.get()
    assert (token.expires_at, token.scopes) == (None, ["usage"])
    entry = AuditEntry.objects.filter(action="token.edited").latest("pk")
    assert entry.actor_label == "modelhub tokens"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Say what to change"),
        (["--feature", "gone"], "There is no feature gone."),
        (["--days", "0"], "holds for 1 to"),
        (["--name", " "], "Give the token a name."),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(options, said):
    tokens("create", "shop")

    with pytest.raises(CommandError, match=said):
        tokens("edit", "shop", *options)


def test_a_token_is_revoked_by_its_name_id_or_beginning():
    text = tokens("create", "shop").strip()

    assert "is revoked" in tokens("revoke", text)
    assert "was revoked already" in tokens("revoke", "shop")
    assert not json.loads(tokens("revoke", str(ApiToken.objects.get().pk), "--json"))[
        "is_new"
    ]
    assert json.loads(tokens("list", "--json"))[0]["state"] == "revoked"


def test_no_tokens_is_said():
    assert tokens("list") == "No tokens yet.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create", " "], "Give the token a name"),
        (["create", "a\x00b"], "no control characters"),
        (["create", "x" * 81], "at most 80 characters"),
        (["create", "shop", "--days", "0"], "1 to 3650 days"),
        (["revoke", "nothing"], "There is no token 'nothing' in acme"),
        (["revoke", ""], "There is no token ''"),
        (["list", "--organization", "none"], "There is no organisation 'none'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        tokens(*arguments)


def test_a_name_that_two_tokens_have_is_not_guessed():
    tokens("create", "shop")
    tokens("create", "shop")

    with pytest.raises(CommandError, match="Several tokens are meant"):
        tokens("revoke", "shop")
