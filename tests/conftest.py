"""Set-up shared by all tests: people and the browsers they are signed in with."""

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from registry.models import Membership, Role
from tests.catalog_data import copy_full_catalog, restore_full_catalog
from tests.factories import MembershipFactory
from tests.migrated import migrated_template

# Machines are shared: how long an example takes says nothing about the code.
settings.register_profile(
    "shared", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared")


@pytest.fixture
def membership(db) -> Membership:
    """An editor in an organisation of their own."""
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def organization(membership):
    return membership.organization


@pytest.fixture
def editor(client: Client, membership) -> Client:
    """A browser in which the editor of `organization` is signed in."""
    client.force_login(membership.user)
    return client


@pytest.fixture
def viewer(organization) -> Client:
    """A browser in which a viewer of the same `organization` is signed in."""
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.VIEWER).user
    )
    return client


@pytest.fixture
def stranger(db) -> Client:
    """A browser in which an editor of another organisation is signed in."""
    client = Client()
    client.force_login(MembershipFactory(role=Role.EDITOR).user)
    return client


@pytest.fixture(scope="session")
def catalog_copy(django_db_setup, django_db_blocker) -> None:
    """The whole catalogue, synced once and kept aside in a schema of its own."""
    with django_db_blocker.unblock():
        copy_full_catalog()
        connection.close()


@pytest.fixture
def full_catalog(catalog_copy, db) -> None:
    """The whole catalogue (2,694 models with prices) in the database of this test."""
    restore_full_catalog()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings) -> None:
    """The database of each worker is a copy too."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """The database refuses to empty the audit log; tests that commit have to."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE registry_auditentry DISABLE TRIGGER audit_keeps_table"
        )
