import datetime
from decimal import Decimal

import pytest

from registry.models import AIModel, AuditEntry, Price
from registry.transfer.formats import CSV, JSON, YAML
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory
from tests.registry.importing import confirm, export, preview, problems

MARCH = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
HEADER = "provider,model_name,effective_from,input_usd_per_million\n"


@pytest.fixture
def price(db):
    return PriceFactory(ai_model=AIModelFactory(model_name="m"), effective_from=None)


def test_a_new_price_ends_the_one_in_force(operator, price):
    text = HEADER + "openai,m,2026-03-01T00:00:00Z,0.25\n"

    confirm(operator, "price", preview(operator, "price", text))

    price.refresh_from_db()
    new = Price.objects.exclude(pk=price.pk).get()
    assert price.effective_to == new.effective_from == MARCH
    assert new.input_usd_per_million == Decimal("0.25")
    assert new.rates == {"standard": {"input_mtok": "0.25"}}
    assert AuditEntry.objects.filter(action="price.added").count() == 1


def test_a_price_that_is_there_is_never_changed(operator, price):
    found = problems(preview(operator, "price", HEADER + "openai,m,,9\n"))

    assert len(found) == 1
    assert "Prices are only added" in found[0][2]
    price.refresh_from_db()
    assert price.input_usd_per_million == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("openai,nothing,2026-03-01,1", "model_name"),
        ("openai,m,yesterday,1", ""),
        ("openai,m,2026-03-01,NaN", "input_usd_per_million"),
        ("openai,m,2026-03-01,-1", "rates"),
        ("openai,m,2026-03-01,", ""),
        ("openai,m,,1", ""),
    ],
)
def test_a_wrong_price_is_refused(operator, row, column):
    ai_model = AIModelFactory(model_name="m")
    PriceFactory(ai_model=ai_model, effective_from=None)

    [(line, where, _)] = problems(preview(operator, "price", HEADER + row + "\n"))

    assert (line, where) == (2, column)


@pytest.mark.parametrize("kind", ["csv", "json", "yaml"])
def test_prices_exported_and_imported_are_the_same(operator, price, kind):
    organization = OrganizationFactory()
    Price.objects.filter(pk=price.pk).update(effective_to=MARCH)
    PriceFactory(
        ai_model=price.ai_model,
        effective_from=MARCH,
        rates={
            "standard": {
                "input_mtok": {
                    "base": "1.50",
                    "tiers": [{"start": 200000, "price": "3"}],
                }
            },
            "per_image_usd": "0.04",
        },
        input_usd_per_million=Decimal("1.50"),
        output_usd_per_million=None,
        note="=not a formula",
    )
    PriceFactory(
        ai_model=price.ai_model,
        organization=organization,
        effective_from=MARCH,
        rates={},
        discount_percent=Decimal("12.50"),
        input_usd_per_million=None,
        output_usd_per_million=None,
    )
    content = export(operator, "price", kind)
    again = preview(operator, "price", content, kind)
    assert again.context["problems"] == []
    assert again.context["totals"]["skip"] == 3
    # Prices are never deleted: a new model of the same name takes them in.
    AIModel.objects.update(model_name="before")
    AIModelFactory(model_name="m")

    confirm(operator, "price", preview(operator, "price", content, kind))

    assert rows_of_m(export(operator, "price", kind), kind) == rows_of_m(content, kind)


def rows_of_m(content, kind):
    reader = {"csv": CSV, "json": JSON, "yaml": YAML}[kind]
    rows = reader.read(content).rows
    own = [row for row in rows if row["model_name"] == "m"]
    return sorted(own, key=lambda row: (row["effective_from"] or "", str(row)))
