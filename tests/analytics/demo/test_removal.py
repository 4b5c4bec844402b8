"""What the sample data brings it takes away again, to the last row."""

import pytest
from django.apps import apps
from django.db import connection

from analytics.services.demo_loads import remove_sample, sample_organization
from analytics.services.demo_removal import remove_organization, ways_to_organization
from registry.models import Organization
from tests.analytics.records import record
from tests.factories import FeatureFactory, OrganizationFactory

APART = {"analytics_droppedusage", "analytics_bandedges"}
"""What belongs to nobody and is kept."""


def row_counts() -> dict[str, int]:
    models = [
        model
        for name in ("registry", "analytics", "recommender")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
    ]
    return {
        model._meta.db_table: model._base_manager.count()
        for model in models
        if model._meta.db_table not in APART
    }


def test_every_table_is_as_before(load_sample, organization, membership):
    FeatureFactory(organization=organization)
    record(organization)
    before = row_counts()
    load_sample(membership.user)
    loaded = row_counts()
    assert remove_sample() is True
    connection.check_constraints()
    assert row_counts() == before
    filled = {table for table in loaded if loaded[table] > before[table]}
    assert {
        "analytics_usagerecord",
        "analytics_budget",
        "analytics_budgetdefinition",
        "analytics_feedback",
        "analytics_hourrollup",
        "registry_packswitch",
        "registry_price",
        "registry_auditentry",
    } <= filled


@pytest.mark.django_db
def test_every_table_with_an_organisation_is_known():
    """A table that names its organisation without being found would be left behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE column_name = 'organization_id' AND table_schema = 'public' "
            "AND table_name !~ '_(\\d{4}_\\d{2}|default)$'"
        )
        tables = {row[0] for row in cursor.fetchall()}
    assert tables == tables & {model._meta.db_table for model in ways_to_organization()}


@pytest.mark.django_db
def test_a_real_organisation_is_never_removed_like_this():
    real = OrganizationFactory()
    with pytest.raises(ValueError, match="Only sample data"):
        remove_organization(real)
    assert Organization.objects.filter(pk=real.pk).exists()


@pytest.mark.django_db
def test_without_sample_data_there_is_nothing_to_remove():
    assert sample_organization() is None
    assert remove_sample() is False
