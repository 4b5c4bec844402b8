from registry.models import AIModel, AuditEntry, CatalogSync, Price, Provider
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import document, model_entry, period


def test_a_dry_run_reports_everything_and_changes_nothing(db):
    report = sync_catalog(document=document(model_entry()), dry_run=True)

    assert report.added == ["openai/gpt-test"]
    assert report.prices_added == 1
    for model in (Provider, AIModel, Price, CatalogSync, AuditEntry):
        assert not model.objects.exists()


def test_a_dry_run_over_a_filled_registry_shows_the_price_change(db):
    sync_catalog(document=document(model_entry()))
    changed = document(model_entry(prices=(period("9", "9"),)))

    report = sync_catalog(document=changed, dry_run=True)

    assert report.price_changes
    assert Price.objects.get().effective_to is None


def test_the_sync_after_a_dry_run_reports_the_same(db):
    shown = sync_catalog(document=document(model_entry()), dry_run=True)

    done = sync_catalog(document=document(model_entry()))

    assert done.counts() == shown.counts()
