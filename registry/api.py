"""Management API of the registry: models and features of the asker's organisation."""

from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router

from registry.access import OrganizationRequest
from registry.api_assignments import router as assignments_router
from registry.api_audit import router as audit_router
from registry.api_connections import router as connections_router
from registry.api_cost import router as cost_router
from registry.api_custom_models import router as custom_models_router
from registry.api_features import router as features_router
from registry.api_lookup import named_model
from registry.api_model_settings import router as model_settings_router
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_profiles import router as profiles_router
from registry.api_prompt_changes import router as prompts_router
from registry.api_tokens import router as tokens_router
from registry.documents import model_detail, model_summary
from registry.queries.model_pages import matching_models
from registry.queries.model_status import statuses
from registry.queries.prices import quote_for, quotes
from registry.schemas import (
    CapabilityWord,
    ModelDetail,
    ModelSummary,
    Problem,
    ShortText,
)

router = Router(tags=["Models"])
router.add_router("", cost_router)
router.add_router("", prompts_router)
router.add_router("", features_router)
router.add_router("", assignments_router)
router.add_router("", profiles_router)
router.add_router("", connections_router)
router.add_router("", model_settings_router)
router.add_router("", custom_models_router)
router.add_router("", tokens_router)
router.add_router("", audit_router)


ORDER: Final = ("provider__slug", "model_name", "id")


class ModelFilter(PageQuery):
    q: ShortText = Field("", description="Words in the reference, name or provider.")
    provider: ShortText = ""
    capability: CapabilityWord = ""


@router.get(
    "/models",
    response={200: PageOf[ModelSummary], 422: Problem},
    summary="List models",
)
def list_models(
    request: OrganizationRequest, response: HttpResponse, filters: Query[ModelFilter]
) -> Any:
    """Models of the catalogue and your own custom ones, in order of reference."""
    found = matching_models(
        request.organization,
        words=filters.q,
        provider=filters.provider,
        capability=filters.capability,
    )
    rows, end = page_of_rows(found, ORDER, filters)
    now = timezone.now()
    priced = quotes(rows, request.organization, now)
    known = statuses(request.organization, rows, now)
    items = [model_summary(row, priced.get(row.pk), known[row.pk]) for row in rows]
    return page(request, response, items, end)


@router.get(
    "/models/{path:reference}",
    response={200: ModelDetail, 404: Problem},
    summary="One model",
)
def get_model(request: OrganizationRequest, reference: str) -> Any:
    """All known facts of `provider/model-id` with sources, and the price in force."""
    organization = request.organization
    resolution, ai_model = named_model(reference, organization)
    now = timezone.now()
    quote = quote_for(ai_model, organization, now)
    status = statuses(organization, [ai_model], now)[ai_model.pk]
    alias = str(resolution.alias) if resolution.alias else ""
    return model_detail(ai_model, quote, status, resolved_from=alias)
