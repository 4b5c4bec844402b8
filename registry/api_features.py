"""Management API: features, and which model answers for each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router, Status

from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.capabilities import CAPABILITIES
from registry.documents import feature_document
from registry.models import (
    AccuracyLevel,
    BudgetSensitivity,
    Feature,
    StreamGuarantee,
    Urgency,
)
from registry.queries.assignments import (
    current_revision,
)
from registry.schemas import Body, CapabilityWord, FeatureOut, Problem, ShortText
from registry.services.features import (
    archive_feature,
    create_feature,
    edit_feature,
    restore_feature,
)

router = Router(tags=["Features"])
KNOWN_CAPABILITIES = ", ".join(CAPABILITIES)
LARGEST = 2**31 - 1


class FeatureQuery(PageQuery):
    q: ShortText = Field("", description="In the key or the name.")
    is_archived: bool = False


class FeatureFacts(Body):
    """Fields that are not sent stay as they are."""

    name: ShortText | None = None
    description: str | None = Field(None, max_length=2000)
    required_capabilities: list[CapabilityWord] | None = Field(None, max_length=30)
    min_context_tokens: int | None = Field(None, ge=1, le=LARGEST)
    accuracy_level: AccuracyLevel | None = None
    urgency: Urgency | None = None
    budget_sensitivity: BudgetSensitivity | None = None
    stream_guarantee: StreamGuarantee | None = None
    timeout_seconds: int | None = Field(None, ge=1, le=3600)
    hedge_after_ms: int | None = Field(None, ge=1, le=LARGEST)

    def facts(self) -> dict[str, Any]:
        """What was sent; only limits may be taken away with null."""
        clearable = {"min_context_tokens", "hedge_after_ms"}
        sent: dict[str, Any] = self.dict(exclude_unset=True, exclude={"key"})
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in clearable
        }


class NewFeature(FeatureFacts):
    key: str = Field(min_length=1, max_length=80)
    name: ShortText = Field(min_length=1)


@router.get(
    "/features",
    response={200: PageOf[FeatureOut], 422: Problem},
    summary="List features",
)
def list_features(
    request: OrganizationRequest, response: HttpResponse, filters: Query[FeatureQuery]
) -> Any:
    """By key, each with the assignment in force."""
    found = _features(request).filter(archived_at__isnull=not filters.is_archived)
    for word in filters.q.split():
        found = found.filter(key__icontains=word) | found.filter(name__icontains=word)
    rows, following = page_of_rows(found, ("key",), filters)
    return page(request, response, [feature_document(row) for row in rows], following)


@router.get(
    "/features/{key}", response={200: FeatureOut, 404: Problem}, summary="One feature"
)
def get_feature(request: OrganizationRequest, response: HttpResponse, key: str) -> Any:
    """A feature's requirements and the assignment in force."""
    return told_feature(response, feature_of(request, key))


@router.post("/features", response={201: FeatureOut}, summary="Make a feature")
def create_feature_(
    request: OrganizationRequest, response: HttpResponse, body: NewFeature
) -> Any:
    """Without a model yet: assign one then."""
    made = create_feature(
        organization=request.organization,
        actor=request.user,
        key=body.key,
        **body.facts(),
    )
    response["Location"] = f"/api/features/{made.key}"
    return Status(201, told_feature(response, feature_of(request, made.key)))


@router.patch("/features/{key}", response=FeatureOut, summary="Change a feature")
def change_feature(
    request: OrganizationRequest, response: HttpResponse, key: str, body: FeatureFacts
) -> Any:
    """The key stays: your product calls the feature by it."""
    feature = checked_feature(request, key)
    edit_feature(
        feature=feature,
        actor=request.user,
        expected_version=feature.version,
        **body.facts(),
    )
    return told_feature(response, feature_of(request, key))


@router.post("/features/{key}/archive", response=FeatureOut, summary="Hide a feature")
def archive_feature_(
    request: OrganizationRequest, response: HttpResponse, key: str
) -> Any:
    archive_feature(feature=checked_feature(request, key), actor=request.user)
    return told_feature(response, feature_of(request, key))


@router.post(
    "/features/{key}/restore", response=FeatureOut, summary="Take a feature back"
)
def restore_feature_(
    request: OrganizationRequest, response: HttpResponse, key: str
) -> Any:
    restore_feature(feature=checked_feature(request, key), actor=request.user)
    return told_feature(response, feature_of(request, key))


def _features(request: OrganizationRequest) -> Any:
    return (
        Feature.objects.filter(organization=request.organization)
        .select_related(
            "assignment__revision__ai_model__provider",
            "assignment__revision__prompt_version__prompt",
        )
        .defer("assignment__revision__prompt_version__text")
        .prefetch_related("assignment__revision__fallback_steps__ai_model__provider")
    )


def feature_of(request: OrganizationRequest, key: str) -> Feature:
    row: Feature | None = _features(request).filter(key=key).first()
    if row is None:
        raise Http404(f"Your organisation has no feature {key[:80]}.")
    return row


def checked_feature(request: OrganizationRequest, key: str) -> Feature:
    return checked(request, lambda: feature_of(request, key), _tag)


def revision_number(feature: Feature) -> int:
    current = current_revision(feature)
    return current.number if current else 0


def _tag(feature: Feature) -> str:
    return tag_of(
        "feature",
        feature.pk,
        feature.version,
        feature.archived_at,
        revision_number(feature),
    )


def told_feature(response: HttpResponse, feature: Feature) -> dict[str, Any]:
    tell_tag(response, _tag(feature))
    return feature_document(feature)
