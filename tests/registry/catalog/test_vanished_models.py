import datetime

import pytest

from registry.catalog.document import CatalogError
from registry.models import AIModel, CatalogSync, Price
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import document, model_entry
from tests.factories import AIModelFactory

OLDER = datetime.date(2026, 10, 1)


def sync(*models):
    return sync_catalog(document=document(*models))


def test_a_model_that_vanished_is_marked_and_keeps_its_prices(db):
    sync(model_entry("kept"), model_entry("gone"))

    report = sync(model_entry("kept"))

    gone = AIModel.objects.get(model_name="gone")
    assert not gone.is_listed
    assert gone.vanished_at is not None
    assert Price.objects.filter(ai_model=gone).count() == 1
    assert report.vanished == ["openai/gone"]


def test_it_is_marked_only_once(db):
    sync(model_entry("kept"), model_entry("gone"))
    sync(model_entry("kept"))
    marked = AIModel.objects.get(model_name="gone")

    report = sync(model_entry("kept"))

    assert report.vanished == []
    assert AIModel.objects.get(model_name="gone").vanished_at == marked.vanished_at


def test_a_model_that_is_back_is_listed_again(db):
    sync(model_entry("kept"), model_entry("gone"))
    sync(model_entry("kept"))

    report = sync(model_entry("kept"), model_entry("gone"))

    gone = AIModel.objects.get(model_name="gone")
    assert gone.is_listed
    assert gone.vanished_at is None
    assert report.returned == ["openai/gone"]


def test_a_model_that_is_back_with_other_facts_gets_them(db):
    sync(model_entry("kept"), model_entry("gone"))
    sync(model_entry("kept"))

    sync(model_entry("kept"), model_entry("gone", facts={"context_window": 5}))

    gone = AIModel.objects.get(model_name="gone")
    assert gone.is_listed
    assert gone.context_window == 5


def test_a_row_that_a_person_made_does_not_vanish(db):
    by_hand = AIModelFactory(model_name="by-hand")

    sync(model_entry("kept"))

    by_hand.refresh_from_db()
    assert by_hand.is_listed


def test_an_older_source_does_not_make_newer_models_vanish(db):
    sync(model_entry("kept"), model_entry("new"))

    report = sync(model_entry("kept", read_on=OLDER))

    assert report.vanished == []
    assert AIModel.objects.get(model_name="new").is_listed


def test_a_source_that_lacks_most_of_the_catalogue_is_refused(db):
    sync(*(model_entry(f"m{number}") for number in range(120)))

    with pytest.raises(CatalogError, match="lacks 119 of 120 models"):
        sync(model_entry("m0"))

    assert AIModel.objects.filter(is_listed=False).count() == 0
    assert CatalogSync.objects.first().state == "failed"
