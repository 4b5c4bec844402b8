from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from modelhub.bench.scratch import scratch_database
from registry.models import Organization
from tests.factories import OrganizationFactory


def databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def test_a_measurement_has_an_empty_database_and_leaves_the_usual_one_alone(
    transactional_db,
):
    """Also one that fails."""
    OrganizationFactory(slug="usual")
    usual = connection.settings_dict["NAME"]

    with suppress(ZeroDivisionError), scratch_database() as inside:
        assert connection.settings_dict["NAME"] == inside
        assert not Organization.objects.exists()
        OrganizationFactory(slug="scratch")
        raise ZeroDivisionError

    assert connection.settings_dict["NAME"] == usual
    assert [each.slug for each in Organization.objects.all()] == ["usual"]
    assert inside not in databases()


def test_no_runs_at_all_are_refused_before_anything_is_made(db):
    with pytest.raises(CommandError, match="at least one run"):
        call_command("bench", runs=0)
