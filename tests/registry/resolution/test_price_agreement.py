"""The snapshot's prices are those that the database would quote, at every moment."""

import datetime
import random
from decimal import Decimal

import pytest

from registry.models import AIModel, Organization
from registry.queries.prices import quotes
from registry.resolution.loading import load_snapshot
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
DAYS = 300


def day(number: int | None) -> datetime.datetime | None:
    return None if number is None else START + datetime.timedelta(days=number)


def history(dice: random.Random) -> list[tuple[int | None, int | None]]:
    """Periods without overlap; some touch, some leave a gap."""
    borders: list[int | None] = sorted(dice.sample(range(DAYS), 6))
    borders[0] = dice.choice([None, borders[0]])
    borders[-1] = dice.choice([None, borders[-1]])
    pairs = list(zip(borders, borders[1:], strict=False))
    return [pair for pair in pairs if dice.random() < 0.7]


def make_prices(
    dice: random.Random, ai_model: AIModel, organization: Organization | None
) -> None:
    for start, end in history(dice):
        discount = dice.choice([None, "12.5", "100"]) if organization else None
        PriceFactory(
            ai_model=ai_model,
            organization=organization,
            effective_from=day(start),
            effective_to=day(end),
            input_usd=str(dice.randint(0, 9)),
            discount_percent=discount and Decimal(discount),
        )


@pytest.mark.parametrize("seed", range(5))
def test_prices_agree_with_the_quotes_of_the_database(db, seed):
    dice = random.Random(seed)
    organizations = OrganizationFactory.create_batch(2)
    ai_models = AIModelFactory.create_batch(4)
    for ai_model in ai_models:
        for owner in (None, *organizations):
            if dice.random() < 0.8:
                make_prices(dice, ai_model, owner)
    found = load_snapshot()
    edges = [day(dice.randint(-10, DAYS + 10)) for _ in range(15)]
    moments = edges + [
        one + datetime.timedelta(microseconds=dice.choice([-1, 1])) for one in edges
    ]

    for organization in organizations:
        for moment in moments:
            expected = quotes(ai_models, organization, moment)
            for ai_model in ai_models:
                period = found.price(organization.pk, ai_model.pk, moment)
                quote = expected.get(ai_model.pk)
                assert (period and (period.price_id, period.rates)) == (
                    quote and (quote.price.pk, quote.rates)
                )


def test_the_whole_catalogue_is_priced_as_the_database_quotes_it(full_catalog):
    organization = OrganizationFactory()
    now = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)

    found = load_snapshot()

    expected = quotes(AIModel.objects.all(), organization, now)
    prices = {pk: found.price(organization.pk, pk, now) for pk in found.catalog.models}
    assert {pk: one.rates for pk, one in prices.items() if one} == {
        pk: quote.rates for pk, quote in expected.items()
    }


def test_a_price_is_worked_out_once(db):
    price = PriceFactory()
    found = load_snapshot()

    first = found.price(1, price.ai_model_id, START)

    assert found.price(2, price.ai_model_id, START) is first
