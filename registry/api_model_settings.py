"""Management API: what an organisation decides about a model, and its prices."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from ninja import Field, Query, Router, Schema, Status

from registry.access import OrganizationRequest
from registry.api_lookup import named_model
from registry.api_marks import only_adds
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import check_tag, tag_of, tell_tag
from registry.models import AIModel, ModelSetting, Price
from registry.queries.model_detail import setting_of
from registry.schemas import Body, DecimalText, ShortText
from registry.services.model_settings import (
    configuration_of,
    configure_model,
    disable_model,
    enable_model,
)
from registry.services.prices import set_negotiated_price

router = Router(tags=["Models"])


class SettingChange(Body):
    """Fields that are not sent stay as they are."""

    is_enabled: bool | None = None
    parameters: dict[str, Any] | None = None
    fallbacks: list[ShortText] | None = Field(None, max_length=8)
    use_batch_price: bool | None = None
    monthly_limit_usd: Decimal | None = Field(
        None, ge=0, max_digits=12, decimal_places=2
    )
    notes: str | None = Field(None, max_length=2000)


class SettingOut(Schema):
    model: str
    is_enabled: bool
    parameters: dict[str, Any]
    fallbacks: list[str]
    use_batch_price: bool
    monthly_limit_usd: DecimalText | None
    notes: str
    version: int


class NewPrice(Body):
    """Either `discount_percent` off the catalogue's price, or whole `rates` in the form
    that a price shows them."""

    discount_percent: Decimal | None = Field(None, ge=0, le=100, max_digits=7)
    rates: dict[str, Any] | None = None
    effective_from: datetime.datetime | None = None
    effective_to: datetime.datetime | None = None
    note: str = Field("", max_length=400)


class PricePeriodOut(Schema):
    """`is_own`: agreed by your organisation; it wins over the catalogue's."""

    id: int
    is_own: bool
    rates: dict[str, Any]
    discount_percent: DecimalText | None
    effective_from: datetime.datetime | None
    effective_to: datetime.datetime | None
    source: str
    read_on: datetime.date | None
    note: str


@router.get(
    "/model-settings/{path:reference}",
    response=SettingOut,
    summary="What was decided about a model",
)
def get_model_settings(
    request: OrganizationRequest, response: HttpResponse, reference: str
) -> Any:
    ai_model = named_model(reference, request.organization)[1]
    return _told(request, response, ai_model)


@router.patch(
    "/model-settings/{path:reference}",
    response=SettingOut,
    summary="Enable, disable or configure a model",
)
def change_model_settings(
    request: OrganizationRequest,
    response: HttpResponse,
    reference: str,
    body: SettingChange,
) -> Any:
    organization = request.organization
    ai_model = named_model(reference, organization)[1]
    setting = setting_of(ai_model, organization)
    check_tag(request, _tag(ai_model, setting))
    changes = _changes(request, body)
    if changes:
        configure_model(
            organization=organization,
            ai_model=ai_model,
            configuration=replace(configuration_of(setting), **changes),
            expected_version=setting.version if setting else 1,
            actor=request.user,
        )
    if body.is_enabled is not None:
        switch = enable_model if body.is_enabled else disable_model
        switch(organization=organization, ai_model=ai_model, actor=request.user)
    return _told(request, response, ai_model)


@router.get(
    "/prices/{path:reference}",
    response=PageOf[PricePeriodOut],
    summary="All prices of a model",
)
def list_prices(
    request: OrganizationRequest,
    response: HttpResponse,
    reference: str,
    filters: Query[PageQuery],
) -> Any:
    """The catalogue's and your own, of all periods, the newest first. None of them is
    ever changed: a cost stays what it was."""
    ai_model = named_model(reference, request.organization)[1]
    found = Price.objects.filter(
        Q(organization=None) | Q(organization=request.organization), ai_model=ai_model
    )
    rows, following = page_of_rows(found, ("-id",), filters)
    return page(request, response, [_price(row) for row in rows], following)


@router.post(
    "/prices/{path:reference}",
    response={201: PricePeriodOut},
    summary="Agree a price of your own",
)
@only_adds
def create_price(request: OrganizationRequest, reference: str, body: NewPrice) -> Any:
    """From `effective_from` on (now, where it is not given); the price before ends."""
    made = set_negotiated_price(
        organization=request.organization,
        ai_model=named_model(reference, request.organization)[1],
        actor=request.user,
        discount_percent=body.discount_percent,
        rates=body.rates,
        effective_from=_aware(body.effective_from),
        effective_to=_aware(body.effective_to),
        note=body.note,
    )
    return Status(201, _price(made))


def _changes(request: OrganizationRequest, body: SettingChange) -> dict[str, Any]:
    sent = body.dict(exclude_unset=True, exclude={"is_enabled"})
    changes = {
        name: value
        for name, value in sent.items()
        if value is not None or name == "monthly_limit_usd"
    }
    if "fallbacks" in changes:
        changes["fallbacks"] = [
            named_model(one, request.organization)[1] for one in changes["fallbacks"]
        ]
    return changes


def _aware(moment: datetime.datetime | None) -> datetime.datetime | None:
    """UTC where it says none."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=datetime.UTC)


def _tag(ai_model: AIModel, setting: ModelSetting | None) -> str:
    version = setting.version if setting else 1
    is_enabled = bool(setting and setting.is_enabled)
    return tag_of("model-settings", ai_model.pk, version, is_enabled)


def _told(
    request: OrganizationRequest, response: HttpResponse, ai_model: AIModel
) -> dict[str, Any]:
    setting = setting_of(ai_model, request.organization)
    tell_tag(response, _tag(ai_model, setting))
    return {
        "model": ai_model.reference,
        "is_enabled": bool(setting and setting.is_enabled),
        "version": setting.version if setting else 1,
        **configuration_of(setting).as_record(),
    }


def _price(row: Price) -> dict[str, Any]:
    same = {*PricePeriodOut.model_fields} - {"is_own"}
    facts = {name: getattr(row, name) for name in same}
    return {**facts, "is_own": row.organization_id is not None}
