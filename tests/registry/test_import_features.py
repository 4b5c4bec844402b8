import pytest

from registry.models import AuditEntry, Feature, Provider
from tests.factories import FeatureFactory, OrganizationFactory, ProviderFactory
from tests.registry.importing import confirm, export, preview, problems


def test_a_feature_is_added_and_changed_by_its_key(operator, db):
    organization = OrganizationFactory(slug="north")
    old = FeatureFactory(organization=organization, key="old", name="Old")
    text = (
        "organization,key,name,required_capabilities\n"
        "north,old,Renamed,\n"
        "north,new-one,New one,tools\n"
    )

    confirm(operator, "feature", preview(operator, "feature", text))

    old.refresh_from_db()
    assert (old.name, old.version) == ("Renamed", 2)
    added = Feature.objects.get(key="new-one")
    assert added.required_capabilities == ["tools"]
    entries = AuditEntry.objects.filter(organization=organization)
    assert set(entries.values_list("action", flat=True)) == {
        "feature.edited",
        "feature.created",
    }


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("north,no spaces,N", "key"),
        ("north,new,N", "key"),
        (",key,N", "organization"),
        ("nobody,key,N", "organization"),
        ("north,key,", "name"),
    ],
)
def test_a_wrong_feature_is_refused(operator, db, row, column):
    OrganizationFactory(slug="north")

    found = problems(preview(operator, "feature", f"organization,key,name\n{row}\n"))

    assert (2, column) in {(line, where) for line, where, _ in found}
    assert not Feature.objects.exists()


@pytest.mark.parametrize("noun", ["feature", "provider"])
@pytest.mark.parametrize("kind", ["csv", "json", "yaml"])
def test_an_export_imported_again_changes_nothing(operator, db, noun, kind):
    FeatureFactory(description='=HYPERLINK("x")', min_context_tokens=1000)
    ProviderFactory(slug="acme", name="+Acme")

    response = preview(operator, noun, export(operator, noun, kind), kind)

    assert response.context["totals"]["skip"] == 1


def test_providers_are_added_by_their_slug(operator, db):
    confirm(
        operator, "provider", preview(operator, "provider", "slug,name\nacme,Acme\n")
    )

    assert Provider.objects.get().name == "Acme"


def test_formulas_are_neutralised_in_csv(operator, db):
    ProviderFactory(slug="acme", name="=cmd|' /C calc'!A0")

    text = export(operator, "provider").decode()

    assert "'=cmd" in text
