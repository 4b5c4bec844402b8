"""Editing a model in the registry admin."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from registry.facts import EDITED
from registry.models import AIModel, AuditEntry, Price
from tests.factories import AIModelFactory, PriceFactory, ProviderFactory

CATALOGUE = {"source": "models.dev", "read_on": "2026-11-01"}


@pytest.fixture
def ai_model(db) -> AIModel:
    ai_model = AIModelFactory(
        model_name="org/model:1",
        fact_sources={"context_window": CATALOGUE, "model_name": CATALOGUE},
    )
    PriceFactory(ai_model=ai_model, effective_from=None)
    return ai_model


def change(ai_model: AIModel) -> str:
    return reverse("admin:registry_aimodel_change", args=[ai_model.pk])


def filled(client: Client, ai_model: AIModel, **changes: object) -> dict[str, object]:
    """The form as the browser would send it, with `changes`."""
    context = client.get(change(ai_model)).context
    form = context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data["fact_sources"] = ""
    for formset in context["inline_admin_formsets"]:
        data |= {
            f"{formset.formset.prefix}-{name}": value
            for name, value in formset.formset.management_form.initial.items()
        }
    data = {name: "" if value is None else value for name, value in data.items()}
    return {**data, **changes}


def test_an_edited_fact_is_marked_audited_and_in_the_history(operator, ai_model):
    data = filled(operator, ai_model, context_window="64000")

    response = operator.post(change(ai_model), data)

    assert response.status_code == 302
    ai_model.refresh_from_db()
    assert ai_model.context_window == 64000
    mark = ai_model.fact_sources["context_window"]
    assert (mark["source"], mark["by"]) == (EDITED, "operator@example.com")
    assert ai_model.fact_sources["model_name"] == CATALOGUE
    entry = AuditEntry.objects.get()
    assert entry.action == "model.edited"
    assert (entry.before, entry.after) == (
        {"context_window": 128000},
        {"context_window": 64000},
    )
    assert LogEntry.objects.count() == 1


def test_saving_without_a_change_leaves_no_audit_entry(operator, ai_model):
    response = operator.post(change(ai_model), filled(operator, ai_model))

    assert response.status_code == 302
    ai_model.refresh_from_db()
    assert ai_model.fact_sources["context_window"] == CATALOGUE
    assert not AuditEntry.objects.exists()


def test_back_to_catalogue_removes_the_marks(operator, ai_model):
    ai_model.fact_sources["name"] = {"source": EDITED, "by": "a", "read_on": "x"}
    ai_model.save()

    operator.post(
        reverse("admin:registry_aimodel_changelist"),
        {"action": "take_back_to_catalogue", "_selected_action": [ai_model.pk]},
    )

    ai_model.refresh_from_db()
    assert "name" not in ai_model.fact_sources
    assert ai_model.fact_sources["context_window"] == CATALOGUE
    assert AuditEntry.objects.get().action == "model.returned_to_catalogue"


def test_a_window_of_zero_is_refused_beside_the_field(operator, ai_model):
    data = filled(operator, ai_model, context_window="0")

    response = operator.post(change(ai_model), data)

    assert "context_window" in response.context["adminform"].form.errors
    assert not AuditEntry.objects.exists()


def test_a_price_added_beside_a_model_ends_the_one_in_force(operator, ai_model):
    old = ai_model.prices.get()
    data = filled(
        operator,
        ai_model,
        **{
            "prices-TOTAL_FORMS": "2",
            "prices-INITIAL_FORMS": "1",
            "prices-0-id": old.pk,
            "prices-0-ai_model": ai_model.pk,
            "prices-1-ai_model": ai_model.pk,
            "prices-1-effective_from_0": "2026-03-01",
            "prices-1-effective_from_1": "00:00:00",
            "prices-1-input_usd_per_million": "0.5",
            "prices-1-per_image_usd": "0.04",
        },
    )

    response = operator.post(change(ai_model), data)

    assert response.status_code == 302
    old.refresh_from_db()
    new = Price.objects.exclude(pk=old.pk).get()
    moment = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    assert old.effective_to == new.effective_from == moment
    assert new.rates == {"standard": {"input_mtok": "0.5"}, "per_image_usd": "0.04"}
    assert new.source == EDITED
    assert old.input_usd_per_million == Decimal(1)
    assert [one.action for one in AuditEntry.objects.all()] == ["price.added"]


def test_a_price_that_starts_too_early_is_refused_beside_the_field(operator, db):
    start = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    price = PriceFactory(effective_from=start)

    response = operator.post(
        reverse("admin:registry_price_add"),
        {
            "ai_model": price.ai_model_id,
            "effective_from_0": "2026-02-01",
            "effective_from_1": "00:00:00",
            "input_usd_per_million": "1",
        },
    )

    assert "effective_from" in response.context["adminform"].form.errors
    assert Price.objects.count() == 1


@pytest.mark.parametrize("rate", ["-1", "NaN", "1e30", "x"])
def test_an_absurd_rate_is_refused(operator, ai_model, rate):
    response = operator.post(
        reverse("admin:registry_price_add"),
        {"ai_model": ai_model.pk, "input_usd_per_million": rate},
    )

    assert "input_usd_per_million" in response.context["adminform"].form.errors
    assert Price.objects.count() == 1


def test_a_price_is_neither_changed_nor_deleted(operator, ai_model):
    price = ai_model.prices.get()
    page = reverse("admin:registry_price_change", args=[price.pk])

    assert operator.get(page).status_code == 200
    assert operator.post(page, {"note": "x"}).status_code == 403
    delete = reverse("admin:registry_price_delete", args=[price.pk])
    assert operator.post(delete, {"post": "yes"}).status_code == 403


def test_a_model_with_a_price_is_not_deleted(operator, ai_model):
    delete = reverse("admin:registry_aimodel_delete", args=[ai_model.pk])

    response = operator.post(delete, {"post": "yes"})

    assert response.status_code == 403
    assert AIModel.objects.exists()


def test_deleting_rows_leaves_a_trace(operator, db):
    providers = [ProviderFactory(slug=slug) for slug in ("a", "b")]

    operator.post(
        reverse("admin:registry_provider_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [one.pk for one in providers],
            "post": "yes",
        },
    )

    entries = AuditEntry.objects.filter(action="provider.deleted")
    assert {entry.before["slug"] for entry in entries} == {"a", "b"}
