"""Calls that somebody told of, in the log and on their own page, and the filters that
find them."""

import datetime

import pytest
from django.utils import timezone

from analytics.usage_row import Source
from registry.models import Pack, PackVersion
from tests.analytics.calls import failed
from tests.analytics.records import record, stored

LOG = "/requests/"


def found(viewer, **filters):
    return [line.request_id for line in viewer.get(LOG, filters).context["page"].lines]


def now() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.OTLP, "Told by OpenTelemetry"),
        (Source.API, "Told over the API"),
        (Source.IMPORT, "Imported"),
        (Source.PLAYGROUND, "A trial"),
    ],
)
def test_who_told_of_a_call_is_said_in_the_log_and_on_its_page(
    viewer, organization, source, words
):
    told = record(organization, source=source, started_at=now())

    assert words in viewer.get(LOG).content.decode()
    page = viewer.get(f"{LOG}{told.request_id}/").content.decode()
    assert words in page
    assert "translated" not in page


def test_a_model_in_no_catalogue_keeps_the_name_it_was_told_with(viewer, organization):
    told = record(
        organization, ai_model_id=None, model_name="acme/sphinx-9", source=Source.OTLP
    )

    for address in (LOG, f"{LOG}{told.request_id}/"):
        text = viewer.get(address).content.decode()
        assert "acme/sphinx-9" in text
        assert "not in the catalogue" in text
        assert "removed model" not in text


def test_the_log_is_narrowed_by_source_error_and_tag(viewer, organization):
    record(organization, started_at=now())
    told = record(
        organization, source=Source.IMPORT, tags={"team": "search"}, started_at=now()
    )
    broken = stored(failed(organization_id=organization.pk, started_at=now()))

    assert found(viewer, source="import") == [told.request_id]
    assert found(viewer, tag="team=search") == [told.request_id]
    assert found(viewer, tag="team=chat") == []
    assert found(viewer, error=broken.error_kind) == [broken.request_id]


def test_the_log_is_narrowed_by_pack(viewer, organization):
    pack = Pack.objects.create(organization=organization, slug="lean", name="Lean")
    version = PackVersion.objects.create(pack=pack, number=1)
    record(organization, started_at=now())
    run = record(organization, pack_version_id=version.pk, started_at=now())

    assert found(viewer, pack=pack.slug) == [run.request_id]


def test_a_filter_without_a_range_searches_thirty_days_and_says_so(
    viewer, organization
):
    long_ago = timezone.now() - datetime.timedelta(days=45)
    record(organization, source=Source.IMPORT, started_at=now())
    record(organization, source=Source.IMPORT, started_at=long_ago)

    text = viewer.get(LOG, {"source": "import"}).content.decode()

    assert "Only the last 30 days are searched" in text
    assert len(found(viewer, source="import")) == 1
    since = f"{long_ago - datetime.timedelta(days=1):%Y-%m-%d}"
    assert len(found(viewer, source="import", since=since)) == 2


@pytest.mark.parametrize("tag", ["team", "=search", "team="])
def test_a_tag_that_is_none_is_explained(viewer, tag):
    answer = viewer.get(LOG, {"tag": tag})

    assert answer.status_code == 422
    assert "team=search" in answer.content.decode()
