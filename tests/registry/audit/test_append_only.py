"""The database keeps the audit log: raw SQL of the application's own role cannot change
what it says."""

import pytest
from django.db import Error, connection, transaction

from registry.audit import record_change
from registry.models import AuditEntry, User
from tests.factories import FeatureFactory, OrganizationFactory, UserFactory


def entry(organization, actor=None) -> AuditEntry:
    return record_change(
        organization=organization,
        actor=actor,
        action="feature.edited",
        target=FeatureFactory.build(pk=1, key="tagging"),
        before={"name": "Old"},
        after={"name": "New"},
    )


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_auditentry SET note = 'Nothing happened'",
        "UPDATE registry_auditentry SET organization_id = NULL",
        "UPDATE registry_auditentry SET at = now() - interval '1 year'",
        "DELETE FROM registry_auditentry",
        "WITH gone AS (DELETE FROM registry_auditentry RETURNING 1) SELECT 1 FROM gone",
        "INSERT INTO registry_auditentry SELECT * FROM registry_auditentry"
        " ON CONFLICT (id) DO UPDATE SET note = 'Nothing happened'",
        "MERGE INTO registry_auditentry USING (SELECT 1) AS x ON true"
        " WHEN MATCHED THEN DELETE",
    ],
)
@pytest.mark.parametrize("has_organization", [True, False])
def test_no_statement_changes_an_entry(organization, statement, has_organization):
    written = entry(organization if has_organization else None)

    with pytest.raises(Error, match="append-only"):
        run(statement)

    kept = AuditEntry.objects.values().get()
    assert kept["note"] == ""
    assert kept["organization_id"] == written.organization_id
    assert kept["at"] == written.at


def test_the_table_is_not_emptied(organization):
    entry(organization)
    # Tests that commit empty all tables; only they have this trigger switched off.
    run("ALTER TABLE registry_auditentry ENABLE TRIGGER audit_keeps_table")

    with pytest.raises(Error, match="append-only"):
        run("TRUNCATE registry_auditentry CASCADE")

    assert AuditEntry.objects.count() == 1


def test_an_entry_outlives_its_organisation_and_its_person(db):
    organization, person = OrganizationFactory(), UserFactory()
    written = entry(organization, person)
    number = organization.pk

    organization.delete()
    User.objects.filter(pk=person.pk).delete()

    kept = AuditEntry.objects.get(pk=written.pk)
    assert kept.organization_id == number
    assert kept.actor_label == person.email


def test_the_log_of_sample_data_is_dated_back_and_taken_away(db):
    sample, real = OrganizationFactory(is_sample=True), OrganizationFactory()
    entry(sample)
    kept = entry(real)

    AuditEntry.objects.filter(organization=sample).update(at="2026-01-01T00:00:00Z")
    AuditEntry.objects.filter(organization=sample).delete()

    assert AuditEntry.objects.get() == kept


def test_an_entry_of_sample_data_is_not_pushed_on_to_somebody_else(db):
    entry(OrganizationFactory(is_sample=True))
    real = OrganizationFactory()

    with pytest.raises(Error, match="append-only"):
        run(f"UPDATE registry_auditentry SET organization_id = {real.pk}")


def test_no_organisation_with_a_log_turns_into_sample_data(organization):
    entry(organization)

    with pytest.raises(Error, match="cannot become sample data"):
        run("UPDATE registry_organization SET is_sample = true")
