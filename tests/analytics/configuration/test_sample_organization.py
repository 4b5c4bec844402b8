"""The sample organisation, written to a file, becomes the same elsewhere."""

import datetime
import zoneinfo

from analytics.demo.story import Story
from analytics.queries.configuration import exported_document
from analytics.services.configuration import apply_configuration
from analytics.services.demo_organization import make_organization
from registry.configuration.files import written
from registry.models import Organization
from tests.analytics.configuration.conftest import wanted
from tests.factories import OrganizationFactory

ENDS_AT = datetime.datetime(2026, 11, 20, 15, 0, tzinfo=datetime.UTC)


def test_the_sample_organisation_goes_through_a_file(full_catalog):
    make_organization(
        name="Sample", story=Story(ENDS_AT, 7, zoneinfo.ZoneInfo("Europe/Berlin"))
    )
    text = written(exported_document(Organization.objects.get(is_sample=True)), "yaml")
    empty = OrganizationFactory()

    apply_configuration(organization=empty, wanted=wanted(text), actor=None)

    assert written(exported_document(empty), "yaml") == text
    for section in ("models", "connections", "prompts", "features", "packs"):
        assert f"\n{section}:\n" in text
