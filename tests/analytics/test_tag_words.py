"""Fields for tags offer what calls have carried lately."""

import datetime

import pytest

from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import OrganizationFactory

TAGS = "/analytics/tags/"
LONG_AGO = datetime.timedelta(days=40)


@pytest.fixture
def tagged(organization):
    """Calls of two teams, one of them a customer's, and an old one."""
    now = datetime.datetime.now(datetime.UTC)
    record(organization, started_at=now, tags={"team": "search"})
    record(organization, started_at=now, tags={"team": "mail", "customer": "a & b"})
    record(organization, started_at=now - LONG_AGO, tags={"region": "north"})
    stranger = OrganizationFactory()
    record(stranger, started_at=now, tags={"secret": "theirs"})
    for one in (organization, stranger):
        rolled_up(one)


def offered(client, **query) -> str:
    return client.get(TAGS, query).text.strip()


def option(word: str) -> str:
    return f'<option value="{word}"></option>'


@pytest.mark.usefixtures("tagged")
def test_names_values_and_pairs_of_the_last_days_are_offered_by_the_alphabet(editor):
    assert offered(editor, list="names") == option("customer") + option("team")
    values = offered(editor, list="values", tag_name="team")
    assert values == option("mail") + option("search")
    pairs = ("customer=a &amp; b", "team=mail", "team=search")
    assert offered(editor) == "".join(map(option, pairs))


@pytest.mark.usefixtures("tagged")
def test_a_tag_that_nobody_uses_offers_nothing(editor):
    for name in ("", "region", "secret", "\x00", "'; --"):
        assert offered(editor, list="values", tag_name=name) == ""


def test_an_organisation_without_tags_is_offered_nothing(editor):
    assert offered(editor, list="names") == ""
    assert offered(editor) == ""
