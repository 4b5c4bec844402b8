"""An organisation's own prices: agreed from a day on, ended, never changed.

A negotiated price wins over the catalogue's while it holds. Rows are only added; the
past stays as it was, because costs were computed from it.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from registry.audit import record_change
from registry.models import AIModel, Organization, Price, User
from registry.models.price import PriceQuerySet
from registry.rates import RatesDocument, base_rates
from registry.rates_check import check_document

HUNDRED: Final = Decimal(100)
SOURCE: Final = "negotiated"
CLOCK_SKEW: Final = datetime.timedelta(minutes=1)
"""How long ago "now" may be when it arrives here."""


@dataclass(frozen=True)
class _Terms:
    """What was agreed: a discount on the catalogue's price, or rates of its own."""

    discount_percent: Decimal | None
    rates: RatesDocument
    note: str

    def are_those_of(self, price: Price) -> bool:
        return (self.discount_percent, self.rates, self.note) == (
            price.discount_percent,
            price.rates,
            price.note,
        )


@transaction.atomic
def set_negotiated_price(
    *,
    organization: Organization,
    ai_model: AIModel,
    actor: User | None,
    discount_percent: Decimal | None = None,
    rates: RatesDocument | None = None,
    effective_from: datetime.datetime | None = None,
    effective_to: datetime.datetime | None = None,
    note: str = "",
    actor_label: str = "",
) -> Price:
    """Agree a price from `effective_from` (now where it is None) until `effective_to`
    (excluded; None: until further notice). Give either `discount_percent` (0–100) or
    `rates` in the form of `registry.rates`. The price that holds at that moment ends
    there; setting the same price again changes nothing and returns it.

    Raises ValidationError, by field, for terms that make no sense, a start in the
    past, and a period in which another price is already planned.
    """
    terms = _checked_terms(discount_percent, rates, note)
    # One change of a model's prices at a time.
    locked = _lock(ai_model, organization)
    now = timezone.now()
    unchanged = _same_price(locked, organization, terms, effective_from, effective_to)
    if unchanged:
        return unchanged
    starts_at = _checked_start(effective_from, effective_to, now)
    own = _own_prices(locked, organization)
    _refuse_planned(own, starts_at, effective_to)
    replaced = own.in_force(starts_at).first()
    before = _summary(replaced) if replaced else None
    if replaced:
        _end(replaced, starts_at)
    price = _add(locked, organization, terms, starts_at, effective_to, now)
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="price.negotiated",
        target=locked,
        before=before,
        after=_summary(price),
        note=note[:400],
    )
    return price


@transaction.atomic
def end_negotiated_price(
    *,
    price: Price,
    actor: User | None,
    ends_at: datetime.datetime | None = None,
    note: str = "",
    actor_label: str = "",
) -> Price | None:
    """Let a negotiated price end at `ends_at` (now where it is None); an ended one is
    left as it is. One that has not begun is taken back and None returned: the price
    before it then holds in its place.

    Raises ValidationError for a catalogue price and for an end in the past.
    """
    if price.organization is None:
        raise ValidationError("A catalogue price is ended by the catalogue sync.")
    _lock(price.ai_model, price.organization)
    current = Price.objects.filter(pk=price.pk).first()
    now = timezone.now()
    if current is None or (current.effective_to and current.effective_to <= now):
        return current
    ends_at = ends_at or now
    if ends_at < now - CLOCK_SKEW:
        raise ValidationError({"effective_to": "A price cannot end in the past."})
    ends_at = max(ends_at, now)
    if current.effective_to and ends_at > current.effective_to:
        raise ValidationError({"effective_to": "This price ends before that already."})
    before = _summary(current)
    is_planned = current.effective_from is not None and current.effective_from >= now
    if is_planned:
        _take_back(current)
    else:
        _end(current, ends_at)
    record_change(
        organization=price.organization,
        actor=actor,
        actor_label=actor_label,
        action="price.taken_back" if is_planned else "price.ended",
        target=price.ai_model,
        before=before,
        after=None if is_planned else _summary(current),
        note=note[:400],
    )
    return None if is_planned else current


def _lock(ai_model: AIModel, organization: Organization) -> AIModel:
    locked = (
        AIModel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("provider")
        .get(pk=ai_model.pk)
    )
    if locked.organization_id not in (None, organization.pk):
        raise ValidationError("This model belongs to another organisation.")
    return locked


def _checked_terms(
    discount_percent: Decimal | None, rates: RatesDocument | None, note: str
) -> _Terms:
    if discount_percent is not None and rates is None:
        if not discount_percent.is_finite() or not 0 <= discount_percent <= HUNDRED:
            raise ValidationError(
                {"discount_percent": "A discount is between 0 and 100 percent."}
            )
        return _Terms(discount_percent, {"standard": {}}, note)
    if rates is None or discount_percent is not None:
        raise ValidationError("Give either a discount or exact rates.")
    try:
        check_document(rates)
    except ValueError as error:
        raise ValidationError({"rates": str(error)}) from error
    if not rates.get("standard"):
        raise ValidationError({"rates": "Give at least one rate."})
    return _Terms(None, rates, note)


def _checked_start(
    effective_from: datetime.datetime | None,
    effective_to: datetime.datetime | None,
    now: datetime.datetime,
) -> datetime.datetime:
    starts_at = effective_from or now
    if starts_at < now - CLOCK_SKEW:
        raise ValidationError(
            {
                "effective_from": "A price cannot start in the past: what calls cost "
                "until now stays as it is."
            }
        )
    starts_at = max(starts_at, now)
    if effective_to is not None and effective_to <= starts_at:
        raise ValidationError({"effective_to": "The end must come after the start."})
    return starts_at


def _own_prices(ai_model: AIModel, organization: Organization | None) -> PriceQuerySet:
    return Price.objects.filter(ai_model=ai_model, organization=organization)


def _same_price(
    ai_model: AIModel,
    organization: Organization,
    terms: _Terms,
    effective_from: datetime.datetime | None,
    effective_to: datetime.datetime | None,
) -> Price | None:
    """The price that was set by the same order before (a double click)."""
    own = _own_prices(ai_model, organization).filter(effective_to=effective_to)
    if effective_from is None:
        own = own.in_force(timezone.now())
    else:
        own = own.filter(effective_from=effective_from)
    return next((price for price in own if terms.are_those_of(price)), None)


def _refuse_planned(
    own: PriceQuerySet,
    starts_at: datetime.datetime,
    effective_to: datetime.datetime | None,
) -> None:
    within = Q() if effective_to is None else Q(effective_from__lt=effective_to)
    planned = own.filter(within, effective_from__gte=starts_at)
    first = planned.order_by("effective_from").first()
    if first:
        raise ValidationError(
            {
                "effective_to": "Another price is already planned from "
                f"{first.effective_from:%Y-%m-%d %H:%M} UTC. Take it back first, or "
                "let this one end by then."
            }
        )


def _add(
    ai_model: AIModel,
    organization: Organization,
    terms: _Terms,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime | None,
    now: datetime.datetime,
) -> Price:
    price = Price(
        ai_model=ai_model,
        organization=organization,
        effective_from=starts_at,
        effective_to=ends_at,
        rates=terms.rates,
        discount_percent=terms.discount_percent,
        source=SOURCE,
        read_on=now.date(),
        note=terms.note,
        **base_rates(terms.rates),
    )
    price.full_clean()
    try:
        with transaction.atomic():
            price.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(
            "Someone else changed this price at the same moment. Look at it again."
        ) from error
    return price


def _end(price: Price, ends_at: datetime.datetime | None) -> None:
    price.effective_to = ends_at
    price.save(update_fields=["effective_to"])


def _take_back(planned: Price) -> None:
    """Remove a price that never held; the one that was to end at its start goes on."""
    before = _own_prices(planned.ai_model, planned.organization).filter(
        effective_to=planned.effective_from
    )
    ends_at = planned.effective_to
    earlier = before.first()
    planned.delete()
    if earlier:
        _end(earlier, ends_at)


def _summary(price: Price) -> dict[str, Any]:
    """What the audit keeps of a price: JSON-ready, decimals as text."""
    discount = price.discount_percent
    return {
        "price": price.pk,
        "discount_percent": None if discount is None else str(discount),
        "rates": None if discount is not None else _rate_words(price.rates),
        "effective_from": price.effective_from and price.effective_from.isoformat(),
        "effective_to": price.effective_to and price.effective_to.isoformat(),
    }


def _rate_words(rates: RatesDocument) -> list[str]:
    standard = [f"{key} {rate}" for key, rate in rates.get("standard", {}).items()]
    varied = [
        f"{' '.join(variant['when'].values())} {key} {rate}"
        for variant in rates.get("variants") or ()
        for key, rate in variant["prices"].items()
    ]
    return standard + varied
