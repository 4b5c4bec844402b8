"""Adding a price by hand to the catalogue or to a custom model. Prices are only added:
a new one ends the period of the one before."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.audit import record_change
from registry.facts import EDITED
from registry.models import AIModel, Organization, Price, User
from registry.rates import BASE_RATES, PER_IMAGE, RatesDocument, base_rates
from registry.rates_check import check_document
from registry.snapshots import Snapshot


@dataclass(frozen=True, kw_only=True)
class NewPrice:
    """A price to add. `effective_from` None means since ever, `effective_to` None
    until further notice; both aware."""

    ai_model: AIModel
    rates: RatesDocument
    organization: Organization | None = None
    effective_from: datetime.datetime | None = None
    effective_to: datetime.datetime | None = None
    discount_percent: Decimal | None = None
    source: str = EDITED
    source_reference: str = ""
    read_on: datetime.date | None = None
    note: str = ""


def flat_rates(
    base_rates: dict[str, Decimal | None], per_image_usd: Decimal | None = None
) -> RatesDocument:
    """The stored form of one rate a kind. `base_rates` is by column of Price, dollars
    per million tokens; None is left out."""
    document: RatesDocument = {
        "standard": {
            BASE_RATES[column]: f"{rate:f}"
            for column, rate in base_rates.items()
            if rate is not None
        }
    }
    if per_image_usd is not None:
        document[PER_IMAGE] = f"{per_image_usd:f}"
    return document


@transaction.atomic
def add_price(*, new: NewPrice, actor: User | None) -> Price:
    """Add `new` and end the open price it follows.

    Raises ValidationError by field: rates that cannot be calculated with, a start that
    is not after the start of the price in force, a period that overlaps another one.
    """
    AIModel.objects.select_for_update().get(pk=new.ai_model.pk)
    price = _row(new)
    ended = _end_open_price(price)
    # A discount has no rates of its own, and the form's rule calls {} blank.
    price.full_clean(exclude=["rates"] if price.discount_percent is not None else [])
    price.save(force_insert=True)
    record_change(
        organization=new.organization or new.ai_model.organization,
        actor=actor,
        action="price.added",
        target=new.ai_model,
        before=_facts(ended) if ended else None,
        after=_facts(price),
    )
    return price


def _row(new: NewPrice) -> Price:
    try:
        check_document(new.rates)
    except (ValueError, KeyError, TypeError) as error:
        raise ValidationError({"rates": str(error)}) from error
    is_stated = new.discount_percent is not None or PER_IMAGE in new.rates
    if not new.rates.get("standard") and not is_stated:
        raise ValidationError(
            "State at least one rate. Leave a rate empty where it is not known."
        )
    return Price(
        ai_model=new.ai_model,
        organization=new.organization,
        effective_from=new.effective_from,
        effective_to=new.effective_to,
        rates=new.rates,
        discount_percent=new.discount_percent,
        source=new.source,
        source_reference=new.source_reference,
        read_on=new.read_on,
        note=new.note,
        **base_rates(new.rates),
    )


def _end_open_price(price: Price) -> Price | None:
    """End the open price where `price` begins; a period in the past ends nothing."""
    same = Price.objects.filter(
        ai_model=price.ai_model, organization=price.organization
    )
    current = same.filter(effective_to=None).first()
    start = price.effective_from
    if current is None or (
        price.effective_to is not None
        and current.effective_from is not None
        and price.effective_to <= current.effective_from
    ):
        return None
    if start is None or (current.effective_from and start <= current.effective_from):
        begun = f"{current.effective_from:%Y-%m-%d %H:%M} UTC"
        since = begun if current.effective_from else "the beginning"
        message = f"The price in force holds since {since}. A new one starts later."
        raise ValidationError({"effective_from": message})
    current.effective_to = start
    current.save(update_fields=["effective_to"])
    return current


def _facts(price: Price) -> Snapshot:
    return {
        "effective_from": price.effective_from and price.effective_from.isoformat(),
        "effective_to": price.effective_to and price.effective_to.isoformat(),
        "rates": price.rates,
    }
