import threading

import pytest
from django.db import connection, transaction

from registry.models import AIModel, CatalogSync, Price
from registry.services.catalog_sync import LOCK, sync_catalog
from tests.catalog_data import document, model_entry


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_syncs_at_once_add_every_model_once():
    models = document(*(model_entry(f"m{number}") for number in range(200)))
    reports = []

    threads = [
        in_thread(lambda: reports.append(sync_catalog(document=models)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(len(report.added) for report in reports) == [0, 0, 200]
    assert AIModel.objects.count() == Price.objects.count() == 200
    assert CatalogSync.objects.filter(state="done").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_sync_waits_for_the_one_that_runs():
    done = threading.Event()

    def work():
        sync_catalog(document=document(model_entry()))
        done.set()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        thread = in_thread(work)
        waited = not done.wait(timeout=0.5)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    thread.join(timeout=30)

    assert waited
    assert done.is_set()


@pytest.mark.django_db(transaction=True)
def test_an_edit_made_while_a_sync_runs_is_kept():
    sync_catalog(document=document(model_entry(facts={"context_window": 1000})))
    changed = document(model_entry(facts={"context_window": 2000}))

    with transaction.atomic():
        row = AIModel.objects.select_for_update().get()
        thread = in_thread(lambda: sync_catalog(document=changed))
        thread.join(timeout=0.5)
        row.context_window = 3000
        row.fact_sources["context_window"] = {"source": "edited"}
        row.save()
    thread.join(timeout=30)

    assert AIModel.objects.get().context_window == 3000
