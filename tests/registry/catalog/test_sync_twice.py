from django.utils import timezone

from registry.models import AIModel, AuditEntry, ModelAlias, Price, Provider
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import full_document


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Provider, AIModel, Price, ModelAlias, AuditEntry)
    ]


def test_the_whole_catalogue_synced_twice_changes_nothing_the_second_time(db):
    first = sync_catalog(document=full_document())
    before = everything()

    second = sync_catalog(document=full_document())

    assert len(first.added) >= 2300
    assert everything() == before
    assert not second.changes_something
    assert second.left_alone == len(first.added)


def test_every_row_says_who_states_each_fact_and_when_it_was_read(db):
    sync_catalog(document=full_document())

    for model in AIModel.objects.all():
        for fact, origin in model.fact_sources.items():
            assert origin["source"]
            assert origin["read_on"] <= timezone.now().date().isoformat(), fact
        assert model.context_window is None or "context_window" in model.fact_sources


def test_a_search_finds_what_was_synced(db):
    sync_catalog(document=full_document())

    assert AIModel.objects.filter(search_text__contains="openai/gpt-5-mini").exists()
