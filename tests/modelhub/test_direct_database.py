"""What goes past a pooler that lends sessions for a transaction, and what does not."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from modelhub.database import database_settings, direct_settings
from registry.direct_connection import all_direct, connect_directly, only_one

THROUGH = "postgresql://hub:secret@127.0.0.1:6432/hub"
PAST = "postgresql://hub:secret@db.example.com:5432/hub"
WHO = "SELECT current_setting('application_name')"


@pytest.fixture
def past(settings):
    """As if the database of this test could be reached in another way as well."""
    stated = connections["default"].settings_dict
    settings.DIRECT_DATABASE = {**stated, "OPTIONS": {"application_name": "past"}}


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return cursor.fetchone()[0]


def test_nothing_is_left_in_a_session_that_is_lent():
    pooled = database_settings(THROUGH, conn_max_age=60, is_pooled=True)

    assert pooled["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert pooled["OPTIONS"]["prepare_threshold"] is None
    usual = database_settings(PAST, conn_max_age=0)
    assert not usual["DISABLE_SERVER_SIDE_CURSORS"]


def test_the_way_past_it_is_named_beside_the_way_through():
    assert direct_settings("", THROUGH) is None
    assert direct_settings(PAST, THROUGH)["HOST"] == "db.example.com"
    with pytest.raises(ImproperlyConfigured, match="goes with DATABASE_URL"):
        direct_settings(PAST, "")
    with pytest.raises(ImproperlyConfigured, match="^DATABASE_DIRECT_URL must name"):
        direct_settings("mysql://x/y", THROUGH)


@pytest.mark.django_db
def test_what_needs_a_session_goes_past_it(past):
    with connect_directly() as session:
        assert session.execute(WHO).fetchone() == ("past",)
        assert session.autocommit
    assert who() != "past"


@pytest.mark.django_db(transaction=True)
def test_a_command_that_changes_tables_goes_past_it_altogether(past):
    before = dict(connection.settings_dict)

    with all_direct():
        assert who() == "past"

    assert who() != "past"
    assert connection.settings_dict == before


@pytest.mark.django_db
def test_of_those_who_prepare_one_works_at_a_time():
    ask = "SELECT pg_try_advisory_lock(77)"
    with connect_directly() as another:
        with only_one(77):
            assert another.execute(ask).fetchone() == (False,)
        assert another.execute(ask).fetchone() == (True,)
