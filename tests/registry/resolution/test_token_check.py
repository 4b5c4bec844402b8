"""A token is let in or refused with a reason, and its use is noted cheaply."""

import datetime

import pytest

from registry.models import ApiToken
from registry.resolution.entries import TokenEntry
from registry.resolution.snapshot import EMPTY_CATALOG, Configuration, Snapshot
from registry.resolution.token_check import TokenRefused, check_token
from registry.services.api_tokens import TokenUse, create_token, revoke_token
from registry.token_text import LENGTH, new_token_text, token_digest
from tests.factories import OrganizationFactory
from tests.registry.resolution.entries import ACME, NOW

HOUR = datetime.timedelta(hours=1)
TEXT = new_token_text()


def snapshot(**facts) -> Snapshot:
    entry = TokenEntry(5, ACME, "shop", frozenset({"gateway"}), **facts)
    configuration = Configuration.of([], tokens={token_digest(TEXT): entry})
    return Snapshot(1, NOW, EMPTY_CATALOG, configuration)


def test_a_token_that_holds_is_let_in():
    assert check_token(snapshot(), TEXT, NOW).id == 5
    assert check_token(snapshot(expires_at=NOW + HOUR), TEXT, NOW).id == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("sk-of-another-service", "malformed"),
        ("mh_\x00", "malformed"),
        (" " * LENGTH, "malformed"),
        ("mh_" + "x" * 3_000, "malformed"),
        ("mh_" + "\ud800" * 43, "unknown"),
        ("mh_" + "x" * (LENGTH - 3), "unknown"),
    ],
)
def test_other_texts_are_refused_without_repeating_them(text, code):
    with pytest.raises(TokenRefused) as caught:
        check_token(snapshot(), text, NOW)

    assert caught.value.code == code
    assert len(text) < 3 or text not in caught.value.message


def test_an_expired_token_says_since_when():
    with pytest.raises(TokenRefused, match="expired on 21 Nov 2026") as caught:
        check_token(snapshot(expires_at=NOW), TEXT, NOW)

    assert caught.value.code == "expired"


def test_a_token_is_good_only_for_its_scopes():
    with pytest.raises(TokenRefused) as caught:
        check_token(snapshot(), TEXT, NOW, "feedback")

    assert caught.value.code == "scope"


def test_texts_have_one_length_and_do_not_repeat():
    texts = {new_token_text() for _ in range(200)}

    assert {len(text) for text in texts} == {LENGTH}
    assert len(texts) == 200


@pytest.fixture
def token(db) -> ApiToken:
    return create_token(
        organization=OrganizationFactory(), label="shop", actor=None
    ).token


def test_use_is_written_at_most_once_a_minute(token, django_assert_num_queries):
    clock = iter([0, 30, 61])
    use = TokenUse(clock=lambda: next(clock))
    for _ in range(100):
        use.note(token.pk)

    assert use.flush() == 1
    use.note(token.pk)
    with django_assert_num_queries(0):
        assert use.flush() == 0
    assert use.flush() == 1

    token.refresh_from_db()
    assert token.last_used_at


def test_nothing_noted_writes_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert TokenUse().flush() == 0


def test_a_newer_use_is_not_overwritten_by_an_older_one(token):
    use = TokenUse()
    use.note(token.pk)
    later = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=later)

    use.flush()

    token.refresh_from_db()
    assert token.last_used_at == later


def test_revoking_twice_is_revoking_once(token):
    assert revoke_token(token=token, actor=None)
    assert not revoke_token(token=token, actor=None)
