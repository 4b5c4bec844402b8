"""Management API: models of an organisation's own."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Status

from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.documents import model_detail
from registry.models import AIModel
from registry.queries.model_status import statuses
from registry.queries.prices import quote_for
from registry.schemas import Body, CapabilityWord, ModelDetail, ShortText
from registry.services.custom_models import (
    CustomFacts,
    add_custom_model,
    delete_custom_model,
    edit_custom_model,
    retire_custom_model,
)

router = Router(tags=["Custom models"])
LARGEST: Final = 2**31 - 1


class ModelFacts(Body):
    """Fields that are not sent stay as they are; null is not known. `rates`: the price
    from now on, in the form that a model shows them."""

    name: ShortText = ""
    version: ShortText = ""
    family: ShortText = ""
    description: str = Field("", max_length=2000)
    model_type: ShortText = ""
    input_modalities: list[ShortText] = Field([], max_length=20)
    output_modalities: list[ShortText] = Field([], max_length=20)
    capabilities: list[CapabilityWord] = Field([], max_length=50)
    context_window: int | None = Field(None, ge=0, le=LARGEST)
    max_output_tokens: int | None = Field(None, ge=0, le=LARGEST)
    max_images: int | None = Field(None, ge=0, le=LARGEST)
    requests_per_minute: int | None = Field(None, ge=0, le=LARGEST)
    tokens_per_minute: int | None = Field(None, ge=0, le=LARGEST)
    knowledge_cutoff: ShortText = Field("", description="2025, 2025-04 or 2025-04-30")
    released_on: datetime.date | None = None
    deprecated_on: datetime.date | None = None
    retired_on: datetime.date | None = None
    is_open_weights: bool | None = None
    parameter_count_billions: Decimal | None = Field(None, ge=0)
    quantisation: ShortText = ""
    min_memory_gb: Decimal | None = Field(None, ge=0)
    recommended_memory_gb: Decimal | None = Field(None, ge=0)
    rates: dict[str, Any] | None = None


class NewModel(ModelFacts):
    """`provider` is a known one, or `custom`."""

    provider: ShortText = Field("custom", min_length=1)
    model_name: ShortText = Field(min_length=1, description="As the provider has it.")


@router.get(
    "/custom-models", response=PageOf[ModelDetail], summary="List your own models"
)
def list_custom_models(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PageQuery]
) -> Any:
    order = ("provider__slug", "model_name", "id")
    rows, following = page_of_rows(_own(request), order, filters)
    items = [_document(request, one) for one in rows]
    return page(request, response, items, following)


@router.post(
    "/custom-models", response={201: ModelDetail}, summary="Add a model of your own"
)
def add_custom_model_(
    request: OrganizationRequest, response: HttpResponse, body: NewModel
) -> Any:
    """Only your organisation sees it."""
    ai_model = add_custom_model(
        organization=request.organization,
        actor=request.user,
        provider_slug=body.provider,
        model_name=body.model_name,
        given=_given(body),
    )
    response["Location"] = f"/api/custom-models/{ai_model.reference}"
    return Status(201, _told(request, response, ai_model))


@router.post(
    "/custom-models/{path:reference}/retire",
    response=ModelDetail,
    summary="Retire a model of your own",
)
def retire_custom_model_(
    request: OrganizationRequest, response: HttpResponse, reference: str
) -> Any:
    """From today it serves no new work; what is in use must get another model first."""
    ai_model = _checked(request, reference)
    retire_custom_model(ai_model=ai_model, actor=request.user)
    return _told(request, response, _named(request, reference))


@router.get(
    "/custom-models/{path:reference}", response=ModelDetail, summary="One of your own"
)
def get_custom_model(
    request: OrganizationRequest, response: HttpResponse, reference: str
) -> Any:
    return _told(request, response, _named(request, reference))


@router.patch(
    "/custom-models/{path:reference}",
    response=ModelDetail,
    summary="Change a model of your own",
)
def edit_custom_model_(
    request: OrganizationRequest,
    response: HttpResponse,
    reference: str,
    body: ModelFacts,
) -> Any:
    """Provider and id stay: they are what the product calls."""
    ai_model = _checked(request, reference)
    edit_custom_model(
        ai_model=ai_model,
        actor=request.user,
        seen_at=ai_model.updated_at,
        given=_given(body),
    )
    return _told(request, response, _named(request, reference))


@router.delete(
    "/custom-models/{path:reference}",
    response={204: None},
    summary="Delete a model of your own",
)
def delete_custom_model_(request: OrganizationRequest, reference: str) -> Any:
    """With its prices and settings. One that a feature uses or used is only retired."""
    delete_custom_model(ai_model=_checked(request, reference), actor=request.user)
    return Status(204, None)


def _own(request: OrganizationRequest) -> Any:
    rows = AIModel.objects.filter(organization=request.organization)
    return rows.select_related("provider").prefetch_related("aliases")


def _named(request: OrganizationRequest, reference: str) -> AIModel:
    slug, _, name = reference.partition("/")
    row: AIModel | None = (
        _own(request).filter(provider__slug=slug, model_name=name).first()
    )
    if row is None:
        raise Http404(f"Your organisation has no model {reference[:200]} of its own.")
    return row


def _checked(request: OrganizationRequest, reference: str) -> AIModel:
    return checked(request, lambda: _named(request, reference), _tag)


def _given(body: ModelFacts) -> CustomFacts:
    facts = body.dict(exclude_unset=True, exclude={"provider", "model_name"})
    rates = facts.pop("rates", None)
    return CustomFacts(facts=facts, rates=rates)


def _tag(ai_model: AIModel) -> str:
    return tag_of("custom model", ai_model.pk, ai_model.updated_at)


def _told(
    request: OrganizationRequest, response: HttpResponse, ai_model: AIModel
) -> dict[str, Any]:
    tell_tag(response, _tag(ai_model))
    return _document(request, ai_model)


def _document(request: OrganizationRequest, ai_model: AIModel) -> dict[str, Any]:
    organization, now = request.organization, timezone.now()
    quote = quote_for(ai_model, organization, now)
    status = statuses(organization, [ai_model], now)[ai_model.pk]
    return model_detail(ai_model, quote, status)
