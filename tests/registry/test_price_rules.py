"""What the database itself holds about prices."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from registry.models import Price
from registry.services.prices import set_negotiated_price
from tests.factories import AIModelFactory, MembershipFactory, PriceFactory

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MONTH = datetime.timedelta(days=31)


def test_two_prices_of_a_model_never_hold_at_once(db):
    price = PriceFactory(effective_from=NEW_YEAR, effective_to=NEW_YEAR + MONTH)

    with pytest.raises(IntegrityError, match="price_periods_do_not_overlap"):
        PriceFactory(ai_model=price.ai_model, effective_from=NEW_YEAR + MONTH / 2)


def test_a_price_may_begin_where_another_ends(db):
    price = PriceFactory(effective_to=NEW_YEAR)

    assert PriceFactory(ai_model=price.ai_model, effective_from=NEW_YEAR).pk


def test_an_own_price_may_hold_beside_the_catalogues(db, organization):
    price = PriceFactory()

    assert PriceFactory(ai_model=price.ai_model, organization=organization).pk


@pytest.mark.parametrize(
    "change",
    [
        {"rates": {"standard": {"input_mtok": "0"}}},
        {"input_usd_per_million": Decimal(0)},
        {"discount_percent": Decimal(5)},
        {"effective_from": NEW_YEAR},
        {"source": "elsewhere"},
    ],
)
def test_a_price_is_never_changed(db, change):
    price = PriceFactory()

    with pytest.raises(IntegrityError, match="A price is not changed"):
        Price.objects.filter(pk=price.pk).update(**change)


def test_a_price_may_get_an_end_and_a_note(db):
    price = PriceFactory()
    price.effective_to, price.note = NEW_YEAR, "ended by the sync"

    price.save()

    price.refresh_from_db()
    assert (price.effective_to, price.note) == (NEW_YEAR, "ended by the sync")


def test_a_price_that_has_been_in_force_is_never_deleted(db):
    price = PriceFactory()

    with pytest.raises(IntegrityError, match="is not deleted"):
        price.delete()


def test_a_model_takes_no_price_of_the_catalogue_with_it(db):
    price = PriceFactory()

    with pytest.raises(IntegrityError, match="is not deleted"):
        price.ai_model.delete()


def test_a_custom_model_takes_its_prices_with_it(db, organization):
    price = PriceFactory(ai_model=AIModelFactory(organization=organization))

    price.ai_model.delete()

    assert not Price.objects.filter(pk=price.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_set_a_price_at_once_leave_one_open_period():
    people = [MembershipFactory()]
    people.append(MembershipFactory(organization=people[0].organization))
    ai_model = PriceFactory().ai_model
    start = threading.Barrier(2)
    failures = []

    def agree(membership, percent):
        start.wait(10)
        try:
            set_negotiated_price(
                organization=membership.organization,
                ai_model=ai_model,
                actor=membership.user,
                discount_percent=percent,
            )
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=agree, args=(person, Decimal(10 + place)))
        for place, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    own = Price.objects.filter(organization=people[0].organization)
    assert failures == []
    assert own.count() == 2
    assert own.filter(effective_to=None).count() == 1
