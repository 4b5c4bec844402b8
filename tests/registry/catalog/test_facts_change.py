import datetime

from registry.models import AIModel, AuditEntry
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import document, model_entry
from tests.factories import AIModelFactory, OrganizationFactory

LATER = datetime.date(2026, 11, 19)


def sync(*models):
    return sync_catalog(document=document(*models))


def test_a_changed_fact_is_written_with_its_source_and_the_day(db):
    sync(model_entry(facts={"context_window": 128_000}))

    report = sync(model_entry(facts={"context_window": 256_000}, read_on=LATER))

    row = AIModel.objects.get()
    assert row.context_window == 256_000
    assert row.fact_sources["context_window"] == {
        "source": "models.dev",
        "read_on": "2026-11-19",
    }
    assert report.changed == {"openai/gpt-test": ["context_window"]}


def test_the_change_leaves_a_trace_of_before_and_after(db):
    sync(model_entry(facts={"released_on": datetime.date(2026, 1, 1)}))

    sync(model_entry(facts={"released_on": datetime.date(2026, 1, 2)}))

    entry = AuditEntry.objects.get(action="model.synced")
    assert entry.before == {"released_on": "2026-01-01"}
    assert entry.after == {"released_on": "2026-01-02"}


def test_what_a_person_edited_is_never_overwritten(db):
    sync(model_entry(facts={"context_window": 128_000}))
    row = AIModel.objects.get()
    row.context_window = 100_000
    row.fact_sources["context_window"] = {"source": "edited", "read_on": "2026-11-02"}
    row.save()

    report = sync(model_entry(facts={"context_window": 256_000}, read_on=LATER))

    row.refresh_from_db()
    assert row.context_window == 100_000
    assert row.fact_sources["context_window"]["source"] == "edited"
    assert report.kept_edited == ["openai/gpt-test: context_window"]


def test_a_fact_that_no_source_states_any_more_stays_with_its_day(db):
    sync(model_entry(facts={"context_window": 128_000}))

    sync(model_entry(facts={}, read_on=LATER))

    row = AIModel.objects.get()
    assert row.context_window == 128_000
    assert row.fact_sources["context_window"]["read_on"] == "2026-11-01"


def test_an_older_file_does_not_overwrite_what_was_read_later(db):
    sync(model_entry(facts={"context_window": 256_000}, read_on=LATER))

    report = sync(model_entry(facts={"context_window": 128_000}))

    assert AIModel.objects.get().context_window == 256_000
    assert report.kept_newer == ["openai/gpt-test: context_window"]


def test_a_newer_file_that_states_the_same_moves_the_day_but_changes_no_model(db):
    sync(model_entry())
    before = AIModel.objects.get()

    report = sync(model_entry(read_on=LATER))

    after = AIModel.objects.get()
    assert after.fact_sources["context_window"]["read_on"] == "2026-11-19"
    assert after.updated_at == before.updated_at
    assert (report.confirmed, report.left_alone) == (1, 1)
    assert not report.changes_something


def test_a_fact_that_nobody_states_stays_unknown(db):
    sync(model_entry(facts={}))

    row = AIModel.objects.get()
    assert row.context_window is None
    assert row.capabilities == []
    assert row.model_type == ""


def test_a_custom_model_of_the_same_name_is_left_alone(db):
    custom = AIModelFactory(
        organization=OrganizationFactory(), model_name="gpt-test", context_window=7
    )

    sync(model_entry())

    custom.refresh_from_db()
    assert custom.context_window == 7
    assert AIModel.objects.filter(model_name="gpt-test").count() == 2
